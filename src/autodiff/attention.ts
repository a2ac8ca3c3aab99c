import {
  add,
  binary,
  broadcastTo,
  cast,
  constant,
  div,
  makeNode,
  matmul,
  mul,
  permute,
  reduce,
  reshape,
  select,
  sub,
  transposeLast,
  unary,
} from "../graph/build.ts";
import type { AttentionAttributes, Node } from "../graph/node.ts";

// N samples, T steps, H heads, D features of a head

/** Beside any score its exponential is 0, and unlike infinity it makes no NaN if all are hidden. */
const HIDDEN = -1e30;

/** (N, T, P H D) as P arrays (N, H, T, D). */
function headsOf(packed: Node, parts: number, heads: number): Node[] {
  const [samples, steps, width] = packed.shape as [number, number, number];
  const size = width / parts / heads;
  const apart = reshape(packed, [samples, steps, parts, heads, size]);
  return Array.from({ length: parts }, (_, part) => {
    const slice = makeNode("slice", [apart], {
      start: [0, 0, part, 0, 0],
      size: [samples, steps, 1, heads, size],
      step: [1, 1, 1, 1, 1],
    });
    return permute(reshape(slice, [samples, steps, heads, size]), [0, 2, 1, 3]);
  });
}

/** The inverse of `headsOf`. */
function packed(parts: readonly Node[]): Node {
  const rows = parts.map((part) => {
    const [samples, heads, steps, size] = part.shape as [number, number, number, number];
    return reshape(permute(part, [0, 2, 1, 3]), [samples, steps, heads * size]);
  });
  return rows.length === 1 ? (rows[0] as Node) : makeNode("concat", rows, { axis: 2 });
}

/** Sums over the last axis, at every position of it. */
function rowSums(node: Node): Node {
  const { shape } = node;
  return broadcastTo(reshape(reduce(node, "sum", [shape.length - 1]), [...shape.slice(0, -1), 1]), shape);
}

/** For every query and key, whether the query sees the key, (N, H, T, T). */
function visibility(shape: readonly number[], visible: Node | undefined, { causal }: AttentionAttributes): Node {
  const [samples, , steps] = shape as [number, number, number];
  const positions = (axis: number) => makeNode("iota", [], { shape: [...shape], axis });
  const earlier = causal ? binary("lessEqual", positions(3), positions(2)) : undefined;
  const hidden = visible && binary("equal", reshape(visible, [samples, 1, 1, steps]), constant(0));
  const present = hidden && broadcastTo(unary("not", hidden), shape);
  if (earlier && present) return binary("and", earlier, present);
  return earlier ?? present ?? broadcastTo(constant(1, "bool"), shape);
}

/** softmax(q k^T / sqrt(D)), 0 where a key is hidden. */
function weightsOf(scores: Node, sees: Node): Node {
  const { shape } = scores;
  const shown = select(sees, scores, constant(HIDDEN));
  const largest = broadcastTo(reshape(reduce(shown, "max", [3]), [...shape.slice(0, 3), 1]), shape);
  const powers = mul(unary("exp", sub(shown, largest)), cast(sees, "float32"));
  const total = rowSums(powers);
  return div(powers, select(binary("equal", total, constant(0)), constant(1), total));
}

/** The gradient of attention's gradient. With s = 1 / sqrt(D), W the weights and (x) for products of elements, it is
 *    E = G V^T,   S' = W (x) (E - rows(W (x) E)),   dQ = s S' K,   dK = s S'^T Q,   dV = W^T G
 *  Each line sends the cotangents A, B, C of dQ, dK, dV back to what it was made of; `rows` are sums over a row. */
export function attentionGradRule(cotangent: Node, node: Node<"attentionGrad">): readonly (Node | undefined)[] {
  const [qkv, gradient, visible] = node.inputs as [Node, Node, Node | undefined];
  const { heads } = node.attributes;
  const [q, k, v] = headsOf(qkv, 3, heads) as [Node, Node, Node];
  const [g] = headsOf(gradient, 1, heads) as [Node];
  const [a, b, c] = headsOf(cotangent, 3, heads) as [Node, Node, Node];
  const scale = constant(1 / Math.sqrt(q.shape[3] as number));
  const scores = mul(matmul(q, transposeLast(k)), scale);
  const w = weightsOf(scores, visibility(scores.shape, visible, node.attributes));
  const e = matmul(g, transposeLast(v));
  const centred = sub(e, rowSums(mul(w, e)));
  const slopes = mul(w, centred);

  // from dQ and dK
  const u = mul(add(matmul(a, transposeLast(k)), matmul(q, transposeLast(b))), scale);
  // from S': to E, and to W
  const along = mul(u, w);
  const total = rowSums(along);
  const toE = sub(along, mul(total, w));
  const toW = add(sub(mul(u, centred), mul(total, e)), matmul(g, transposeLast(c)));
  // from W to the scores
  const toScores = mul(mul(w, sub(toW, rowSums(mul(w, toW)))), scale);
  const scaled = mul(slopes, scale);
  const toQ = add(matmul(scaled, b), matmul(toScores, k));
  const toK = add(matmul(transposeLast(scaled), a), matmul(transposeLast(toScores), q));
  const toV = matmul(transposeLast(toE), g);
  const toG = add(matmul(w, c), matmul(toE, v));
  return [packed([toQ, toK, toV]), packed([toG]), undefined];
}
