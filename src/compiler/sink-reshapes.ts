import { sizeOf } from "../core/shape.ts";
import { broadcastTo, makeNode, reshape } from "../graph/build.ts";
import { isElementwise } from "../graph/kinds.ts";
import { isOp, type Node, type Op } from "../graph/node.ts";

/** Moves reshapes that join axes behind element-wise work and sums, if the joined array repeats values within an axis, as the gradient of
 *  pooling does within its windows. Joined, it would have to be written out; apart, it is computed wherever it is read. */

/** Simplifies a node, so that equal ones are the same. */
type Simple = (node: Node) => Node;

/** The axes of the finer shape that form each axis of the coarser one. */
type Runs = readonly (readonly number[])[];

/** The same values with joined axes, for values that were written with finer axes here. */
const joined = new WeakMap<Node, { readonly node: Node; readonly runs: Runs }>();

/** A value with its axes joined: the node that it was made from, and the axes of that node which the given axes are.
 *  undefined if there is none, or if the axes are only parts of its axes. */
export function withJoinedAxes(
  node: Node,
  axes: readonly number[],
): { readonly node: Node; readonly axes: readonly number[] } | undefined {
  const whole = joined.get(node);
  if (!whole) return undefined;
  const coarse: number[] = [];
  for (const [axis, run] of whole.runs.entries()) {
    const count = run.filter((part) => axes.includes(part)).length;
    if (count > 0 && count < run.length) return undefined;
    if (count > 0) coarse.push(axis);
  }
  return { node: whole.node, axes: coarse };
}

/** Which axes of the finer shape form each axis of the coarser one; undefined if the coarser shape is not made by joining axes. */
function runsOf(fine: readonly number[], coarse: readonly number[]): Runs | undefined {
  const runs: number[][] = [];
  let next = 0;
  for (const size of coarse) {
    const run = [next];
    let product = fine[next++] as number;
    while (product < size && next < fine.length) {
      run.push(next);
      product *= fine[next++] as number;
    }
    if (product !== size) return undefined;
    runs.push(run);
  }
  return next === fine.length && fine.length > coarse.length ? runs : undefined;
}

/** The array with finer axes if the node joins its axes although it repeats values within one of them. */
function repeating(node: Node): { readonly fine: Node; readonly runs: Runs } | undefined {
  if (!isOp(node, "reshape")) return undefined;
  const fine = node.inputs[0] as Node;
  if (!isElementwise(fine.op) || fine.shape.includes(1)) return undefined;
  const runs = runsOf(fine.shape, node.shape);
  return runs && repeatsWithin(fine, runs, new Set()) ? { fine, runs } : undefined;
}

/** Is some operand of the element-wise work that leads to a value repeated along some, but not all, of the axes of a run? */
function repeatsWithin(node: Node, runs: Runs, seen: Set<Node>): boolean {
  if (seen.has(node) || seen.size > MOST_OPERATIONS) return false;
  seen.add(node);
  if (isOp(node, "broadcast")) {
    const source = (node.inputs[0] as Node).shape;
    return runs.some((run) => {
      const repeated = run.filter((axis) => source[axis] === 1).length;
      return repeated > 0 && repeated < run.length;
    });
  }
  return isElementwise(node.op) && node.inputs.some((input) => repeatsWithin(input, runs, seen));
}

/** Element-wise work that leads to a value is written anew with finer axes up to this many operations. */
const MOST_OPERATIONS = 24;

/** A value with finer axes. Element-wise work is written anew, so that it can be part of the loop that reads it. */
function refined(node: Node, fine: readonly number[], runs: Runs, simple: Simple, done: Map<Node, Node>): Node {
  const known = done.get(node);
  if (known) return known;
  let result: Node;
  if (isOp(node, "broadcast")) {
    const source = node.inputs[0] as Node;
    const isWhole = (axis: number) => source.shape[axis] !== 1;
    const aligned = runs.flatMap((run, axis) => run.map((part) => (isWhole(axis) ? (fine[part] as number) : 1)));
    result = simple(broadcastTo(reshape(source, aligned), fine));
  } else if (isElementwise(node.op) && done.size < MOST_OPERATIONS) {
    result = simple(
      makeNode<Op>(
        node.op,
        node.inputs.map((input) => refined(input, fine, runs, simple, done)),
        node.attributes,
      ),
    );
  } else {
    const source = isOp(node, "reshape") ? (node.inputs[0] as Node) : node;
    result = simple(reshape(source, fine));
  }
  if (!joined.has(result) && result !== node) joined.set(result, { node, runs });
  done.set(node, result);
  return result;
}

export function sinkReshape(node: Node, simple: Simple): Node | undefined {
  if (isElementwise(node.op)) {
    const first = node.inputs.map(repeating).find((found) => found !== undefined);
    if (first === undefined) return undefined;
    const { fine, runs } = first;
    const done = new Map<Node, Node>();
    const inputs = node.inputs.map((input) => refined(input, fine.shape, runs, simple, done));
    return reshape(makeNode(node.op, inputs, node.attributes), node.shape);
  }
  const source = node.inputs[0];
  const found = isOp(node, "reduce") && source ? repeating(source) : undefined;
  if (!isOp(node, "reduce") || !found) return undefined;
  const { kind, axes } = node.attributes;
  const finer = makeNode("reduce", [found.fine], { kind, axes: axes.flatMap((axis) => found.runs[axis] as number[]) });
  return sizeOf(node.shape) === sizeOf(finer.shape) ? reshape(finer, node.shape) : undefined;
}
