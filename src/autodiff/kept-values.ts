import { costOf } from "../graph/cost.ts";
import { isElementwise, isMovement } from "../graph/kinds.ts";
import type { Node, Op } from "../graph/node.ts";

/** An operation of this cost is not done twice. */
const EXPENSIVE = 10;

/** Reading a kept value costs as much as this. */
const READ = 3;

/** A value whose recomputation costs no more than this is not kept. */
const LIMIT = 9;

const LEAVES: ReadonlySet<Op> = new Set<Op>(["input", "constant", "iota"]);

/** The values of a loop's forward step that its backward step reads from memory. All others that it needs are computed again from these.
 *  @param forward the nodes of the forward step, inputs first.
 *  @param roots the results of the backward step. */
export function keptValues(forward: readonly Node[], roots: readonly Node[]): ReadonlySet<Node> {
  const isForward = new Set(forward);
  const used = new Set<Node>();
  const seen = new Set<Node>();
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isForward.has(node)) used.add(node);
    if (isForward.has(node) || seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) open.push(input);
  }
  const kept = new Set<Node>();
  const keep = (node: Node): void => {
    // not the rearranged array, but what it is made of
    let source = node;
    while (source.op === "reshape" || source.op === "permute" || source.op === "broadcast")
      source = source.inputs[0] as Node;
    kept.add(source);
  };
  for (const node of used) if (costOf(node.op) >= EXPENSIVE) kept.add(node);
  const workOf = (node: Node): number => {
    if (LEAVES.has(node.op)) return 0;
    if (kept.has(node)) return READ;
    if (isMovement(node.op)) return workOf(node.inputs[0] as Node);
    if (!isElementwise(node.op) && node.op !== "stopGradient") return Number.POSITIVE_INFINITY;
    return node.inputs.reduce((sum, input) => (sum > LIMIT ? sum : sum + workOf(input)), costOf(node.op));
  };
  for (const node of forward) if (used.has(node) && workOf(node) > LIMIT) keep(node);
  return kept;
}
