import { checkOptions, type Fields, field, THREADS } from "../core/fields.ts";
import { warn } from "../core/host.ts";
import { decodeError } from "../crossing/crossing.ts";
import type { BackendOptions } from "../engine/select-backend.ts";
import { brokenWorker } from "./broken-worker.ts";
import { WorkerEngine } from "./client.ts";
import type { PageEngine } from "./engine.ts";
import { disclose, enclose, type FromWorker, type OpenedBackend, type ToWorker } from "./messages.ts";
import type { Port, PortEvent } from "./port.ts";

/** What the worker opens: a backend by its name, and its threads. Defaults as for `openBackend`: the fastest, one thread per core, at most
 *  8; one where the page is not cross-origin isolated. */
export interface ConnectOptions extends BackendOptions {}

const FIELDS: Fields<ConnectOptions> = {
  backend: field('the name of a backend, or "auto"', (value) => typeof value === "string"),
  threads: THREADS,
};

/** Milliseconds after which a silent worker is mentioned. */
const SILENCE_MS = 10_000;

/** Makes a worker that calls `serve()` an engine of this page.
 *    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
 *    const engine = await connect(worker, { threads: 4 });
 *    console.log(engine.description);
 *  @param worker or a `MessagePort` whose other end is served. The engine ends it when it is disposed.
 *  @throws GradusError `backend-unavailable` if the worker's file does not run or the backend does not open; `bad-argument` for a wrong
 *  option. */
export async function connect(worker: Port, options: ConnectOptions = {}): Promise<PageEngine> {
  checkOptions<ConnectOptions>("connect", options, FIELDS);
  const say = (message: ToWorker) => worker.postMessage(enclose(message));
  const silence = setTimeout(
    () => warn("the worker has not answered for 10 seconds. Does its file call serve() of gradus/page/worker?"),
    SILENCE_MS,
  );
  let listener: ((event: PortEvent) => void) | undefined;
  let broken: ((event: PortEvent) => void) | undefined;
  try {
    const opened = await new Promise<OpenedBackend>((resolve, reject) => {
      listener = ({ data }) => {
        const message = disclose<FromWorker>(data);
        if (message === undefined) return;
        clearTimeout(silence);
        // before its script ran, the worker may have missed the question
        if (message.type === "here") say({ type: "open", options });
        else if (message.type === "opened") resolve(message.opened);
        else if (message.type === "refused") reject(decodeError(message.error));
      };
      broken = (event) => reject(brokenWorker(event));
      worker.addEventListener("message", listener);
      worker.addEventListener("error", broken);
      worker.start?.();
      say({ type: "open", options });
    });
    return new WorkerEngine(worker, opened);
  } catch (error) {
    worker.terminate?.();
    worker.close?.();
    throw error;
  } finally {
    clearTimeout(silence);
    if (listener !== undefined) worker.removeEventListener("message", listener);
    if (broken !== undefined) worker.removeEventListener("error", broken);
  }
}
