import { colour } from "./theme.ts";

/** Bars on a log scale start at the bottom of the axis; a log axis needs to be told where that is. */
export function logRange(values: readonly number[]): {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
} {
  const usable = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (usable.length === 0) return { min: 0.1, max: 10, interval: 1 };
  const low = Math.floor(Math.min(...usable) - 0.05);
  const high = Math.max(low + 1, Math.ceil(Math.max(...usable)));
  return { min: 10 ** low, max: 10 ** high, interval: Math.max(1, Math.ceil((high - low) / 7)) };
}

/** A value as a log axis takes it: what it cannot show is a gap. */
export const plotted = (value: number): number | "-" => (value > 0 && Number.isFinite(value) ? value : "-");

/** How every legend looks. */
export const LEGEND = {
  top: 4,
  left: 56,
  itemGap: 36,
  itemWidth: 18,
  itemHeight: 9,
  textStyle: { color: colour("ink"), fontSize: 13 },
};
