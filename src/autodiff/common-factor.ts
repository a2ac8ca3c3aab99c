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

/** The factors that two products share, in the order of the first, and what is left of each. */
function divided(
  own: readonly Node[],
  other: readonly Node[],
): { readonly common: readonly Node[]; readonly left: readonly Node[]; readonly right: readonly Node[] } {
  const right = [...other];
  const common: Node[] = [];
  const left = own.filter((factor) => {
    const at = right.indexOf(factor);
    if (at < 0) return true;
    right.splice(at, 1);
    common.push(factor);
    return false;
  });
  // something must be left of both; rules write the cotangent first
  const last = left.length === 0 || right.length === 0 ? common.pop() : undefined;
  return last === undefined ? { common, left, right } : { common, left: [...left, last], right: [...right, last] };
}

/** g a + g b = g (a + b). A function that uses its argument twice, such as x Phi(x), sends back two shares of one cotangent g. Their sum is
 *  then g times a derivative that does not depend on g: it can be computed with the function itself, and is all that the way back needs. */
export function joinFactors(shares: readonly Node[]): readonly Node[] {
  const [first, ...rest] = shares;
  if (first === undefined || rest.length === 0 || shares.length > MOST_SHARES) return shares;
  const own = factorsOf(first) ?? [];
  for (const [index, other] of rest.entries()) {
    const { common, left, right } = divided(own, factorsOf(other) ?? []);
    if (common.length === 0) continue;
    const joined = mul(common.reduce(mul), add(left.reduce(mul), right.reduce(mul)));
    return joinFactors([joined, ...rest.filter((_, place) => place !== index)]);
  }
  return [first, ...joinFactors(rest)];
}
