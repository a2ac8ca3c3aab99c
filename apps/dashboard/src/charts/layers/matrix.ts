import type { Places } from "../../data/places.ts";
import type { Curve } from "../../state/curve.ts";

/** What is drawn of a network's layers over time. A ratio is made from two measures that the run has. */
export const LAYER_MEASURES = [
  "gradientNorm",
  "weightNorm",
  "updateNorm",
  "updateRatio",
  "mean",
  "variance",
  "zeros",
  "saturated",
  "dead",
  "distinct",
] as const;
export type LayerMeasure = (typeof LAYER_MEASURES)[number];

const SHARES: ReadonlySet<LayerMeasure> = new Set(["zeros", "saturated", "dead"]);

/** Whether a measure is a share, 0 to 1. All others are compared by powers of ten. */
export const isShare = (measure: LayerMeasure): boolean => SHARES.has(measure);

/** The names of the series that a layer's measure is made from: one, or dividend and divisor. */
export function seriesOf(path: string, measure: LayerMeasure): readonly string[] {
  const parts = measure === "updateRatio" ? ["updateNorm", "weightNorm"] : [measure];
  return parts.map((part) => `layers/${path}/${part}`);
}

/** A measure of all layers by step. */
export interface Matrix {
  /** Rising. */
  readonly steps: readonly number[];
  /** For each step a value for each layer: NaN where it is not finite, undefined where there is none yet. */
  readonly columns: readonly (readonly (number | undefined)[])[];
}

/** The matrix of several layers: at each step at which any of them was measured, the last value of each. Of the mean, the size counts.
 *  @param layers for each layer its series; none where the run does not have them. */
export function matrixOf(layers: readonly (readonly Curve[])[], measure: LayerMeasure): Matrix {
  const rows = layers.map((curves) =>
    rowOf(
      curves.map(({ whole }) => whole.places),
      measure,
    ),
  );
  const all = Float64Array.from(rows.flatMap(({ steps }) => [...steps])).sort();
  const steps = [...all].filter((step, index) => step !== all[index - 1]);
  const cursors = rows.map(() => -1);
  const columns = steps.map((step) =>
    rows.map((row, layer) => {
      let at = cursors[layer] ?? -1;
      while (at + 1 < row.steps.length && (row.steps[at + 1] ?? Infinity) <= step) at++;
      cursors[layer] = at;
      return at < 0 ? undefined : row.values[at];
    }),
  );
  return { steps, columns };
}

interface Row {
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

function rowOf([first, second]: readonly Places[], measure: LayerMeasure): Row {
  if (first === undefined) return { steps: new Float64Array(0), values: new Float64Array(0) };
  const steps = first.steps.subarray(0, first.length);
  const values = first.lasts.subarray(0, first.length);
  if (measure === "mean") return { steps, values: values.map(Math.abs) };
  if (measure !== "updateRatio" || second === undefined) return { steps, values };
  let at = 0;
  return {
    steps,
    values: values.map((value, place) => {
      while (at + 1 < second.length && (second.steps[at + 1] ?? Infinity) <= (steps[place] ?? 0)) at++;
      return value / (second.lasts[at] ?? Number.NaN);
    }),
  };
}
