import type { Reading } from "gradus/watch";
import type { Palette } from "gradus-parts/base/theme.ts";
import { heatColumn } from "gradus-parts/heat/draw-heat.ts";
import { colourRange, widest } from "gradus-parts/heat/range.ts";
import type { NetworkView } from "../../lab/protocol.ts";
import type { ChartMeasure } from "../../text/charts-texts.ts";
import { isShare, type LayerRows, layerRows, measureOf } from "./layers.ts";

/** Readings as columns of colours. */
export interface HeatColumns {
  readonly view: NetworkView;
  readonly rows: LayerRows;
  readonly range: readonly [number, number];
  readonly columns: readonly Uint32Array[];
}

/** Colours readings, each one once: four hundred of them are drawn thirty times a second, and one is new. */
export function createHeatColumns(): (
  view: NetworkView,
  readings: readonly Reading[],
  measure: ChartMeasure,
  palette: Palette,
) => HeatColumns {
  let key: readonly unknown[] = [];
  let rows: LayerRows | undefined;
  let known = new WeakMap<Reading, Uint32Array>();
  let ranges = new WeakMap<Reading, readonly [number, number]>();
  return (view, readings, measure, palette) => {
    if (rows === undefined || key[0] !== view || key[1] !== measure) {
      rows = layerRows(view);
      ranges = new WeakMap();
    }
    const { read } = rows;
    const own = readings.map((reading) => {
      const found =
        ranges.get(reading) ??
        colourRange(
          read(reading).map((values) => values[measure]),
          isShare(measure),
        );
      ranges.set(reading, found);
      return found;
    });
    const range = widest(own, isShare(measure));
    const next = [view, measure, palette, ...range];
    if (next.some((each, index) => each !== key[index])) {
      key = next;
      known = new WeakMap();
    }
    const columns = readings.map((reading) => {
      const found =
        known.get(reading) ??
        heatColumn(
          read(reading).map((values) => measureOf(values, measure)),
          isShare(measure),
          range,
          palette,
        );
      known.set(reading, found);
      return found;
    });
    return { view, rows, range, columns };
  };
}
