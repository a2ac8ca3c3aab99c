import type { ChildProcess } from "node:child_process";
import { GradusError } from "../core/errors.ts";
import { Crossing } from "../crossing/crossing.ts";
import type { RunJob } from "../doctor/trial/job.ts";
import { type OpenPlace, PlaceLost, type RunPlace } from "../doctor/trial/places.ts";
import type { RunRecord } from "../watch/record.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

type ChildProcesses = typeof import("node:child_process");

/** Seconds that an aborted run may take to end at its next step before its process is killed. */
const GRACE_SECONDS = 2;

/** Last characters of a process's stderr, kept for the error if the process ends. */
const LAST_WORDS = 1000;

const EXTENSION = import.meta.url?.endsWith(".ts") ? "ts" : "js";

/** The file beside this one, in the language that is running: .ts under a loader, .js when built. Undefined if it cannot be named: a
 *  bundle may have no URL, or one without files beside it. */
function workerFile(): URL | undefined {
  const place: string | undefined = import.meta.url;
  return URL.canParse(`./worker.${EXTENSION}`, place) ? new URL(`./worker.${EXTENSION}`, place) : undefined;
}

/** This host's child processes; undefined in a browser, and if the file that they would run is missing, as in a bundle. */
function childProcesses(): ChildProcesses | undefined {
  const host = (globalThis as { readonly process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  const files = host?.getBuiltinModule?.("node:fs") as typeof import("node:fs") | undefined;
  const file = workerFile();
  if (file === undefined || files?.existsSync(file) !== true) return undefined;
  return host?.getBuiltinModule?.("node:child_process") as ChildProcesses | undefined;
}

/** Opens processes that run trainings; undefined in a browser, and if the file that they would run is missing. */
export function processPlaces(): OpenPlace | undefined {
  const host = childProcesses();
  return host && (() => new RunProcess(host));
}

/** One child process that stays warm between runs. Data sets are sent once. It keeps the program alive only during a run,
 *  and ends with the program. */
class RunProcess implements RunPlace {
  readonly #child: ChildProcess;
  readonly #crossing = new Crossing(0);
  #lastWords = "";
  #end: PlaceLost | undefined;
  #settle: { readonly answered: (message: FromWorker) => void; readonly ended: (error: Error) => void } | undefined;

  constructor({ fork }: ChildProcesses) {
    this.#child = fork(workerFile() as URL, {
      execArgv: EXTENSION === "ts" ? ["--import", import.meta.resolve("tsx")] : [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.on("message", (message) => this.#settle?.answered(message as FromWorker));
    this.#child.on("error", (error) => this.#ended(error.message));
    this.#child.on("exit", (code, signal) => this.#ended(signal === null ? `exit code ${code}` : `signal ${signal}`));
    this.#child.stderr?.on("data", (text) => {
      this.#lastWords = (this.#lastWords + String(text)).slice(-LAST_WORDS);
    });
    this.#hold(false);
  }

  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /** The process id. */
  get id(): number | undefined {
    return this.#child.pid;
  }

  /** @throws PlaceLost if the process ends during the run; GradusError `interrupted` if the job's signal aborts; what the run
   *  throws. */
  async run({ training, options, signal, onProgress }: RunJob): Promise<RunRecord> {
    let abort = (): void => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#hold(true);
    try {
      return await new Promise<RunRecord>((resolve, reject) => {
        const interrupted = () => new GradusError("interrupted", "doctor: the run was aborted.");
        this.#settle = {
          ended: reject,
          answered: (message) => {
            if (message.kind === "progress") onProgress?.(message.done);
            else if (signal?.aborted) reject(interrupted());
            else if (message.kind === "record") resolve(this.#crossing.receive(message.record) as RunRecord);
            else reject(this.#crossing.receive(message.error));
          },
        };
        if (this.#end !== undefined) return reject(this.#end);
        abort = () => {
          this.#send({ kind: "abort" });
          timer = setTimeout(() => {
            this.end();
            reject(interrupted());
          }, 1000 * GRACE_SECONDS);
        };
        signal?.addEventListener("abort", abort, { once: true });
        this.#send({ kind: "run", job: this.#crossing.send("doctor", { training, options }) });
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.#settle = undefined;
      this.#hold(false);
    }
  }

  /** Ends the process at once, and its current run with it. */
  end(): void {
    if (this.isAlive) this.#child.kill("SIGKILL");
    this.#ended("ended by this program");
  }

  #send(message: ToWorker): void {
    // if the channel is already closed, `exit` reports it
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #ended(how: string): void {
    this.#end ??= new PlaceLost(how, this.#lastWords);
    this.#settle?.ended(this.#end);
  }

  /** Sets whether the program waits for this process. */
  #hold(isHeld: boolean): void {
    const change = isHeld ? "ref" : "unref";
    this.#child[change]();
    this.#child.channel?.[change]();
    (this.#child.stderr as { ref?(): void; unref?(): void } | null)?.[change]?.();
  }
}
