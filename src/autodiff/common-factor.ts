import { add, mul } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";

/** Products of more factors than this are not looked into, nor sums of more shares. */
const MOST_FACTORS = 12;
const MOST_SHARES = 8;

/** The factors of a product, as far as it is written out; undefined if it is none. */
function factorsOf(share: Node): readonly Node[] | undefined {
  if (!isOp(share, "mul") || share.dtype !== "float32") return undefined;
  const factors: Node[] = [];
  const open: Node[] = [share];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isOp(node, "mul")) open.push(node.inputs[1] as Node, node.inputs[0] as Node);
    else factors.push(node);
    if (factors.length + open.length > MOST_FACTORS) return undefined;
  }
  return factors;
}

function without(factors: readonly Node[], factor: Node): readonly Node[] {
  const at = factors.indexOf(factor);
  return factors.filter((_, index) => index !== at);
}

/** g a + g b = g (a + b). A function that uses its argument twice, such as x Phi(x), sends back two shares of one cotangent g. Their sum is
 *  then g times a derivative that does not depend on g: it can be computed with the function itself, and is all that the way back needs. */
export function joinFactors(shares: readonly Node[]): readonly Node[] {
  if (shares.length > MOST_SHARES) return shares;
  const [first, ...rest] = shares;
  if (first === undefined || rest.length === 0) return shares;
  const own = factorsOf(first);
  for (const [index, other] of own === undefined ? [] : rest.entries()) {
    const factors = factorsOf(other);
    // the cotangent is made after the values that it is multiplied by
    const [common] = (own ?? []).filter((factor) => factors?.includes(factor)).sort((a, b) => b.id - a.id);
    if (own === undefined || factors === undefined || common === undefined) continue;
    const [left, right] = [without(own, common), without(factors, common)];
    if (left.length === 0 || right.length === 0) continue;
    const joined = mul(common, add(left.reduce(mul), right.reduce(mul)));
    return joinFactors([joined, ...rest.filter((_, place) => place !== index)]);
  }
  return [first, ...joinFactors(rest)];
}
