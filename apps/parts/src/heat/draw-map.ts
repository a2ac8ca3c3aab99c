import type { Area } from "../base/axes.ts";
import { crisp, fontOf, verticalLine } from "../base/canvas.ts";
import { linearScale, niceTicks } from "../base/scales.ts";
import type { Palette } from "../base/theme.ts";
import type { Size } from "../base/use-drawing.ts";
import { formatCount } from "../text/numbers.ts";
import { drawColourBar, drawLayerNumbers, heatImage } from "./draw-heat.ts";

/** A map of layers and steps: steps from left to right, layers from the bottom up. */
export interface HeatMap {
  /** Rising. */
  readonly steps: readonly number[];
  /** For each step the colours of the layers, from the bottom up. */
  readonly columns: readonly Uint32Array[];
  /** What stands beside the layers, from the bottom up. */
  readonly labels: readonly string[];
  /** What the colours mean: exponents of ten, or 0 to 1. */
  readonly range: readonly [number, number];
  readonly isShare: boolean;
  readonly names: { readonly step: string; readonly layer: string; readonly measure: string };
  /** Steps at which something happened. */
  readonly marks: readonly number[];
  readonly cursor: readonly [place: number, layer: number] | undefined;
}

const MARGIN = { left: 34, right: 62, top: 20, bottom: 36 };

/** The map's own area within its picture. */
export function mapArea({ width, height }: Size): Area {
  return { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
}

/** Draws a map with its axes and colours.
 *  @param small a canvas that is kept from one drawing to the next. */
export function drawMap(
  context: CanvasRenderingContext2D,
  size: Size,
  map: HeatMap,
  colours: Palette,
  small: OffscreenCanvas,
): void {
  const area = mapArea(size);
  const { left, right, top, bottom } = area;
  const { steps, columns, labels, names, marks } = map;
  const end = steps.at(-1) ?? 1;
  context.fillStyle = colours.sunken;
  context.fillRect(left, top, right - left, bottom - top);
  if (steps.length > 0 && labels.length > 0 && right > left) {
    const pixels = Math.max(1, Math.round((right - left) * devicePixelRatio));
    const image = heatImage(steps, columns, labels.length, pixels);
    if (small.width !== pixels) small.width = pixels;
    if (small.height !== labels.length) small.height = labels.length;
    small.getContext("2d")?.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, left, top, right - left, bottom - top);
  }
  const x = linearScale(0, end, left, right);
  context.font = fontOf(colours);
  context.fillStyle = colours.muted;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of niceTicks(0, end, (right - left) / 80).filter(Number.isInteger))
    context.fillText(formatCount(tick), x(tick), bottom + 5);
  context.font = fontOf(colours, 11, 600);
  context.fillStyle = colours.text;
  context.textAlign = "right";
  context.fillText(names.step, right, bottom + 19);
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(names.layer, 2, top - 5);
  context.textAlign = "right";
  context.fillText(names.measure, size.width - 2, top - 5);
  drawLayerNumbers(context, area, labels, colours);
  drawColourBar(context, area, map.range, map.isShare, colours);
  context.lineWidth = 1;
  for (const step of marks) {
    // a light line on a dark one: visible on every colour
    context.setLineDash([]);
    context.strokeStyle = "#000000";
    verticalLine(context, x(step), top, bottom);
    context.setLineDash([3, 3]);
    context.strokeStyle = "#ffffff";
    verticalLine(context, x(step), top, bottom);
  }
  context.setLineDash([]);
  if (map.cursor !== undefined) drawCursor(context, area, map, map.cursor, x);
}

function drawCursor(
  context: CanvasRenderingContext2D,
  { top, bottom }: Area,
  { steps, labels }: HeatMap,
  [place, layer]: readonly [number, number],
  x: (step: number) => number,
): void {
  const cell = (bottom - top) / labels.length;
  const [from, to] = [x(steps[place] ?? 0), x(steps[place + 1] ?? steps.at(-1) ?? 1)];
  const lower = crisp(bottom - (layer + 1) * cell);
  context.lineWidth = 2;
  context.strokeStyle = "#000000";
  context.strokeRect(crisp(from) - 2, lower - 2, Math.max(4, to - from) + 4, cell + 4);
  context.strokeStyle = "#ffffff";
  context.strokeRect(crisp(from) - 1, lower - 1, Math.max(4, to - from) + 2, cell + 2);
}
