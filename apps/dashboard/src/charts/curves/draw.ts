import type { Palette } from "gradus-parts/base/theme.ts";
import { DASHES, type Look } from "../../state/looks.ts";
import { lowerBound } from "./axis.ts";
import type { Band } from "./band.ts";
import { columnsOf } from "./columns.ts";
import type { Line } from "./lines.ts";
import type { Mapping } from "./mapping.ts";

type Context = CanvasRenderingContext2D;

/** How strongly the recorded values show behind their average. */
const FAINT = 0.28;
const BAND = 0.2;
/** Places for each pixel from which on a line is filled column by column: stroking it would take ten times as long. */
const DENSE = 0.5;
/** Least distance of two marks of one line, in CSS pixels: closer ones are one. */
const APART = 5;
/** Rows of marks at an edge. */
const ROWS = 6;

export function colourOf({ classes, muted }: Palette, { colour }: Look): string {
  return classes[colour % classes.length] ?? muted;
}

/** Draws a line: through the last value of each place, with the least and the largest as a stroke, so that a spike is as strong as it is where
 *  every point is drawn. Over it, its average. */
export function drawLine(context: Context, line: Line, map: Mapping, palette: Palette): void {
  const { xs, places, run, smooth } = line;
  const colour = colourOf(palette, run.look);
  const dash = (DASHES[run.look.dash] ?? []).map((each) => each * map.ratio);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  // round joins take four times as long
  context.lineJoin = "bevel";
  const [first, end] = inSight(xs, map);
  const isPlain = smooth === undefined;
  context.globalAlpha = isPlain ? 1 : FAINT;
  const width = (isPlain ? 1.5 : 1) * map.ratio;
  if (end - first > DENSE * (map.right - map.left)) {
    fillColumns(context, xs, places.lows, places.highs, places.lasts, first, end, map, width);
  } else {
    context.lineWidth = width;
    context.setLineDash(isPlain ? dash : []);
    strokePath(context, xs, places.lows, places.highs, places.lasts, first, end, map);
  }
  context.globalAlpha = 1;
  if (!isPlain) {
    context.lineWidth = 2 * map.ratio;
    context.setLineDash(dash);
    strokePath(context, xs, smooth, smooth, smooth, first, end, map);
  }
  context.setLineDash([]);
  // a line of one point is not seen
  if (end - first <= 2)
    for (let place = first; place < end; place++) drawDot(context, xs[place], places.lasts[place], map);
}

/** Fills what a line covers. @param width of the line. */
function fillColumns(
  context: Context,
  xs: Float64Array,
  lows: Float64Array,
  highs: Float64Array,
  lasts: Float64Array,
  first: number,
  end: number,
  map: Mapping,
  width: number,
): void {
  const columns = columnsOf(xs, lows, highs, lasts, first, end, map);
  const { length } = columns;
  const half = width / 2;
  context.beginPath();
  for (let from = 0; from < length; from++) {
    if (Number.isNaN(columns.tops[from])) continue;
    let to = from;
    while (to < length && !Number.isNaN(columns.tops[to])) to++;
    const { xs: lefts, tops, bottoms } = columns;
    const right = (lefts[to - 1] ?? 0) + 1;
    context.moveTo(lefts[from] ?? 0, (tops[from] ?? 0) - half);
    for (let column = from; column < to; column++) {
      const [x = 0, top = 0] = [lefts[column], tops[column]];
      context.lineTo(x, top - half);
      // a spike must not fade out: it is as wide at its end as a line
      if (top < (tops[column - 1] ?? top) - width && top < (tops[column + 1] ?? top) - width)
        context.lineTo(x + 1, top - half);
    }
    context.lineTo(right, (tops[to - 1] ?? 0) - half);
    context.lineTo(right, (bottoms[to - 1] ?? 0) + half);
    for (let column = to - 1; column >= from; column--) {
      const [x = 0, bottom = 0] = [lefts[column], bottoms[column]];
      if (bottom > (bottoms[column - 1] ?? bottom) + width && bottom > (bottoms[column + 1] ?? bottom) + width)
        context.lineTo(x + 1, bottom + half);
      context.lineTo(x, bottom + half);
    }
    context.closePath();
    from = to;
  }
  context.fill();
}

/** Draws the range of a group, and its median. */
export function drawBand(context: Context, band: Band, map: Mapping, palette: Palette): void {
  const { lines, xs, lows, highs, smoothRange, medians } = band;
  const look = lines[0]?.run.look;
  if (look === undefined) return;
  const colour = colourOf(palette, look);
  const sight = inSight(xs, map);
  context.fillStyle = colour;
  context.globalAlpha = smoothRange === undefined ? BAND : BAND / 2;
  fillRange(context, xs, lows, highs, sight, map);
  if (smoothRange !== undefined) {
    context.globalAlpha = BAND;
    fillRange(context, xs, smoothRange.lows, smoothRange.highs, sight, map);
  }
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineJoin = "bevel";
  context.lineWidth = 2 * map.ratio;
  context.setLineDash((DASHES[look.dash] ?? []).map((each) => each * map.ratio));
  strokePath(context, xs, medians, medians, medians, ...sight, map);
  context.setLineDash([]);
}

