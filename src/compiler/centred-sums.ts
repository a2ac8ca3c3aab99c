import { sizeOf, stridesOf } from "../core/shape.ts";
import { add, broadcastTo, constant, mul, neg, reduce, reshape, sub } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";
import { resolveAccess, sameNumbers, squeezeShape, squeezeStrides } from "./access.ts";
import { withJoinedAxes } from "./sink-reshapes.ts";

/** Sums behind statistics, such as those of batch and layer normalisation and of their gradients. What is left over from its own mean sums
 *  to zero, so that most of these sums need no pass over the array. */

/** Simplifies a node, so that equal ones are the same. */
type Simple = (node: Node) => Node;

/** leaf * factor. The factor is the same along the summed axes and has size 1 there; undefined: 1. Without a leaf, the factor alone. */
interface Term {
  readonly leaf: Node | undefined;
  readonly factor: Node | undefined;
  readonly isNegative: boolean;
  /** if the leaf is the rest after subtraction of a mean: the sum behind that mean */
  readonly total?: Node | undefined;
}

type Sides = readonly [Node, Node];

/** Sums of longer expressions are left as they are. */
const MOST_TERMS = 8;

/** The value behind movements that leave the order of elements as it is. */
function plainBase(node: Node): Node | undefined {
  const { base, strides, offset } = resolveAccess(node);
  const lies = sameNumbers(squeezeStrides(node.shape, strides), stridesOf(squeezeShape(base.shape)));
  return offset === 0 && lies ? base : undefined;
}

/** What a node repeats along the axes. */
function repeated(node: Node, axes: readonly number[]): Node | undefined {
  const small = isOp(node, "broadcast") ? node.inputs[0] : undefined;
  return small && axes.every((axis) => small.shape[axis] === 1) ? small : undefined;
}

const countOf = ({ shape }: Node, axes: readonly number[]): number => sizeOf(axes.map((axis) => shape[axis] as number));

function uniformOf(node: Node): number | undefined {
  const { base } = resolveAccess(node);
  return isOp(base, "constant") ? base.attributes.value : undefined;
}

/** The sum S if the node is S / n, for n = `count`. */
function sumBehindMean(node: Node | undefined, count: number): Node | undefined {
  const mean = node && plainBase(node);
  if (!mean || !isOp(mean, "mul")) return undefined;
  const [a, b] = mean.inputs as [Node, Node];
  const sides: readonly Sides[] = [
    [a, b],
    [b, a],
  ];
  for (const [sum, share] of sides) {
    const value = uniformOf(share);
    if (value !== undefined && Math.abs(value * count - 1) < 1e-6) return plainBase(sum);
  }
  return undefined;
}

/** x - (sum of x) / n, or x + (sum of -x) / n: the parts x and the sum. */
function centred(node: Node, axes: readonly number[], simple: Simple): { x: Node; total: Node } | undefined {
  const [x, shift] = node.inputs as [Node, Node];
  const forwards: Sides = [x, shift];
  const sides: readonly Sides[] = isOp(node, "sub") ? [forwards] : isOp(node, "add") ? [forwards, [shift, x]] : [];
  for (const [own, other] of sides) {
    const total = sumBehindMean(repeated(other, axes), countOf(node, axes));
    if (!total) continue;
    const expected = simple(reduce(isOp(node, "sub") ? own : neg(own), "sum", axes));
    if (plainBase(expected) === total) return { x: own, total: expected };
  }
  // the same with joined axes, from which the mean was taken
  const whole = withJoinedAxes(node, axes);
  return whole && centred(whole.node, whole.axes, simple);
}

