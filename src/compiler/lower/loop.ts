import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Target } from "../../codegen/program.ts";
import { MapLowering } from "./loop-map.ts";
import { ReduceLowering } from "./loop-reduce.ts";
import type { LoweredKernel } from "./lowered.ts";
import type { LoopPlan } from "./streams.ts";

/** Writes a loop kernel as one vector function; vectors lie along the last axis. */
export function lowerLoop(plan: LoopPlan, target: Target, name: string): LoweredKernel {
  const Lowering = plan.nodes.some(({ node }) => node.op === "reduce") ? ReduceLowering : MapLowering;
  const b = new FunctionBuilder(name, target);
  const parameters = new Map(plan.arrays.map((array) => [array, b.parameter()] as const));
  return new Lowering(plan, b, parameters).lower();
}
