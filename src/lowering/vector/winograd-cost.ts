import type { Target } from "../../codegen/program.ts";
import type { ConvKernel } from "../../compiler/kernel.ts";

export function isWinogradFaster(_kernel: ConvKernel, _target: Target): boolean {
  return process.env.WINO === "1";
}
