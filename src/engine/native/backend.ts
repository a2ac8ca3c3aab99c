import { NATIVE_TARGETS, type NativeIsa } from "../../codegen/x64/target.ts";
import { requireArgument } from "../../core/errors.ts";
import { environment } from "../../core/host.ts";
import type { CompileOptions } from "../../lowering/vector/pipeline.ts";
import type { SyncBackend } from "../../runtime/backend.ts";
import { NativeDevice, type NativeDeviceOptions } from "../../runtime/native/device.ts";
import { createVectorBackend } from "../vector/backend.ts";

export interface NativeOptions extends NativeDeviceOptions, CompileOptions {}

const VECTORS = {
  avx512: "AVX-512, 512-bit vectors",
  avx2: "AVX2, 256-bit vectors",
} as const;

/** Vector programs as machine code for AVX2 or AVX-512, run by native threads.
 *  @throws GradusError `backend-unavailable` with the reason if it cannot run: no `koffi`, an old processor, a worker thread, a self-test
 *  that disagrees. */
export function createNativeBackend({ threads, isa, ...options }: NativeOptions): SyncBackend {
  const device = new NativeDevice({ threads, isa });
  const vectors = VECTORS[device.target.name as keyof typeof VECTORS];
  return createVectorBackend(device, `machine code, ${vectors}`, options);
}

/** The same with the instruction set that the environment names.
 *  @throws GradusError as `createNativeBackend`; `bad-argument` for an instruction set that is unknown. */
export function openNativeBackend(threads: number): SyncBackend {
  return createNativeBackend({ threads, isa: nativeIsa() });
}

/** The instruction set that GRADUS_NATIVE_ISA names: for tests and comparisons on a processor that has more. */
function nativeIsa(): NativeIsa | "none" | undefined {
  const given = environment("GRADUS_NATIVE_ISA");
  if (given === undefined) return undefined;
  const known = [...Object.keys(NATIVE_TARGETS), "none"];
  requireArgument(known.includes(given), `GRADUS_NATIVE_ISA must be one of ${known.join(", ")}, got "${given}".`, {
    given,
  });
  return given as NativeIsa | "none";
}
