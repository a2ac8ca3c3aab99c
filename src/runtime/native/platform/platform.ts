import type { CallingConvention } from "../../../codegen/x64/calling-convention.ts";
import type { Waiting } from "../../../codegen/x64/waiting.ts";
import { GradusError } from "../../../core/errors.ts";
import { outOfMemory } from "../../../core/memory.ts";

/** A started thread, as the system identifies it. */
export type ThreadHandle = number | bigint;

/** What machine code needs of an operating system. Addresses are numbers: user space ends at 2^47. */
export interface Platform {
  readonly convention: CallingConvention;
  /** how machine code sleeps and wakes */
  readonly waiting: Waiting;
  /** Fresh zeroed pages, readable and writable. From 2 MiB on they start at a multiple of 2 MiB and use large pages if the system has
   *  them. @throws GradusError `out-of-memory` if the system gives none. */
  allocate(bytes: number): number;
  /** Returns pages, all that one `allocate` gave. */
  free(address: number, bytes: number): void;
  /** From readable and writable to readable and executable: never both. */
  makeExecutable(address: number, bytes: number): void;
  /** A thread that runs machine code from `entry` with `argument`, on its own stack. */
  startThread(entry: number, argument: number): ThreadHandle;
  /** Waits for its end. */
  joinThread(handle: ThreadHandle): void;
}

/** The unit in which pages are allocated and protected. */
export const PAGE_BYTES = 4096;
export const LARGE_PAGE_BYTES = 2 ** 21;

export function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

export function systemFailure(what: string, values: Readonly<Record<string, unknown>>): GradusError {
  const details = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return new GradusError("backend-unavailable", `native: ${what} failed (${details.join(", ")})`, values);
}

/** @param error the system's number for the reason */
export function refusedMemory(bytes: number, error: number): GradusError {
  return outOfMemory("native", bytes, undefined, { cause: systemFailure("allocation", { error }) });
}
