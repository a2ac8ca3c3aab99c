import type { ErrorCode, GradusError } from "../core/errors.ts";

/** What the exit status of `gradus` means. */
export const EXIT = {
  ok: 0,
  /** a fault of Gradus itself */
  internal: 1,
  /** wrong usage, experiment or data: change the input */
  input: 2,
  /** the training is sick: it came to NaN or infinity, or the doctor found something */
  sick: 3,
  /** this machine cannot do what was asked: backend, kernel, memory, a disk that is full */
  environment: 4,
  /** SIGHUP, the terminal was closed: 128 + 1 */
  hungUp: 129,
  /** Ctrl-C: 128 + 2 */
  interrupted: 130,
  /** SIGTERM: 128 + 15 */
  terminated: 143,
} as const;

/** For `--help`. */
export const EXIT_HELP = [
  "Exit status:",
  "  0  done            1  a fault of Gradus        2  wrong usage, experiment or data",
  "  3  sick: NaN or infinity, or the doctor found something",
  "  4  not possible on this machine: backend, memory, disk",
  "  130  interrupted (Ctrl-C)      143  terminated (SIGTERM)      129  hung up (SIGHUP)",
].join("\n");

/** The status of each kind of error. */
const STATUS = {
  "shape-mismatch": EXIT.input,
  "dtype-mismatch": EXIT.input,
  "bad-argument": EXIT.input,
  "not-differentiable": EXIT.input,
  "unsupported-kernel": EXIT.environment,
  "backend-unavailable": EXIT.environment,
  disposed: EXIT.internal,
  "bad-data": EXIT.input,
  "truncated-file": EXIT.input,
  "file-not-found": EXIT.input,
  "label-out-of-range": EXIT.input,
  "empty-dataset": EXIT.input,
  "unknown-field": EXIT.input,
  "bad-experiment": EXIT.input,
  "not-finite": EXIT.sick,
  "checksum-mismatch": EXIT.input,
  "out-of-plan": EXIT.internal,
  /** what was asked for needs more memory than this machine gives */
  "out-of-memory": EXIT.environment,
  /** a file that would unpack to more than the limit, or that names sizes out of all proportion */
  "limit-exceeded": EXIT.input,
  /** the system refused to read or write: disk full, permission, a folder where a file was expected */
  "io-error": EXIT.environment,
  interrupted: EXIT.interrupted,
} satisfies Record<ErrorCode, number>;

/** A number that is not finite is a sickness where it came up in a step of training, and wrong input where it came from a file. */
export function exitStatus({ code, values }: Pick<GradusError, "code" | "values">): number {
  return code === "not-finite" && values.step === undefined ? EXIT.input : STATUS[code];
}
