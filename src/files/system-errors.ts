import { type ErrorCode, GradusError } from "../core/errors.ts";

/** The attempted operation on a file. */
export type FileAction = "read" | "write";

interface Refusal {
  /** Completes "FILE: cannot be written: …". */
  readonly meaning: string;
  readonly advice: string;
  /** Default: `io-error`. */
  readonly code?: ErrorCode;
}

/** System errors by their own code. If reading and writing mean different things, each has its entry. */
const REFUSALS: Readonly<Record<string, Refusal | Readonly<Record<FileAction, Refusal>>>> = {
  ENOENT: {
    read: { meaning: "there is no such file", advice: "Check the path.", code: "file-not-found" },
    write: { meaning: "its folder is missing", advice: "Make the folder, or give another path." },
  },
  ENOTDIR: {
    read: { meaning: "a part of the path is not a folder", advice: "Check the path.", code: "file-not-found" },
    write: { meaning: "a part of the path is not a folder", advice: "Give another path." },
  },
  EEXIST: { meaning: "a file is where a folder is needed", advice: "Give another path." },
  EISDIR: {
    read: { meaning: "it is a folder", advice: "Give the path of a file.", code: "bad-data" },
    write: { meaning: "it is a folder", advice: "Give the path of a file.", code: "bad-argument" },
  },
  EACCES: {
    meaning: "permission denied",
    advice: "Change its permissions or those of its folder, or give another path.",
  },
  EPERM: { meaning: "not permitted", advice: "Change its permissions or those of its folder, or give another path." },
  EROFS: { meaning: "the file system is read-only", advice: "Give a path on another one." },
  ENOSPC: { meaning: "the disk is full", advice: "Make room, or give a path on another disk." },
  EDQUOT: { meaning: "the disk quota is used up", advice: "Make room, or give a path on another disk." },
  EFBIG: { meaning: "it is larger than this file system or limit allows", advice: "Give a path on another disk." },
  ENAMETOOLONG: { meaning: "its name is too long for this file system", advice: "Give a shorter one." },
  ELOOP: { meaning: "its links lead in a circle", advice: "Give the path of the file itself." },
  EMFILE: { meaning: "too many files are open", advice: "Close some, or raise the limit (ulimit -n)." },
  ENFILE: { meaning: "too many files are open on this machine", advice: "Close some." },
  ETXTBSY: { meaning: "it is a program that is running", advice: "Give another path." },
  EBUSY: { meaning: "it is in use", advice: "Give another path." },
  EPIPE: { meaning: "its reader has closed it", advice: "Keep the reader open until the end." },
  ENXIO: { meaning: "it has no reader", advice: "Give another path." },
  EIO: { meaning: "the device reports a fault", advice: "Check the disk, or give a path on another one." },
  ENOMEM: { meaning: "the system has no memory left", advice: "Close other programs.", code: "out-of-memory" },
  ERR_INVALID_ARG_VALUE: {
    meaning: "this is not a path",
    advice: "Give one without null bytes.",
    code: "bad-argument",
  },
  ERR_INVALID_ARG_TYPE: { meaning: "this is not a path", advice: "Give a string.", code: "bad-argument" },
  ERR_FS_FILE_TOO_LARGE: {
    meaning: "it is larger than one array can hold",
    advice: "Divide it.",
    code: "limit-exceeded",
  },
};

const VERBS = { read: "cannot be read", write: "cannot be written" } satisfies Record<FileAction, string>;

/** Whether an error is the system's own, with a `code` such as "ENOSPC". */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && !(error instanceof GradusError) && typeof (error as { code?: unknown }).code === "string"
  );
}

/** The error that says what the system refused and what to do: `io-error`; `file-not-found` if a file to read is missing; if a folder
 *  was given instead of a file, `bad-data` for reading and `bad-argument` for writing. Its values are `{ file, action, reason }`; the
 *  reason is the system's code ("ENOSPC"). Other errors are returned unchanged.
 *    try { … } catch (cause) { throw systemFailure("write", file, cause); } */
export function systemFailure(action: FileAction, file: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const reason = cause.code as string;
  const entry = Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason] : undefined;
  const refusal = entry !== undefined && "read" in entry ? entry[action] : entry;
  const { meaning, advice, code } = refusal ?? {
    meaning: cause.message,
    advice: "Give another path.",
    code: undefined,
  };
  const place = reason === "ENOENT" && action === "read" ? ` Relative paths start at ${process.cwd()}.` : "";
  return new GradusError(
    code ?? "io-error",
    `${file}: ${VERBS[action]}: ${meaning} (${reason}). ${advice}${place}`,
    { file, action, reason },
    { cause },
  );
}
