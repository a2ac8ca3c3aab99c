import type { CompileOptions } from "../../compiler/pipeline.ts";
import type { SyncBackend } from "../../runtime/backend.ts";
import { guardBackend } from "../../runtime/guard.ts";
import { NativeDevice, type NativeDeviceOptions } from "../../runtime/native/device.ts";
import { NativeArray } from "./array.ts";
import { NativeExecutable } from "./executable.ts";

export interface NativeOptions extends NativeDeviceOptions, CompileOptions {}

const VECTORS = {
  avx512: "AVX-512, 512-bit vectors",
  avx2: "AVX2, 256-bit vectors",
} as const;

/** Vector programs as machine code for AVX2 or AVX-512, run by native threads.
 *  @throws GradusError `backend-unavailable` with the reason where it cannot run: no `koffi`, an old processor, a worker thread, a self-test
 *  that disagrees. */
export function createNativeBackend({ threads, isa, ...options }: NativeOptions): SyncBackend {
  const device = new NativeDevice({ threads, isa });
  const vectors = VECTORS[device.target.name as keyof typeof VECTORS];
  return guardBackend({
    name: "native",
    threads: device.threads,
    description: `machine code, ${vectors}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    allocate: (shape, dtype) => new NativeArray(device.heap, shape, dtype),
    compileNow: (graph, states) => new NativeExecutable(device, graph, states as readonly NativeArray[], options),
    dispose: () => device.dispose(),
  });
}
