import type { NetworkHistory } from "../../state/history.ts";
import { type Column, columnOfLayer, columnsOf, createColumnReader, histogramOf, type Part } from "./columns.ts";
import type { RowsPicture } from "./row.ts";
import { steadyRange, valueRange } from "./value-range.ts";

/** What the strip shows of a history at its newest reading. Remembers what does not change from frame to frame.
 *  @returns a function of the number of blocks, and of what is selected and hovered. */
export function createPicture(): (
  history: NetworkHistory,
  blockCount: number,
  selected: Part | undefined,
  hovered: number | undefined,
) => RowsPicture {
  let view: NetworkHistory["view"] | undefined;
  let columns: readonly Column[] = [];
  let read = createColumnReader(columns);
  let range: readonly [number, number] | undefined;
  let shown: NetworkHistory["histograms"] | undefined;
  let histograms: RowsPicture["histograms"] = [];
  return (history, blockCount, selected, hovered) => {
    if (view !== history.view || columns.length !== blockCount + 2) {
      view = history.view;
      columns = columnsOf(view, blockCount);
      read = createColumnReader(columns);
      shown = undefined;
      range = undefined;
    }
    const newest = history.readings.at(-1);
    if (shown !== history.histograms) {
      shown = history.histograms;
      histograms = columns.map((column) => histogramOf(column, history.histograms, newest));
      // logits may be far larger than activations; they must not squeeze them
      const inner = histograms.filter((each, index) => each !== undefined && columns[index]?.part !== "output");
      const known = (inner.length > 0 ? inner : histograms).filter((each) => each !== undefined);
      if (known.length > 0) range = steadyRange(range, valueRange(known));
    }
    const place = columns.findIndex(({ part }) => part === selected);
    return {
      columns,
      values: newest === undefined ? columns.map(() => ({})) : read(newest),
      histograms,
      range: range ?? [-1, 1],
      broken: columnOfLayer(columns, history.failure?.layer),
      selected: place < 0 ? undefined : place,
      hovered,
    };
  };
}
