import type { CompileOptions } from "../../lowering/vector/pipeline.ts";
import type { SyncBackend } from "../../runtime/backend.ts";
import { WasmDevice, type WasmDeviceOptions } from "../../runtime/wasm/device.ts";
import { createVectorBackend } from "../vector/backend.ts";

export interface WasmOptions extends WasmDeviceOptions, CompileOptions {}

/** Vector programs as WebAssembly: 128-bit vectors, fused multiply-add and shared-memory threads if the engine has them. For Node and for
 *  one thread: in a page several threads must be waited for, by `openWasmBackend`. */
export function createWasmBackend({ threads, simd, relaxed, ...options }: WasmOptions): SyncBackend {
  return backendOn(new WasmDevice({ threads, simd, relaxed }), options);
}

/** The same on any host: waits until the threads have started. If they do not, one thread does the work and the description says why. */
export async function openWasmBackend({ threads, simd, relaxed, ...options }: WasmOptions): Promise<SyncBackend> {
  const device = new WasmDevice({ threads, simd, relaxed });
  try {
    await device.ready();
    return backendOn(device, options);
  } catch (error) {
    return backendOn(new WasmDevice({ threads: 1, simd, relaxed }), options, (error as Error).message);
  }
}

function backendOn(device: WasmDevice, options: CompileOptions, whyOneThread = device.whyOneThread): SyncBackend {
  const { features } = device;
  const vectors = features.simd
    ? `128-bit vectors, multiply-add ${features.relaxed ? "fused" : "in two steps"}`
    : "one lane, no SIMD";
  return createVectorBackend(device, `WebAssembly, ${vectors}`, { ...options, whyOneThread });
}
