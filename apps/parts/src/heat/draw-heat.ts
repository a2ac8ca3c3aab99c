import type { Area } from "../base/axes.ts";
import { fontOf } from "../base/canvas.ts";
import { heatColour, type Rgb, rgbOf } from "../base/colours.ts";
import { niceTicks } from "../base/scales.ts";
import type { Palette } from "../base/theme.ts";
import { formatPercent, power } from "../text/numbers.ts";
import { colourShare, readingsAlong } from "./range.ts";

/** Colours are looked up, not computed. */
const STEPS = 256;
const HEAT: readonly number[] = Array.from({ length: STEPS }, (_, index) => packed(heatColour(index / (STEPS - 1))));

/** A colour as a whole pixel of `ImageData`, in the byte order of all machines that browsers run on. */
function packed([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The colours of one reading's layers, from the bottom up, as whole pixels.
 *  @param values NaN where not finite, undefined where there is none. @param isShare 0 to 1, not powers of ten. */
export function heatColumn(
  values: readonly (number | undefined)[],
  isShare: boolean,
  range: readonly [number, number],
  { surface, bad }: Palette,
): Uint32Array {
  const [blank, broken] = [packed(rgbOf(surface)), packed(rgbOf(bad))];
  return Uint32Array.from(values, (value) => {
    if (value === undefined) return blank;
    if (Number.isNaN(value)) return broken;
    const share = Math.max(0, Math.min(1, colourShare(value, range, isShare)));
    return HEAT[Math.round(share * (STEPS - 1))] ?? blank;
  });
}

/** The map as a picture: one pixel for each column of the screen and each layer, the highest layer first. */
export function heatImage(
  steps: readonly number[],
  columns: readonly Uint32Array[],
  layers: number,
  width: number,
): ImageData {
  const image = new ImageData(width, layers);
  const pixels = new Uint32Array(image.data.buffer);
  const places = readingsAlong(steps, width, steps.at(-1) ?? 1);
  for (let layer = 0; layer < layers; layer++) {
    const row = (layers - 1 - layer) * width;
    for (let x = 0; x < width; x++) pixels[row + x] = columns[places[x] ?? 0]?.[layer] ?? 0;
  }
  return image;
}

const BAR_WIDTH = 12;

/** The colours and what they mean, at the right of the map. */
export function drawColourBar(
  context: CanvasRenderingContext2D,
  { right, top, bottom }: Area,
  [low, high]: readonly [number, number],
  isShare: boolean,
  colours: Palette,
): void {
  const left = right + 10;
  for (let y = top; y < bottom; y++) {
    const [red, green, blue] = heatColour((bottom - y) / (bottom - top));
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(left, y, BAR_WIDTH, 1);
  }
  context.font = fontOf(colours);
  context.fillStyle = colours.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const ticks = isShare ? [0, 0.5, 1] : niceTicks(low, high, (bottom - top) / 30).filter(Number.isInteger);
  for (const tick of ticks) {
    const y = bottom - ((tick - low) / (high - low)) * (bottom - top);
    const label = isShare ? formatPercent(tick).replace(".0", "") : power(tick);
    context.fillText(label, left + BAR_WIDTH + 4, Math.max(top + 5, Math.min(bottom - 5, y)));
  }
}

/** Numbers of layers beside the map, as many as there is room for. */
export function drawLayerNumbers(
  context: CanvasRenderingContext2D,
  { left, top, bottom }: Area,
  names: readonly string[],
  colours: Palette,
): void {
  const height = (bottom - top) / names.length;
  const every = [1, 2, 5, 10, 20].find((each) => each * height >= 13) ?? 20;
  context.font = fontOf(colours);
  context.fillStyle = colours.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  names.forEach((name, index) => {
    // 1, 5, 10, … but 1, 3, 5, …: the lowest layer is always named
    const isShown = every <= 2 ? index % every === 0 : (index + 1) % every === 0 || index === 0;
    if (isShown) context.fillText(name, left - 5, bottom - (index + 0.5) * height);
  });
}