/** Writes a node as a sum of terms; undefined if there are too many. */
function termsOf(node: Node, axes: readonly number[], simple: Simple, most = MOST_TERMS): readonly Term[] | undefined {
  const constantPart = repeated(node, axes);
  if (constantPart) return [{ leaf: undefined, factor: constantPart, isNegative: false }];
  const inner = (input: Node) => termsOf(input, axes, simple, most - 1);
  const flipped = (terms: readonly Term[]) => terms.map((term) => ({ ...term, isNegative: !term.isNegative }));
  if (most > 0 && (isOp(node, "add") || isOp(node, "sub"))) {
    const rest = centred(node, axes, simple);
    if (rest) return [{ leaf: node, factor: undefined, isNegative: false, total: rest.total }];
    const [left, right] = node.inputs.map(inner);
    if (!left || !right || left.length + right.length > MOST_TERMS) return undefined;
    return [...left, ...(isOp(node, "sub") ? flipped(right) : right)];
  }
  if (most > 0 && isOp(node, "neg")) {
    const terms = inner(node.inputs[0] as Node);
    return terms && flipped(terms);
  }
  if (most > 0 && isOp(node, "mul")) {
    const [a, b] = node.inputs as [Node, Node];
    const [left, right] = [repeated(a, axes), repeated(b, axes)];
    const factor = left ?? right;
    const terms = factor && inner(left ? b : a);
    return factor
      ? terms?.map((term) => ({ ...term, factor: term.factor ? mul(term.factor, factor) : factor }))
      : [{ leaf: node, factor: undefined, isNegative: false }];
  }
  return [{ leaf: node, factor: undefined, isNegative: false }];
}

/** The sum over all positions of an expression in which something centred occurs: sum (s a + t (x - mean x)) = s sum a. The centred part
 *  counts as its total times zero, so that a value that is not finite stays visible.
 *  undefined if nothing is centred, or if more than one sum over the array would be left. */
export function sumOfCentred(node: Node, simple: Simple): Node | undefined {
  if (!isOp(node, "reduce") || node.attributes.kind !== "sum" || node.dtype !== "float32") return undefined;
  const source = node.inputs[0] as Node;
  if (!["add", "sub", "neg", "mul"].includes(source.op)) return undefined;
  const { axes } = node.attributes;
  const terms = termsOf(source, axes, simple);
  if (!terms?.some(({ total }) => total)) return undefined;
  const leaves = new Set(terms.flatMap(({ leaf, total }) => (leaf && !total ? [leaf] : [])));
  if (leaves.size > 1) return undefined;
  const count = countOf(source, axes);
  const small = (factor: Node): Node => {
    const shape = factor.shape.filter((_, axis) => !axes.includes(axis));
    return broadcastTo(reshape(factor, shape), node.shape);
  };
  const sumOf = ({ leaf, factor, total }: Term): Node => {
    const whole = total ? mul(total, constant(0)) : leaf ? reduce(leaf, "sum", axes) : constant(count);
    return factor ? mul(whole, small(factor)) : broadcastTo(whole, node.shape);
  };
  return terms.reduce<Node | undefined>((sum, term) => {
    const value = sumOf(term);
    if (!sum) return term.isNegative ? neg(value) : value;
    return term.isNegative ? sub(sum, value) : add(sum, value);
  }, undefined);
}

/** A sum of squares around the mean, taken around the mean of each sample: with k numbers in each of these,
 *    sum (x - m)^2 = sum over samples of (sum (x - m_i)^2 + k (m_i - m)^2)
 *  so that each sample is finished while it is in the cache, and no second pass over the whole array is needed.
 *  @param first the axis of the samples; `rest` the others that are summed.
 *  Source: Chan, Golub & LeVeque, "Algorithms for Computing the Sample Variance", 1983. */
export function squaresBySample(
  node: Node<"reduce">,
  first: number,
  rest: readonly number[],
  simple: Simple,
): Node | undefined {
  const { kind, axes } = node.attributes;
  const source = node.inputs[0] as Node;
  if (kind !== "sum" || node.dtype !== "float32" || !isOp(source, "mul")) return undefined;
  const [deviation, same] = source.inputs as [Node, Node];
  if (deviation !== same || !isOp(deviation, "sub")) return undefined;
  const found = centred(deviation, axes, simple);
  const mean = repeated(deviation.inputs[1] as Node, axes);
  if (!found || !mean) return undefined;
  const { x } = found;
  const count = countOf(x, rest);
  const kept = x.shape.map((size, axis) => (rest.includes(axis) ? 1 : size));
  const own = mul(reduce(x, "sum", rest), constant(1 / count));
  const around = sub(x, broadcastTo(reshape(own, kept), x.shape));
  const within = reduce(mul(around, around), "sum", rest);
  const between = sub(
    own,
    broadcastTo(
      reshape(
        mean,
        mean.shape.filter((_, axis) => !rest.includes(axis)),
      ),
      own.shape,
    ),
  );
  const all = add(within, mul(mul(between, between), constant(count)));
  return reduce(all, "sum", [first - rest.filter((axis) => axis < first).length]);
}
