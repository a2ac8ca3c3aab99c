import { add, full, makeNode, matmul, permute, reduce, reshape, transposeLast } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";
import { joinFactors } from "./common-factor.ts";

/** From this number of products or row sums on, concatenating them and computing one product or sum pays off. */
const FEWEST_JOINED = 3;

/** The sum of the shares that a value's users send back, the last user's first.
 *  A value used many times, such as a weight shared through time, gets one share per use. Shares that are parts of one result are joined:
 *    shares of separate slices        concatenation:  pad(a) + pad(b) = [a; b]
 *    products                         sum_t A_t B_t = [A_1 A_2 ...] [B_1; B_2; ...]
 *    sums over rows                   sum_t sum_n g_t = sum_n [g_1; g_2; ...]
 *    products with one cotangent      g a + g b = g (a + b)
 *  All others are added one by one. */
export function accumulate(shares: readonly Node[]): Node {
  if (shares.length === 1) return shares[0] as Node;
  const joined = [joinSlices, joinProducts, joinRowSums, joinFactors].reduce((rest, join) => join(rest), shares);
  return joined.reduce(add);
}

/** Puts the joined node in the place of the first share that it replaces. */
function replace(shares: readonly Node[], taken: ReadonlySet<Node>, joined: Node): Node[] {
  const first = shares.findIndex((share) => taken.has(share));
  return shares.flatMap((share, index) => (index === first ? joined : taken.has(share) ? [] : share));
}

// ---- slices

/** A share that is zero outside a slab: positions [start, start + size) of one axis. */
interface Slab {
  readonly share: Node;
  readonly part: Node;
  readonly axis: number;
  readonly start: number;
  readonly size: number;
}

function slabOf(share: Node): Slab | undefined {
  if (!isOp(share, "pad")) return undefined;
  const { before, after, interior, value } = share.attributes;
  const axes = share.shape.map((_, axis) => axis).filter((axis) => before[axis] !== 0 || after[axis] !== 0);
  const [axis] = axes;
  if (axis === undefined || axes.length > 1 || value !== 0 || interior.some((gap) => gap !== 0)) return undefined;
  const part = share.inputs[0] as Node;
  return { share, part, axis, start: before[axis] as number, size: part.shape[axis] as number };
}

function joinSlices(shares: readonly Node[]): readonly Node[] {
  const slabs = shares.map(slabOf).filter((slab) => slab !== undefined);
  const axes = [...new Set(slabs.map(({ axis }) => axis))];
  return axes.reduce<readonly Node[]>((rest, axis) => {
    const along = slabs.filter((slab) => slab.axis === axis);
    return along.length > 1 ? joinSlabs(rest, along) : rest;
  }, shares);
}

/** Slabs along one axis as one concatenation, with zeros in the gaps; slabs that overlap others stay separate. */
function joinSlabs(shares: readonly Node[], slabs: readonly Slab[]): readonly Node[] {
  // slices of the same place are added first
  const places = new Map<string, Slab[]>();
  for (const slab of slabs) {
    const key = `${slab.start} ${slab.size}`;
    const place = places.get(key);
    if (place) place.push(slab);
    else places.set(key, [slab]);
  }
  const { axis, share } = slabs[0] as Slab;
  const shapeOf = (size: number) => share.shape.map((whole, index) => (index === axis ? size : whole));
  const parts: Node[] = [];
  const taken = new Set<Node>();
  let count = 0;
  let end = 0;
  const fill = (to: number): void => {
    if (to > end) parts.push(full(shapeOf(to - end), 0));
  };
  for (const place of [...places.values()].sort(([a], [b]) => (a as Slab).start - (b as Slab).start)) {
    const { start, size } = place[0] as Slab;
    if (start < end) continue;
    fill(start);
    parts.push(accumulate(place.map(({ part }) => part)));
    for (const slab of place) taken.add(slab.share);
    count++;
    end = start + size;
  }
  if (count === 1 && taken.size === 1) return shares;
  fill(share.shape[axis] as number);
  return replace(shares, taken, makeNode("concat", parts, { axis }));
}

// ---- products

function productOf(share: Node): { readonly left: Node; readonly right: Node } | undefined {
  if (share.shape.length !== 2) return undefined;
  const [left, right] = share.inputs;
  if (isOp(share, "matmul")) return { left: left as Node, right: right as Node };
  // (A B)^T = B^T A^T
  const inner = originalOf(share);
  if (inner === undefined || !isOp(inner, "matmul")) return undefined;
  const [a, b] = inner.inputs as [Node, Node];
  return { left: turned(b), right: turned(a) };
}

/** What a matrix is the transpose of, if it is written as one. */
function originalOf(matrix: Node): Node | undefined {
  return isOp(matrix, "permute") && matrix.attributes.order[0] === 1 ? matrix.inputs[0] : undefined;
}

function turned(matrix: Node): Node {
  return originalOf(matrix) ?? transposeLast(matrix);
}

function joinProducts(shares: readonly Node[]): readonly Node[] {
  const products = shares.flatMap((share) => {
    const product = productOf(share);
    return product ? { share, ...product } : [];
  });
  if (products.length < FEWEST_JOINED) return shares;
  // the first user's share comes first, in the order of other values that are gathered through time
  const lefts = products.map(({ left }) => left).reverse();
  const rights = products.map(({ right }) => right).reverse();
  const joined = matmul(sideBySide(lefts, 1), sideBySide(rights, 0));
  return replace(shares, new Set(products.map(({ share }) => share)), joined);
}

/** Matrices concatenated along an axis; transposes are concatenated along the other axis before they are transposed. */
function sideBySide(matrices: readonly Node[], axis: 0 | 1): Node {
  const originals = matrices.flatMap((matrix) => originalOf(matrix) ?? []);
  if (originals.length < matrices.length) return makeNode("concat", matrices, { axis });
  return permute(makeNode("concat", originals, { axis: 1 - axis }), [1, 0]);
}

// ---- sums over rows

/** A sum over the first axis and perhaps others, reshaped in any way. */
interface RowSum {
  readonly share: Node;
  readonly source: Node;
  readonly key: string;
}

function rowSumOf(share: Node): RowSum | undefined {
  let sum = share;
  while (isOp(sum, "reshape")) sum = sum.inputs[0] as Node;
  if (!isOp(sum, "reduce") || sum.attributes.kind !== "sum" || !sum.attributes.axes.includes(0)) return undefined;
  const source = sum.inputs[0] as Node;
  return { share, source, key: `${source.shape.slice(1).join(",")} ${[...sum.attributes.axes].sort().join(",")}` };
}

function joinRowSums(shares: readonly Node[]): readonly Node[] {
  const sums = shares.map(rowSumOf).filter((sum) => sum !== undefined);
  return [...new Set(sums.map(({ key }) => key))].reduce<readonly Node[]>((rest, wanted) => {
    const equal = sums.filter(({ key }) => key === wanted);
    if (equal.length < FEWEST_JOINED) return rest;
    const axes = wanted.split(" ")[1]?.split(",").map(Number) as number[];
    const sources = equal.map(({ source }) => source).reverse();
    const joined = reshape(reduce(makeNode("concat", sources, { axis: 0 }), "sum", axes), (shares[0] as Node).shape);
    return replace(rest, new Set(equal.map(({ share }) => share)), joined);
  }, shares);
}
