import type { Reading } from "gradus/watch";
import type { NetworkView } from "../../lab/protocol.ts";
import type { ChartMeasure } from "../../text/charts-texts.ts";
import { type ColumnValues, columnsOf, createColumnReader, type Part } from "../strip/columns.ts";

/** The layers of a network from bottom to top, and how to read them. */
export interface LayerRows {
  readonly parts: readonly Part[];
  read(reading: Reading): readonly ColumnValues[];
}

export function layerRows(view: NetworkView): LayerRows {
  const blockCount = view.layers.reduce(
    (most, { block }) => (block === undefined ? most : Math.max(most, block + 1)),
    0,
  );
  // the input has no values of its own
  const columns = columnsOf(view, blockCount).slice(1);
  return { parts: columns.map(({ part }) => part), read: createColumnReader(columns) };
}

/** The measure of a layer; NaN where it is not finite, undefined where it does not apply. */
export function measureOf(values: ColumnValues | undefined, measure: ChartMeasure): number | undefined {
  const value = values?.[measure];
  if (value === undefined) return undefined;
  return Number.isFinite(value) ? value : Number.NaN;
}

export const isShare = (measure: ChartMeasure): boolean => measure === "dead" || measure === "saturated";
