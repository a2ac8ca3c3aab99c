import type { Node, Op } from "../graph/node.ts";

/** Approximate cost of computing one element, in multiply-adds, of operations that are not cheap. */
const COST: Partial<Record<Op, number>> = {
  exp: 10,
  log: 12,
  tanh: 12,
  sigmoid: 12,
  erf: 16,
  sin: 14,
  cos: 14,
  pow: 30,
  div: 4,
  sqrt: 4,
};
const EXPENSIVE = 10;

/** Reading a kept value costs as much as this. */
const READ = 3;

/** A value whose recomputation costs no more than this is not kept. */
const LIMIT = 9;

const MOVEMENTS: ReadonlySet<Op> = new Set<Op>(["reshape", "permute", "broadcast", "slice"]);
const LEAVES: ReadonlySet<Op> = new Set<Op>(["input", "constant", "iota"]);
const ELEMENTWISE: ReadonlySet<Op> = new Set<Op>([
  ...(["neg", "abs", "sqrt", "exp", "log", "sin", "cos", "tanh", "sigmoid", "erf", "floor", "not", "cast"] as const),
  ...(["shiftRight", "stopGradient", "add", "sub", "mul", "div", "pow", "max", "min"] as const),
  ...(["equal", "less", "lessEqual", "and", "or", "select"] as const),
]);

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
  for (const node of used) if ((COST[node.op] ?? 0) >= EXPENSIVE) kept.add(node);
  const costOf = (node: Node): number => {
    if (LEAVES.has(node.op)) return 0;
    if (kept.has(node)) return READ;
    if (MOVEMENTS.has(node.op)) return costOf(node.inputs[0] as Node);
    if (!ELEMENTWISE.has(node.op)) return Number.POSITIVE_INFINITY;
    return node.inputs.reduce((sum, input) => (sum > LIMIT ? sum : sum + costOf(input)), COST[node.op] ?? 1);
  };
  for (const node of forward) if (used.has(node) && costOf(node) > LIMIT) keep(node);
  return kept;
}
