import { largest, smallest } from "../core/extremes.ts";
import { colour } from "./theme.ts";

/** Sizes between which axes can be drawn: those of float32. Beyond them the charts' own arithmetic fails. */
const SMALLEST = 1e-45;
const LARGEST = 1e39;

/** Too small to be told from 0 on a linear axis, whatever else is on it. */
const NOTHING = 1e-12;

const isOnLogAxis = (value: number) => value >= SMALLEST && value <= LARGEST;

/** Bars on a log scale start at the bottom of the axis; a log axis needs to be told where that is. */
export function logRange(values: readonly number[]): {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
} {
  const usable = values.filter(isOnLogAxis).map(Math.log10);
  if (usable.length === 0) return { min: 0.1, max: 10, interval: 1 };
  const low = Math.floor(smallest(usable) - 0.05);
  const high = Math.max(low + 1, Math.ceil(largest(usable)));
  return { min: 10 ** low, max: 10 ** high, interval: Math.max(1, Math.ceil((high - low) / 7)) };
}

/** A value as a log axis takes it: what it cannot show is a gap. */
export const plotted = (value: number): number | "-" => (isOnLogAxis(value) ? value : "-");

/** The same for an axis that is linear: next to nothing is nothing. */
export const plottedLinear = (value: number): number | "-" =>
  Math.abs(value) <= NOTHING ? 0 : Math.abs(value) <= LARGEST ? value : "-";

/** How every legend looks. */
export const LEGEND = {
  top: 4,
  left: 56,
  itemGap: 36,
  itemWidth: 18,
  itemHeight: 9,
  textStyle: { color: colour("ink"), fontSize: 13 },
};
