import type { SentError } from "../crossing/errors.ts";
import type { BackendOptions } from "../engine/select-backend.ts";
import type { BackendName } from "../runtime/backend.ts";
import type { ListenerAnswer } from "../train/events.ts";
import type { TaskName } from "./tasks.ts";

/** Message to the worker. A task is known by its number. */
export type ToWorker =
  | { readonly type: "open"; readonly options: BackendOptions }
  /** `given` as a crossing writes it. */
  | { readonly type: "task"; readonly id: number; readonly name: TaskName; readonly given: unknown }
  /** A batch of events has been read: another one may come. */
  | { readonly type: "read"; readonly id: number }
  /** What a listener or the reader says to the events so far. "stop": end after the current step, with the results so far. */
  | { readonly type: "answer"; readonly id: number; readonly answer: Exclude<ListenerAnswer, undefined> }
  /** The signal has aborted. */
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "close" };

/** Message from the worker. */
export type FromWorker =
  /** The worker's script runs: it can be spoken to. */
  | { readonly type: "here" }
  | { readonly type: "opened"; readonly opened: OpenedBackend }
  | { readonly type: "refused"; readonly error: SentError }
  | { readonly type: "events"; readonly id: number; readonly events: unknown }
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: unknown };

/** The backend of a worker. */
export interface OpenedBackend {
  readonly backend: BackendName;
  readonly threads: number;
  /** As of a backend: "WebAssembly, 128-bit vectors, multiply-add fused, 2 threads". Says why there is one thread. */
  readonly description: string;
}

/** The field in which our messages travel: a worker may speak of other things too. */
const FIELD = "gradus";

export function enclose(message: ToWorker | FromWorker): unknown {
  return { [FIELD]: message };
}

/** The message of ours in what came, if it is one. */
export function disclose<Message extends ToWorker | FromWorker>(data: unknown): Message | undefined {
  return typeof data === "object" && data !== null ? (data as { readonly [FIELD]?: Message })[FIELD] : undefined;
}
