import { requireArgument } from "../core/errors.ts";
import { isOp, type Node } from "../graph/node.ts";

/** A tensor, as far as its numbers are concerned. */
interface OfNode {
  readonly node: Node;
}

/** The numbers of a tensor that are known before anything runs: it was made of given numbers, which were at most rearranged or converted.
 *  Their order is not specified. Undefined if they are computed or fed. */
export function knownValues({ node }: OfNode): ArrayLike<number> | undefined {
  return valuesOf(node);
}

function valuesOf(node: Node): ArrayLike<number> | undefined {
  if (isOp(node, "literal")) return node.attributes.data;
  if (isOp(node, "constant")) return [node.attributes.value];
  const isSame =
    node.op === "reshape" || node.op === "permute" || node.op === "broadcast" || node.op === "stopGradient";
  const source = node.inputs[0] as Node;
  if (isSame) return valuesOf(source);
  if (!isOp(node, "cast") || node.dtype === "bool") return undefined;
  const values = valuesOf(source);
  const truncates = source.dtype === "float32" && node.dtype !== "float32";
  return values === undefined || !truncates ? values : Float64Array.from(values, Math.trunc);
}

/** Refuses known indices outside the rows of a table.
 *  @throws GradusError `bad-argument` with `{ index, rows }`. */
export function requireKnownIndices(where: string, indices: OfNode, rows: number): void {
  const known = knownValues(indices) ?? [];
  for (let place = 0; place < known.length; place++) {
    const index = known[place] as number;
    requireArgument(
      index >= 0 && index < rows,
      `${where}: index ${index} points at no row of a table of ${rows}. Give whole numbers from 0 to ${rows - 1}.`,
      { index, rows },
    );
  }
}
