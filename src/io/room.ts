import { totalmem } from "node:os";
import { GradusError } from "../core/errors.ts";

/** Bytes that are asked for only where the machine has them at all: the system gives more than there is, and ends the program
 *  when it is written to.
 *  @param what begins the message: "flowers: 100 pictures of (3, 64, 64)".
 *  @param advice what else to do, without a full stop.
 *  @throws GradusError `out-of-memory` with `{ bytes, memory }`. */
export function roomFor(what: string, bytes: number, advice: string): Uint8Array<ArrayBuffer> {
  const memory = bytes > NEVER_TOO_MUCH ? memoryOfMachine() : NEVER_TOO_MUCH;
  const refuse = (cause?: unknown) =>
    new GradusError(
      "out-of-memory",
      `${what} need ${bytes} bytes of memory; this machine has ${memory}. ${advice}.`,
      { bytes, memory },
      { cause },
    );
  if (bytes > memory) throw refuse();
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw refuse(cause);
  }
}

/** 64 MiB: to ask the system costs more than to try. */
const NEVER_TOO_MUCH = 2 ** 26;

/** In bytes: what is built in, or what a container may take. */
function memoryOfMachine(): number {
  // 0 where there is no constraint, or one beyond all memory
  const constraint = process.constrainedMemory?.() ?? 0;
  return constraint > 0 ? Math.min(totalmem(), constraint) : totalmem();
}
