import { GradusError } from "./errors.ts";
import { nodeModule, nodeProcess } from "./host.ts";

/** Smaller requests are granted without asking the system. */
const ASKED_FROM_BYTES = 64 * 2 ** 20;

/** Bytes that this process can still allocate without driving the system out of memory, including the limits of its container; Infinity
 *  if the host does not report it. Systems other than Linux count only entirely unused memory as free, so there it is all installed memory. */
export function availableBytes(): number {
  const os = nodeModule<{ totalmem(): number; freemem(): number }>("node:os");
  if (os === undefined) return Number.POSITIVE_INFINITY;
  return nodeProcess?.platform === "linux" ? (nodeProcess.availableMemory?.() ?? os.freemem()) : os.totalmem();
}

const ADVICE = "Use a smaller batch or model.";

/** Rejects a request for more memory than is available before asking the system: Linux grants memory that it does not have, and kills
 *  the process when it uses that memory.
 *  @param where for messages: `native`, `reference`.
 *  @param available available bytes. Default: as the system reports.
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

/** The error for missing memory.
 *  @param available undefined if unknown. @param options what caused it, and what to do. */
export function outOfMemory(
  where: string,
  bytes: number,
  available: number | undefined,
  { advice = ADVICE, ...options }: ErrorOptions & { readonly advice?: string } = {},
): GradusError {
  const there = available === undefined ? "the system refused them" : `${mebibytes(available)} are available`;
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

/** Returns what `make` allocates on JavaScript's heap, or throws if memory is missing.
 *  @param advice what to do, as a sentence.
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
