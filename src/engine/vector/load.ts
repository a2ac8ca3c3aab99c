import { type Region, verifyBounds } from "../../codegen/bounds.ts";
import type { VectorProgram } from "../../codegen/program.ts";
import { verifyProgram } from "../../codegen/verify.ts";
import type { LoadedProgram, VectorDevice } from "../../runtime/vector-device.ts";

/** Proves that a program uses its registers well and stays inside its memory, then loads it. This is the only way to a device's `load`
 *  for programs that come from graphs: what cannot be proven never becomes code, on any device.
 *  @param regions all memory that the program may touch, as `verifyBounds` takes it.
 *  @throws GradusError `bad-argument` from `verifyProgram`; `out-of-plan` from `verifyBounds`. */
export function loadProven(device: VectorDevice, program: VectorProgram, regions: readonly Region[]): LoadedProgram {
  verifyProgram(program);
  verifyBounds(program, regions, device.threads);
  return device.load(program);
}
