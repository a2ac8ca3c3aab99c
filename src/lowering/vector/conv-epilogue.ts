import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";
import type { ConvPlan } from "./conv-plan.ts";
import { loopWalk } from "./loop.ts";

/** Writes the loop that runs on a complete image of a convolution's result, wherever the returned function is called; undefined if the
 *  convolution has none.
 *  @param y address of the result.
 *  @param beside addresses of the loop's other arrays. */
export function imageEpilogue(
  { epilogue: plan, arrays }: Pick<ConvPlan, "epilogue" | "arrays">,
  b: FunctionBuilder,
  y: Register,
  beside: ReadonlyMap<Node, Register>,
): ((image: Index) => void) | undefined {
  if (!plan) return undefined;
  const node = arrays[2] as Node;
  // the loop counts from the first element that it reads
  const origin = plan.origins[plan.arrays.indexOf(node)] as number;
  const result = origin === 0 ? y : (b.indexAdd(y, origin * 4) as Register);
  return loopWalk(plan, b, new Map([...beside, [node, result]])).within();
}
