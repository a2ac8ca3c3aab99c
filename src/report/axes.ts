import { largest, smallest } from "../core/extremes.ts";
import { formatNumber, power } from "./numbers.ts";
import { colour } from "./theme.ts";

/** The range of magnitudes that axes can show: that of float32. Beyond it the chart library's arithmetic fails. */
const SMALLEST = 1e-45;
const LARGEST = 1e39;

/** Magnitudes up to this look like 0 on any linear axis. */
const NOTHING = 1e-12;

const isOnLogAxis = (value: number) => value >= SMALLEST && value <= LARGEST;

/** The most labels of a log axis. */
const MOST_LABELS = 7;

export interface LogAxis {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
  readonly axisLabel: { readonly formatter: (value: number) => string };
}

/** The range and labels of a log axis. Bars on a log scale start at the bottom of the axis, so the axis needs an explicit minimum. */
export function logAxis(values: readonly number[]): LogAxis {
  const usable = values.filter(isOnLogAxis).map(Math.log10);
  const lowest = usable.length === 0 ? -1 : Math.floor(smallest(usable) - 0.05);
  const high = usable.length === 0 ? 1 : Math.max(lowest + 1, Math.ceil(largest(usable)));
  const interval = Math.max(1, Math.ceil((high - lowest) / MOST_LABELS));
  // both ends have a label, and all labels are evenly spaced
  const low = high - interval * Math.ceil((high - lowest) / interval);
  return {
    min: 10 ** low,
    max: 10 ** high,
    interval,
    axisLabel: { formatter: logLabels(low, high) },
  };
}

/** One format for all labels of an axis: plain numbers if all are short, else powers of ten. */
function logLabels(low: number, high: number): (value: number) => string {
  const isShort = low >= -2 && high <= 3;
  return (value) => (isShort ? formatNumber(value) : power(Math.round(Math.log10(value))));
}

/** A value for a log axis; one that it cannot show becomes a gap. */
export const plotted = (value: number): number | "-" => (isOnLogAxis(value) ? value : "-");

/** A value for a linear axis; magnitudes near 0 become 0. */
export const plottedLinear = (value: number): number | "-" =>
  Math.abs(value) <= NOTHING ? 0 : Math.abs(value) <= LARGEST ? value : "-";

/** The look of every legend: as many lines as it needs, above the drawing. */
export const LEGEND = {
  top: 2,
  left: 8,
  // text is measured without its font, so names need some room
  itemGap: 28,
  itemWidth: 22,
  itemHeight: 9,
  textStyle: { color: colour("ink"), fontSize: 13 },
};
