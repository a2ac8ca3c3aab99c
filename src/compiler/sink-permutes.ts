import { sizeOf } from "../core/shape.ts";
import { broadcastTo, makeNode, permute } from "../graph/build.ts";
import { isElementwise, isFormula, isMovement } from "../graph/kinds.ts";
import { isOp, type Node } from "../graph/node.ts";

/** Moves permutations behind operations that do not depend on the order of axes. f(permute x) is then computed in the order in which x
 *  lies, and two opposite permutations, such as those that layers put around a convolution, meet and vanish. Only for samples: if the
 *  first axis moves, as in weights and their gradients, the arrays that it meets next lie in the other order. */
export function sinkPermute(node: Node): Node | undefined {
  if (isElementwise(node.op)) return sinkBehindElementwise(node);
  const source = node.inputs[0];
  if (source === undefined || !isSamplePermute(source)) return undefined;
  const { order } = source.attributes;
  const inner = source.inputs[0] as Node;
  const moved = (list: readonly number[]): number[] => {
    const result = new Array<number>(list.length);
    order.forEach((axis, position) => {
      result[axis] = list[position] as number;
    });
    return result;
  };
  if (isOp(node, "reduce")) {
    const { kind, axes } = node.attributes;
    const reduced = axes.map((axis) => order[axis] as number).sort((a, b) => a - b);
    const kept = order.filter((axis) => !reduced.includes(axis));
    const rank = [...kept].sort((a, b) => a - b);
    return permute(
      makeNode("reduce", [inner], { kind, axes: reduced }),
      kept.map((axis) => rank.indexOf(axis)),
    );
  }
  if (isOp(node, "slice")) {
    const { start, size, step } = node.attributes;
    return permute(makeNode("slice", [inner], { start: moved(start), size: moved(size), step: moved(step) }), order);
  }
  if (isOp(node, "pad")) {
    const { before, after, interior, value } = node.attributes;
    const attributes = { before: moved(before), after: moved(after), interior: moved(interior), value };
    return permute(makeNode("pad", [inner], attributes), order);
  }
  if (isOp(node, "concat")) {
    const isAlike = node.inputs.every((part) => isOp(part, "permute") && sameOrder(part.attributes.order, order));
    if (!isAlike) return undefined;
    const axis = order[node.attributes.axis] as number;
    return permute(makeNode("concat", node.inputs.map(sourceOf), { axis }), order);
  }
  return undefined;
}

function isSamplePermute(node: Node): node is Node<"permute"> {
  return isOp(node, "permute") && node.shape.length > 2 && node.attributes.order[0] === 0;
}

function sinkBehindElementwise(node: Node): Node | undefined {
  // a formula has no order in memory: moving behind two of them gains nothing and would not end
  const first = node.inputs.filter(isSamplePermute).find((input) => !isFormula(sourceOf(input)));
  if (first === undefined) return undefined;
  const { order } = first.attributes;
  const back = new Array<number>(order.length);
  order.forEach((axis, position) => {
    back[axis] = position;
  });
  const inputs: Node[] = [];
  for (const input of node.inputs) {
    if (isOp(input, "permute") && sameOrder(input.attributes.order, order)) inputs.push(sourceOf(input));
    else if (isFree(input)) inputs.push(reordered(input, back));
    else return undefined;
  }
  return permute(makeNode(node.op, inputs, node.attributes), order);
}

const sourceOf = (node: Node): Node => node.inputs[0] as Node;

function sameOrder(a: readonly number[], b: readonly number[]): boolean {
  return a.every((axis, position) => axis === b[position]);
}

/** Can it be read in any order at no cost? Formulas can, and small arrays that are broadcast over a large one. */
function isFree(node: Node): boolean {
  if (isFormula(node)) return true;
  return node.op === "broadcast" && (isFormula(baseOf(node)) || sizeOf(sourceOf(node).shape) * 2 <= sizeOf(node.shape));
}

function baseOf(node: Node): Node {
  return isMovement(node.op) ? baseOf(sourceOf(node)) : node;
}

function reordered(node: Node, order: readonly number[]): Node {
  if (node.op !== "broadcast") return permute(node, order);
  const shape = order.map((axis) => node.shape[axis] as number);
  return broadcastTo(permute(sourceOf(node), order), shape);
}
