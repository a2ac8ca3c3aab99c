import type { Target } from "../../codegen/program.ts";
import { MapLowering } from "./loop-map.ts";
import { ReduceLowering } from "./loop-reduce.ts";
import type { LoweredKernel } from "./lowered.ts";
import type { LoopPlan } from "./streams.ts";

/** Writes a loop kernel as one vector function; vectors lie along the last axis. */
export function lowerLoop(plan: LoopPlan, target: Target, name: string): LoweredKernel {
  const Lowering = plan.nodes.some(({ node }) => node.op === "reduce") ? ReduceLowering : MapLowering;
  return new Lowering(plan, target, name).lower();
}
