import type { NativeIsa } from "../../src/codegen/x64/target.ts";
import { createNativeBackend, type NativeOptions } from "../../src/engine/native/backend.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { detectProcessor } from "../../src/runtime/native/detect.ts";
import { nativeMachine, skipNative } from "../runtime/native-machine.ts";

/** Why this instruction set cannot be tested here; false where it can. */
export function skipUnless(isa: NativeIsa): string | false {
  if (skipNative !== false) return skipNative;
  const { ffi, platform } = nativeMachine();
  return detectProcessor(ffi, platform).features[isa] ? false : `this processor has no ${isa}`;
}

/** Instruction sets that machine code is tested with: both, AVX2 alone or none. What is missing is printed, with the reason. */
export const NATIVE_SETS: readonly NativeIsa[] = (["avx512", "avx2"] as const).filter((isa) => {
  const reason = skipUnless(isa);
  if (reason !== false) console.log(`machine code for ${isa} is not tested: ${reason}`);
  return reason === false;
});

/** A backend for each instruction set that runs here, with these options: none, after a printed reason, where none does. */
export function nativeBackends(options: Omit<NativeOptions, "isa">): readonly Backend[] {
  return NATIVE_SETS.map((isa) => createNativeBackend({ ...options, isa }));
}

/** WebAssembly, then machine code in every form that runs here. */
export function compiledBackends(options: Omit<NativeOptions, "isa">): readonly Backend[] {
  return [createWasmBackend(options), ...nativeBackends(options)];
}