function fillRange(
  context: Context,
  xs: Float64Array,
  lows: Float64Array,
  highs: Float64Array,
  [first, end]: readonly [number, number],
  map: Mapping,
): void {
  const isShown = (place: number) => !Number.isNaN(map.y(highs[place] ?? Number.NaN));
  for (let from = first; from < end; from++) {
    if (!isShown(from)) continue;
    let to = from;
    while (to < end && isShown(to)) to++;
    context.beginPath();
    for (let place = from; place < to; place++) context.lineTo(map.x(xs[place] ?? 0), map.y(highs[place] ?? 0));
    for (let place = to - 1; place >= from; place--) {
      const low = map.y(lows[place] ?? 0);
      // below what a log axis shows
      context.lineTo(map.x(xs[place] ?? 0), Number.isNaN(low) ? map.bottom : low);
    }
    context.closePath();
    context.fill();
    from = to;
  }
}

/** The places in sight, and one at each side. */
function inSight(xs: Float64Array, map: Mapping): readonly [number, number] {
  const low = map.x(0);
  const scale = map.x(1) - low;
  const valueAt = (pixel: number) => (pixel - low) / scale;
  return [
    Math.max(0, lowerBound(xs, xs.length, valueAt(map.left)) - 1),
    Math.min(xs.length, lowerBound(xs, xs.length, valueAt(map.right)) + 2),
  ];
}

function strokePath(
  context: Context,
  xs: Float64Array,
  lows: Float64Array,
  highs: Float64Array,
  lasts: Float64Array,
  first: number,
  end: number,
  map: Mapping,
): void {
  context.beginPath();
  let isDown = false;
  for (let place = first; place < end; place++) {
    const last = map.y(lasts[place] ?? Number.NaN);
    if (Number.isNaN(last)) {
      isDown = false;
      continue;
    }
    const x = map.x(xs[place] ?? 0);
    const [low, high] = [lows[place] ?? Number.NaN, highs[place] ?? Number.NaN];
    if (low !== high) {
      const [from, to] = [map.y(low), map.y(high)];
      // below what a log axis shows
      const bottom = Number.isNaN(from) ? map.bottom : from;
      if (isDown) context.lineTo(x, bottom);
      else context.moveTo(x, bottom);
      context.lineTo(x, to);
      isDown = true;
    }
    if (isDown) context.lineTo(x, last);
    else context.moveTo(x, last);
    isDown = true;
  }
  context.stroke();
}

function drawDot(context: Context, x: number | undefined, value: number | undefined, map: Mapping): void {
  if (x === undefined || value === undefined || Number.isNaN(map.y(value))) return;
  context.beginPath();
  context.arc(map.x(x), map.y(value), 3 * map.ratio, 0, 2 * Math.PI);
  context.fill();
}

/** Draws what is not finite: a cross at the top for NaN, an arrow for infinity at the edge to which it goes, and a dashed line where it begins.
 *  @returns the number of marks. */
export function drawOdd(context: Context, lines: readonly Line[], map: Mapping, palette: Palette): number {
  let marks = 0;
  let row = 0;
  for (const { odd, run } of lines) {
    const [first] = odd;
    if (first === undefined) continue;
    context.strokeStyle = colourOf(palette, run.look);
    context.fillStyle = colourOf(palette, run.look);
    const start = map.x(first.x);
    if (start >= map.left && start <= map.right) {
      context.lineWidth = map.ratio;
      context.setLineDash([3 * map.ratio, 3 * map.ratio]);
      context.beginPath();
      context.moveTo(start, map.top);
      context.lineTo(start, map.bottom);
      context.stroke();
      context.setLineDash([]);
    }
    context.lineWidth = 1.7 * map.ratio;
    const offset = (7 + 9 * (row++ % ROWS)) * map.ratio;
    const before = new Map<string, number>();
    for (const { x, value } of odd) {
      const at = map.x(x);
      const kind = String(value);
      if (!(at >= map.left && at <= map.right)) continue;
      if (Math.abs(at - (before.get(kind) ?? -Infinity)) < APART * map.ratio) continue;
      before.set(kind, at);
      marks++;
      if (Number.isNaN(value)) cross(context, at, map.top + offset, 3.4 * map.ratio);
      else if (value > 0) arrow(context, at, map.top + offset, -4 * map.ratio);
      else arrow(context, at, map.bottom - offset, 4 * map.ratio);
    }
  }
  return marks;
}

/** Draws small arrows at the ends of the axis where values are beyond them. @returns the number of arrows. */
export function drawOutliers(context: Context, lines: readonly Line[], map: Mapping, palette: Palette): number {
  let marks = 0;
  for (const { xs, places, run } of lines) {
    context.fillStyle = colourOf(palette, run.look);
    const [first, end] = inSight(xs, map);
    const before = { top: -Infinity, bottom: -Infinity };
    for (let place = first; place < end; place++) {
      const x = map.x(xs[place] ?? 0);
      if (map.y(places.highs[place] ?? Number.NaN) < map.top && x - before.top >= APART * map.ratio) {
        arrow(context, x, map.top + 4 * map.ratio, -4 * map.ratio);
        before.top = x;
        marks++;
      }
      if (map.y(places.lows[place] ?? Number.NaN) > map.bottom && x - before.bottom >= APART * map.ratio) {
        arrow(context, x, map.bottom - 4 * map.ratio, 4 * map.ratio);
        before.bottom = x;
        marks++;
      }
    }
  }
  return marks;
}

function cross(context: Context, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.stroke();
}

/** @param size negative: up. */
function arrow(context: Context, x: number, y: number, size: number): void {
  context.beginPath();
  context.moveTo(x, y + size);
  context.lineTo(x - size, y - size / 2);
  context.lineTo(x + size, y - size / 2);
  context.fill();
}
