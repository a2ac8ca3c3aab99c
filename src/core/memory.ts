import { GradusError } from "./errors.ts";
import { nodeModule, nodeProcess } from "./host.ts";

/** Smaller requests are not worth the question. */
const ASKED_FROM_BYTES = 64 * 2 ** 20;

/** Bytes that this process can still have without driving the system out of memory, limits of its container included; Infinity where the
 *  host does not say. Systems other than Linux count only what is unused altogether as free, so there it is all the memory built in. */
export function availableBytes(): number {
  const os = nodeModule<{ totalmem(): number; freemem(): number }>("node:os");
  if (os === undefined) return Number.POSITIVE_INFINITY;
  return nodeProcess?.platform === "linux" ? (nodeProcess.availableMemory?.() ?? os.freemem()) : os.totalmem();
}

const ADVICE = "Use a smaller batch or model.";

/** Refuses a request for more memory than there is, before the system is asked: Linux grants what it does not have, and ends the process
 *  when it is used.
 *  @param where for messages: `native`, `reference`.
 *  @param available bytes that there are. Default: as the system says.
 *  @throws GradusError `out-of-memory` with `{ where, bytes, available }`. */
export function requireMemory(
  where: string,
  bytes: number,
  available: () => number = availableBytes,
  options: { readonly advice?: string } = {},
): void {
  if (bytes < ASKED_FROM_BYTES) return;
  const free = available();
  if (bytes > free) throw outOfMemory(where, bytes, free, options);
}

/** The error for memory that there is not.
 *  @param available undefined where it is not known. @param options what caused it, and what to do. */
export function outOfMemory(
  where: string,
  bytes: number,
  available: number | undefined,
  { advice = ADVICE, ...options }: ErrorOptions & { readonly advice?: string } = {},
): GradusError {
  const there = available === undefined ? "the system refused them" : `there are ${mebibytes(available)}`;
  return new GradusError(
    "out-of-memory",
    `${where}: out of memory: ${mebibytes(bytes)} are needed at once, ${there}. ${advice}`,
    { where, bytes, available },
    options,
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** What `make` allocates on JavaScript's heap, or the error for memory that there is not.
 *  @param advice what to do, a sentence.
 *  @throws GradusError `out-of-memory`. */
export function allocated<Result>(where: string, bytes: number, make: () => Result, advice?: string): Result {
  const more = advice === undefined ? {} : { advice };
  requireMemory(where, bytes, availableBytes, more);
  try {
    return make();
  } catch (cause) {
    if (cause instanceof RangeError) throw outOfMemory(where, bytes, undefined, { cause, ...more });
    throw cause;
  }
}
