import { largest, smallest } from "../../core/extremes.ts";
import type { Place } from "./resample.ts";
import { type Line, type Span, span } from "./spans.ts";

/** One eighth to eight eighths of a cell. */
const BLOCKS = "▁▂▃▄▅▆▇█";
/** A place with values that are NaN or infinite. */
const ODD = "×";

/** From this ratio of largest to least on, a curve of positive values is drawn with a log scale. */
const LOG_FROM = 30;

export interface Sparkline {
  readonly lines: readonly Line[];
  readonly isLog: boolean;
}

/** Draws a curve as columns of blocks: the mean of each place, over `rows` lines. Places without a value repeat the one before. */
export function sparkline(places: readonly Place[], rows: number): Sparkline {
  const means = places.flatMap(({ mean }) => (Number.isFinite(mean) ? [mean] : []));
  const [low, high] = [smallest(means), largest(means)];
  const isLog = low > 0 && high / low >= LOG_FROM;
  const scaled = (value: number) => (isLog ? Math.log(value) : value);
  const [from, to] = [scaled(low), scaled(high)];
  const levels = 8 * rows;
  let last: number | undefined;
  const columns = places.map((place): number | "odd" | undefined => {
    if (place.odd > 0) {
      last = undefined;
      return "odd";
    }
    if (place.count === 0) return last;
    const share = to > from ? (scaled(place.mean) - from) / (to - from) : 0.5;
    last = 1 + Math.round(share * (levels - 1));
    return last;
  });
  const lines = Array.from({ length: rows }, (_, row): Line => {
    // the first line is the highest
    const below = 8 * (rows - 1 - row);
    return joined(
      columns.map((level): Span => {
        if (level === undefined) return span(" ");
        // a mark, not a height: it stands on the lowest line
        if (level === "odd") return row === rows - 1 ? span(ODD, "red") : span(" ");
        const eighths = Math.min(8, level - below);
        return span(eighths <= 0 ? " " : BLOCKS.charAt(eighths - 1), "cyan");
      }),
    );
  });
  return { lines, isLog };
}

/** Neighbours of one style become one span. */
function joined(spans: readonly Span[]): Line {
  const line: Span[] = [];
  for (const each of spans) {
    const before = line.at(-1);
    if (before !== undefined && before.style === each.style)
      line[line.length - 1] = span(before.text + each.text, each.style);
    else line.push(each);
  }
  return line;
}
