import { largest, smallest } from "../core/extremes.ts";
import { formatNumber, power } from "./numbers.ts";
import { colour } from "./theme.ts";

/** Sizes between which axes can be drawn: those of float32. Beyond them the charts' own arithmetic fails. */
const SMALLEST = 1e-45;
const LARGEST = 1e39;

/** Too small to be told from 0 on a linear axis, whatever else is on it. */
const NOTHING = 1e-12;

const isOnLogAxis = (value: number) => value >= SMALLEST && value <= LARGEST;

/** Labels that a log axis has at most. */
const MOST_LABELS = 7;

export interface LogAxis {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
  readonly axisLabel: { readonly formatter: (value: number) => string };
}

/** Bars on a log scale start at the bottom of the axis; a log axis needs to be told where that is. */
export function logAxis(values: readonly number[]): LogAxis {
  const usable = values.filter(isOnLogAxis).map(Math.log10);
  const lowest = usable.length === 0 ? -1 : Math.floor(smallest(usable) - 0.05);
  const high = usable.length === 0 ? 1 : Math.max(lowest + 1, Math.ceil(largest(usable)));
  const interval = Math.max(1, Math.ceil((high - lowest) / MOST_LABELS));
  // both ends have a label, and all labels the same distance
  const low = high - interval * Math.ceil((high - lowest) / interval);
  return {
    min: 10 ** low,
    max: 10 ** high,
    interval,
    axisLabel: { formatter: logLabels(low, high) },
  };
}

/** One way to write all labels of an axis: plain numbers where all are short, else powers of ten. */
function logLabels(low: number, high: number): (value: number) => string {
  const isShort = low >= -2 && high <= 3;
  return (value) => (isShort ? formatNumber(value) : power(Math.round(Math.log10(value))));
}

/** A value as a log axis takes it: what it cannot show is a gap. */
export const plotted = (value: number): number | "-" => (isOnLogAxis(value) ? value : "-");

/** The same for an axis that is linear: next to nothing is nothing. */
export const plottedLinear = (value: number): number | "-" =>
  Math.abs(value) <= NOTHING ? 0 : Math.abs(value) <= LARGEST ? value : "-";

/** How every legend looks: as many lines as it needs, above the drawing. */
export const LEGEND = {
  top: 2,
  left: 8,
  // letters are measured without their font, so names need some room
  itemGap: 28,
  itemWidth: 22,
  itemHeight: 9,
  textStyle: { color: colour("ink"), fontSize: 13 },
};
