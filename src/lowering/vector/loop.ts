import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Register, Target } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";
import { MapLowering } from "./loop-map.ts";
import { ReduceLowering } from "./loop-reduce.ts";
import type { LoopWalk } from "./loop-walk.ts";
import type { LoweredKernel } from "./lowered.ts";
import type { LoopPlan } from "./streams.ts";

/** Writes a loop kernel as one vector function; vectors lie along the last axis. */
export function lowerLoop(plan: LoopPlan, target: Target, name: string): LoweredKernel {
  const b = new FunctionBuilder(name, target);
  const parameters = new Map(plan.arrays.map((array) => [array, b.parameter()] as const));
  return loopWalk(plan, b, parameters).lower();
}

/** The way in which a loop's work is traversed.
 *  @param parameters the addresses of the loop's arrays. */
export function loopWalk(plan: LoopPlan, b: FunctionBuilder, parameters: ReadonlyMap<Node, Register>): LoopWalk {
  const Lowering = plan.nodes.some(({ node }) => node.op === "reduce") ? ReduceLowering : MapLowering;
  return new Lowering(plan, b, parameters);
}
