import { isActivation } from "../nn/activations.ts";
import type { LayerInput } from "../nn/layers.ts";
import { opened } from "./remedies/layers.ts";

/** A position before and one after; undefined if there is none. */
export type Pair = readonly [before: number | undefined, after: number | undefined];

/** Cost of adding or removing a layer. */
const GAP = 1;

/** Cost of matching one layer with another: nothing if they are equal, little if only fields differ, more if one activation becomes
 *  another; undefined if they are unrelated. */
function distance(before: LayerInput, after: LayerInput): number | undefined {
  const [a, b] = [opened(before), opened(after)];
  if (JSON.stringify(a) === JSON.stringify(b)) return 0;
  if (a.type === b.type) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    const [x, y] = [a as unknown as Record<string, unknown>, b as unknown as Record<string, unknown>];
    const differing = [...names].filter((name) => JSON.stringify(x[name]) !== JSON.stringify(y[name])).length;
    return (0.8 * differing) / names.size;
  }
  return isActivation(a) && isActivation(b) ? 1.2 : undefined;
}

/** The cheapest alignment of two lists of layers: pairs in order, with each layer in one of them.
 *  Source: Needleman & Wunsch, A general method applicable to the search for similarities, 1970. */
export function alignLayers(before: readonly LayerInput[], after: readonly LayerInput[]): readonly Pair[] {
  const [rows, columns] = [before.length, after.length];
  // cost[i][j]: of aligning the layers from i and from j on
  const cost = Array.from({ length: rows + 1 }, (_, i) =>
    Array.from({ length: columns + 1 }, (_, j) =>
      i === rows ? (columns - j) * GAP : j === columns ? (rows - i) * GAP : 0,
    ),
  );
  const at = (i: number, j: number): number => (cost[i] as number[])[j] as number;
  const pairing = (i: number, j: number): number => {
    const apart = distance(before[i] as LayerInput, after[j] as LayerInput);
    return apart === undefined ? Number.POSITIVE_INFINITY : apart + at(i + 1, j + 1);
  };
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      (cost[i] as number[])[j] = Math.min(pairing(i, j), GAP + at(i + 1, j), GAP + at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    if (i < rows && j < columns && pairing(i, j) <= at(i, j)) pairs.push([i++, j++]);
    else if (j < columns && GAP + at(i, j + 1) <= at(i, j)) pairs.push([undefined, j++]);
    else pairs.push([i++, undefined]);
  }
  return pairs;
}
