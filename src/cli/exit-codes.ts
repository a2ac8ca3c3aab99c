import type { ErrorCode, GradusError } from "../core/errors.ts";

/** The exit statuses of `gradus`. */
export const EXIT = {
  ok: 0,
  /** a bug in Gradus */
  internal: 1,
  /** wrong usage, experiment or data: change the input */
  input: 2,
  /** the training is sick: it reached NaN or infinity, or the doctor found a problem */
  sick: 3,
  /** this machine cannot do what was requested: backend, kernel, memory, full disk */
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
  "  0  success         1  a bug in Gradus          2  wrong usage, experiment or data",
  "  3  sick training: NaN or infinity, or a finding of the doctor",
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
  /** the request needs more memory than this machine has */
  "out-of-memory": EXIT.environment,
  /** a file would unpack to more than the limit, or states implausible sizes */
  "limit-exceeded": EXIT.input,
  /** the system refused to read or write: full disk, missing permission, a folder in place of a file */
  "io-error": EXIT.environment,
  /** another process writes this run */
  "in-use": EXIT.environment,
  /** the run to continue was another one: model, settings or data differ */
  "resume-mismatch": EXIT.input,
  interrupted: EXIT.interrupted,
} satisfies Record<ErrorCode, number>;

/** The status of an error. A non-finite number means a sick training if it arose in a training step, and wrong input if it came from a
 *  file. */
export function exitStatus({ code, values }: Pick<GradusError, "code" | "values">): number {
  return code === "not-finite" && values.step === undefined ? EXIT.input : STATUS[code];
}
