import { Crossing, encodeError } from "../crossing/crossing.ts";
import { type BackendOptions, openBackend } from "../engine/select-backend.ts";
import type { Backend } from "../runtime/backend.ts";
import type { ListenerAnswer } from "../train/events.ts";
import { disclose, enclose, type FromWorker, type ToWorker } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import type { Port, PortEvent } from "./port.ts";
import {
  isProgress,
  TASKS,
  type TaskContext,
  type TaskEvent,
  type TaskGiven,
  type TaskName,
  WAITING,
} from "./tasks.ts";

/** Makes a worker an engine: it does what the page asks for through `connect`. The worker's file needs no more than
 *    import { serve } from "gradus/page/worker";
 *    serve();
 *  Messages that are not ours are left alone, so that the same worker may do other things too.
 *  @param port where the page is. Default: the worker's own; a `MessagePort` in other cases. */
export function serve(port: Port = globalThis as unknown as Port): void {
  new Server(port).start();
}

/** A task that runs. */
interface Running {
  readonly name: TaskName;
  readonly outbox: Outbox<TaskEvent>;
  readonly controller: AbortController;
  /** What the page has said and the training has not heard; "stop" stays. */
  answer: ListenerAnswer;
}

class Server {
  readonly #port: Port;
  readonly #running = new Map<number, Running>();
  #options: BackendOptions = {};
  #backend: Promise<Backend> | undefined;

  constructor(port: Port) {
    this.#port = port;
  }

  start(): void {
    this.#port.addEventListener("message", this.#hear);
    this.#port.start?.();
    this.#say({ type: "here" });
  }

  #say(message: FromWorker): void {
    this.#port.postMessage(enclose(message));
  }

  readonly #hear = ({ data }: PortEvent): void => {
    const message = disclose<ToWorker>(data);
    if (message === undefined) return;
    if (message.type === "open") void this.#open(message.options);
    else if (message.type === "task") void this.#run(message.id, message.name, message.given);
    else if (message.type === "read") this.#running.get(message.id)?.outbox.wasRead();
    else if (message.type === "close") this.#close();
    else if (message.type === "abort") this.#abort(message.id);
    else this.#answer(message);
  };

  async #open(options: BackendOptions): Promise<void> {
    // the page asks again if its first question may have been lost
    if (this.#backend !== undefined) return;
    this.#options = options;
    this.#backend = openBackend(options);
    try {
      const { name: backend, threads, description } = await this.#backend;
      this.#say({ type: "opened", opened: { backend, threads, description } });
    } catch (error) {
      this.#backend = undefined;
      this.#say({ type: "refused", error: encodeError(error) });
    }
  }

  /** Runs a task and answers with its result or its error. */
  async #run<Name extends TaskName>(id: number, name: Name, given: unknown): Promise<void> {
    // for each task its own: when it ends, its data sets are free
    const crossing = new Crossing(1);
    const outbox = new Outbox<TaskEvent>(
      (events) => this.#say({ type: "events", id, events: crossing.sendLoosely(events) }),
      isProgress,
    );
    const running: Running = { name, outbox, controller: new AbortController(), answer: undefined };
    this.#running.set(id, running);
    const heard = (): ListenerAnswer => {
      const { answer } = running;
      if (answer !== "stop") running.answer = undefined;
      return answer;
    };
    const tell = (event: TaskEvent): ListenerAnswer | Promise<ListenerAnswer> => {
      outbox.add(event);
      return WAITING.has(name) && outbox.isFull ? outbox.room().then(heard) : heard();
    };
    const context: TaskContext<TaskEvent> = { opened: this.#options, signal: running.controller.signal, tell };
    try {
      // the table's type pairs each name with what it is given, which the type of one lookup cannot express
      const task = TASKS[name] as (given: TaskGiven[Name], context: TaskContext<TaskEvent>) => Promise<unknown>;
      const result = await task(crossing.receive(given) as TaskGiven[Name], context);
      outbox.flush();
      this.#say({ type: "result", id, result: crossing.sendLoosely(result) });
    } catch (error) {
      outbox.flush();
      this.#say({ type: "error", id, error: crossing.sendLoosely(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #answer({ id, answer }: Extract<ToWorker, { type: "answer" }>): void {
    const running = this.#running.get(id);
    if (running === undefined || running.answer === "stop") return;
    // a training ends as by a listener; the others know only the signal
    if (answer === "stop" && !WAITING.has(running.name)) running.controller.abort();
    running.answer = answer;
    if (answer === "stop") running.outbox.open();
  }

  #abort(id: number): void {
    const running = this.#running.get(id);
    running?.controller.abort();
    running?.outbox.open();
  }

  #close(): void {
    this.#port.removeEventListener("message", this.#hear);
    for (const { controller, outbox } of this.#running.values()) {
      controller.abort();
      outbox.open();
    }
    this.#backend?.then(
      (backend) => backend.dispose(),
      () => {},
    );
    this.#port.close?.();
  }
}
