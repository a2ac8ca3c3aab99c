import type { ChartMeasure } from "../../text/charts-texts.ts";
import { formatPercent, power } from "../../text/numbers.ts";
import type { Area } from "../base/axes.ts";
import { fontOf } from "../base/canvas.ts";
import { heatColour, type Rgb, rgbOf } from "../base/colours.ts";
import { niceTicks } from "../base/scales.ts";
import type { Palette } from "../base/theme.ts";
import type { ColumnValues } from "../strip/columns.ts";
import { colourShare, isShare, measureOf, readingsAlong } from "./layers.ts";

/** Colours are looked up, not computed. */
const STEPS = 256;
const HEAT: readonly Rgb[] = Array.from({ length: STEPS }, (_, index) => heatColour(index / (STEPS - 1)));

/** The map as a picture: one pixel for each column of the screen and each layer, the highest layer first. */
export function heatImage(
  steps: readonly number[],
  values: readonly (readonly ColumnValues[])[],
  layers: number,
  width: number,
  measure: ChartMeasure,
  range: readonly [number, number],
  { surface, bad }: Palette,
): ImageData {
  const image = new ImageData(width, layers);
  const places = readingsAlong(steps, width, steps.at(-1) ?? 1);
  const [blank, broken] = [rgbOf(surface), rgbOf(bad)];
  const colours = values.map((reading) =>
    Array.from({ length: layers }, (_, layer) => {
      const value = measureOf(reading[layer], measure);
      if (value === undefined) return blank;
      if (Number.isNaN(value)) return broken;
      const share = Math.max(0, Math.min(1, colourShare(value, range, measure)));
      return HEAT[Math.round(share * (STEPS - 1))] ?? blank;
    }),
  );
  for (let x = 0; x < width; x++) {
    const column = colours[places[x] ?? 0];
    for (let layer = 0; layer < layers; layer++) {
      const [red, green, blue] = column?.[layer] ?? blank;
      const at = 4 * ((layers - 1 - layer) * width + x);
      image.data[at] = red;
      image.data[at + 1] = green;
      image.data[at + 2] = blue;
      image.data[at + 3] = 255;
    }
  }
  return image;
}

const BAR_WIDTH = 12;

/** The colours and what they mean, at the right of the map. */
export function drawColourBar(
  context: CanvasRenderingContext2D,
  { right, top, bottom }: Area,
  [low, high]: readonly [number, number],
  measure: ChartMeasure,
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
  const ticks = isShare(measure) ? [0, 0.5, 1] : niceTicks(low, high, (bottom - top) / 30).filter(Number.isInteger);
  for (const tick of ticks) {
    const y = bottom - ((tick - low) / (high - low)) * (bottom - top);
    const label = isShare(measure) ? formatPercent(tick).replace(".0", "") : power(tick);
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
    const isShown = every === 1 || (index + 1) % every === 0 || index === 0;
    if (isShown) context.fillText(name, left - 5, bottom - (index + 0.5) * height);
  });
}
