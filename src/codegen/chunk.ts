import type { KernelCall } from "./program.ts";

/** Work items per thread: equal shares, rounded up to whole grains. Thread t gets those from t * chunk on, as far as there are any. */
export function chunkOf(call: Pick<KernelCall, "items" | "grain">, threads: number): number {
  return Math.ceil(call.items / threads / call.grain) * call.grain;
}
