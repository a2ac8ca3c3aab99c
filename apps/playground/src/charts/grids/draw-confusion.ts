import { fontOf } from "gradus-parts/base/canvas.ts";
import { mix, rgbOf } from "gradus-parts/base/colours.ts";
import type { Palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import type { ChartTexts } from "../../text/charts-texts.ts";

export interface ConfusionPicture {
  readonly counts: Int32Array;
  readonly classes: number;
  readonly names: readonly string[];
}

const MARGIN = { left: 76, right: 8, top: 44, bottom: 8 };
const MOST_CELL = 72;
/** Characters of a class's name that fit beside the rows. */
const NAME_LENGTH = 9;

/** Where the cells are: the corner of the first, and the length of their sides. */
export function cellsIn({ width, height }: Size, classes: number) {
  const room = Math.min(width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom);
  const cell = Math.max(2, Math.min(MOST_CELL, Math.floor(room / classes)));
  return { left: MARGIN.left, top: MARGIN.top, cell };
}

/** The stronger the colour, the larger the share of the true class; right ones in one colour, wrong ones in another. */
export function drawConfusion(
  context: CanvasRenderingContext2D,
  size: Size,
  { counts, classes, names }: ConfusionPicture,
  cursor: readonly [truth: number, prediction: number] | undefined,
  texts: ChartTexts["confusion"],
  colours: Palette,
): void {
  const { left, top, cell } = cellsIn(size, classes);
  const [surface, right, wrong, ink] = [colours.sunken, colours.series[0], colours.bad, colours.text].map(rgbOf) as [
    ReturnType<typeof rgbOf>,
    ReturnType<typeof rgbOf>,
    ReturnType<typeof rgbOf>,
    ReturnType<typeof rgbOf>,
  ];
  const css = (rgb: readonly number[]) => `rgb(${rgb.join(" ")})`;
  context.textBaseline = "middle";
  for (let truth = 0; truth < classes; truth++) {
    const row = counts.subarray(truth * classes, (truth + 1) * classes);
    const all = Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    );
    row.forEach((count, prediction) => {
      // small shares of errors are what one looks for
      const share = Math.sqrt(count / all);
      context.fillStyle = css(mix(surface, truth === prediction ? right : wrong, share));
      context.fillRect(left + prediction * cell, top + truth * cell, cell - 1, cell - 1);
      if (cell < 20 || count === 0) return;
      context.font = fontOf(colours, cell < 28 ? 10 : 11);
      context.textAlign = "center";
      context.fillStyle = share > 0.6 ? colours.surface : css(ink);
      context.fillText(String(count), left + (prediction + 0.5) * cell - 0.5, top + (truth + 0.5) * cell);
    });
  }
  const every = Math.max(1, Math.ceil(13 / cell));
  const isNarrow = names.some((name) => name.length * 7 > cell);
  names.forEach((name, label) => {
    if (label % every !== 0) return;
    context.font = fontOf(colours);
    context.fillStyle = cursor?.[0] === label ? colours.text : colours.muted;
    context.textAlign = "right";
    context.fillText(shortened(name), left - 6, top + (label + 0.5) * cell);
    context.fillStyle = cursor?.[1] === label ? colours.text : colours.muted;
    context.textAlign = "center";
    // long names do not fit above columns: their numbers do
    context.fillText(isNarrow ? String(label) : name, left + (label + 0.5) * cell, top - 9);
  });
  context.font = fontOf(colours, 11, 600);
  context.fillStyle = colours.text;
  context.textAlign = "left";
  context.fillText(texts.prediction, left, top - 28);
  context.fillText(texts.truth, 2, top - 9);
  if (cursor === undefined) return;
  context.strokeStyle = colours.text;
  context.lineWidth = 2;
  context.strokeRect(left + cursor[1] * cell - 1, top + cursor[0] * cell - 1, cell + 1, cell + 1);
}

const shortened = (name: string) => (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name);
