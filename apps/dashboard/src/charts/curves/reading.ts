import { formatNumber } from "gradus-parts/text/numbers.ts";
import type { Look } from "../../state/looks.ts";
import type { Axis } from "../../state/settings.ts";
import type { ChartWords } from "../words.ts";
import { type Line, nearest } from "./lines.ts";
import type { Picture } from "./picture.ts";
import { formatPosition } from "./position-text.ts";

/** What a chart says about one position. */
export interface Reading {
  readonly x: number;
  /** "Step 1,200". */
  readonly position: string;
  /** Lines from the one nearest to the cursor on. */
  readonly rows: readonly ReadingRow[];
  /** Lines that are not among the rows. */
  readonly more: number;
}

export interface ReadingRow {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly x: number;
  readonly y: number;
  readonly value: string;
  /** Least and largest, where the value is the last of several. */
  readonly range: string | undefined;
}

/** Lines that are read at once. */
const MOST = 8;

export function positionName(axis: Axis, words: ChartWords): string {
  return { step: words.step, epoch: words.epoch, time: words.time }[axis];
}

/** Reads all lines at a position.
 *  @param reach on the axis, within which a point counts. @param height of a value in pixels, and of the cursor: the nearest come first. */
export function readingAt(
  { bands, singles }: Picture,
  x: number,
  reach: number,
  axis: Axis,
  words: ChartWords,
  away: (y: number) => number = () => 0,
): Reading {
  const rows: ReadingRow[] = [];
  for (const line of singles) {
    const place = nearest(line, x, reach);
    if (place === undefined) continue;
    const { places, run, smooth } = line;
    const [low = 0, high = 0] = [places.lows[place], places.highs[place]];
    const last = valueAt(line, place);
    const average = smooth?.[place];
    rows.push({
      key: run.id,
      name: run.name,
      look: run.look,
      x: line.xs[place] ?? x,
      y: average ?? last,
      value: average === undefined ? formatNumber(last) : `${formatNumber(average)} (${formatNumber(last)})`,
      range:
        low === high || Number.isNaN(low) ? undefined : words.curves.between(formatNumber(low), formatNumber(high)),
    });
  }
  for (const { lines, xs, lows, highs, medians } of bands) {
    const place = nearest({ xs }, x, reach);
    const first = lines[0]?.run;
    if (place === undefined || first === undefined) continue;
    const median = medians[place] ?? Number.NaN;
    rows.push({
      key: first.group,
      name: `${first.name} · ${words.curves.median(String(lines.length))}`,
      look: first.look,
      x: xs[place] ?? x,
      y: median,
      value: formatNumber(median),
      range: words.curves.between(formatNumber(lows[place] ?? Number.NaN), formatNumber(highs[place] ?? Number.NaN)),
    });
  }
  rows.sort((a, b) => away(a.y) - away(b.y));
  const at = rows[0]?.x ?? x;
  return {
    x: at,
    position: `${positionName(axis, words)} ${formatPosition(axis === "step" ? Math.round(at) : at, axis)}`,
    rows: rows.slice(0, MOST),
    more: Math.max(0, rows.length - MOST),
  };
}

/** The last value of a place: infinity too. */
function valueAt({ places, xs, odd }: Line, place: number): number {
  const last = places.lasts[place] ?? Number.NaN;
  return Number.isNaN(last) ? (odd.findLast(({ x }) => x === xs[place])?.value ?? last) : last;
}

/** A reading in words, for screen readers. */
export function spoken({ position, rows, more }: Reading, words: ChartWords): string {
  const parts = rows.map(({ name, value }) => `${name} ${value}`);
  return [position, ...parts, ...(more > 0 ? [words.curves.more(String(more))] : [])].join(", ");
}
