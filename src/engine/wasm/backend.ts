import type { CompileOptions } from "../../lowering/vector/pipeline.ts";
import type { SyncBackend } from "../../runtime/backend.ts";
import { WasmDevice, type WasmDeviceOptions } from "../../runtime/wasm/device.ts";
import { createVectorBackend } from "../vector/backend.ts";

export interface WasmOptions extends WasmDeviceOptions, CompileOptions {}

/** Vector programs as WebAssembly: 128-bit vectors, fused multiply-add and shared-memory threads if the engine has them. */
export function createWasmBackend({ threads, simd, relaxed, ...options }: WasmOptions): SyncBackend {
  const device = new WasmDevice({ threads, simd, relaxed });
  const { features } = device;
  const vectors = features.simd
    ? `128-bit vectors, multiply-add ${features.relaxed ? "fused" : "in two steps"}`
    : "one lane, no SIMD";
  return createVectorBackend(device, `WebAssembly, ${vectors}`, options);
}
