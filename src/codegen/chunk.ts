import type { KernelCall } from "./program.ts";

/** Work items of one thread: equal shares, rounded up to whole grains. Thread t has those from t * chunk on, as many as there are. */
export function chunkOf(call: Pick<KernelCall, "items" | "grain">, threads: number): number {
  return Math.ceil(call.items / threads / call.grain) * call.grain;
}
