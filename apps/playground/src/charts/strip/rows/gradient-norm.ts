import { fontOf } from "gradus-parts/base/canvas.ts";
import { logScale } from "gradus-parts/base/scales.ts";
import type { Palette } from "gradus-parts/base/theme.ts";
import { power } from "gradus-parts/text/numbers.ts";
import { MOST_BAR, middleOf, type RowRule, type RowTools } from "../row.ts";

/** Exponents of ten. */
const LOW = -12;
const HIGH = 3;
const LABELS = [-12, -9, -6, -3, 0, 3];
const USUAL = [-4, 0] as const;

/** Beyond these, a gradient is drawn as vanishing or exploding. */
const VANISHING = -6;
const EXPLODING = 1;

/** Bars on one log axis: the picture of vanishing and exploding gradients. */
export const gradientNormRow: RowRule = {
  height: 124,
  scale: (_, top, bottom) => logScale(LOW, HIGH, bottom, top),
  ticks: (_, scale) => LABELS.map((exponent) => ({ y: scale(10 ** exponent), label: power(exponent) })),
  drawUsual({ context, picture, scale, columnWidth, colours }) {
    const [low, high] = [scale(10 ** USUAL[0]), scale(10 ** USUAL[1])];
    context.globalAlpha = 0.1;
    context.fillStyle = colours.accent;
    context.fillRect(0, high, columnWidth * picture.columns.length, low - high);
    context.globalAlpha = 1;
  },
  drawColumns(tools) {
    const { context, picture, top, bottom, columnWidth, scale, colours } = tools;
    const bar = Math.max(6, Math.min(MOST_BAR, Math.round(columnWidth * 0.56)));
    picture.values.forEach(({ gradientNorm, notFinite }, index) => {
      const x = Math.round(middleOf(index, columnWidth) - bar / 2);
      if (index === picture.broken || notFinite !== undefined) {
        drawBroken(tools, x, bar, gradientNorm);
      } else if (gradientNorm !== undefined) {
        context.fillStyle = gradientColour(gradientNorm, colours);
        // 0 too is a bar, if a short one: it was measured
        const y = Math.min(scale(gradientNorm), bottom - 2);
        context.fillRect(x, y, bar, bottom - y);
        if (gradientNorm > 10 ** HIGH) drawArrow(context, x + bar / 2, top, colours.surface);
      }
    });
  },
};

/** Three classes by size, so that a look shows where the gradient is lost. */
export function gradientColour(norm: number, { series, classes, bad }: Palette): string {
  const exponent = Math.log10(norm);
  if (exponent > EXPLODING) return bad;
  if (exponent < VANISHING) return classes[6] ?? series[1];
  return series[0];
}

/** A hatched column with a word on it. */
function drawBroken({ context, top, bottom, colours }: RowTools, x: number, bar: number, norm: number | undefined) {
  context.save();
  context.beginPath();
  context.rect(x, top, bar, bottom - top);
  context.clip();
  context.strokeStyle = colours.bad;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.beginPath();
  for (let y = top; y < bottom + bar; y += 6) {
    context.moveTo(x, y);
    context.lineTo(x + bar, y - bar);
  }
  context.stroke();
  context.restore();
  context.strokeStyle = colours.bad;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, top + 0.5, bar - 1, bottom - top - 1);
  const word = norm !== undefined && Math.abs(norm) === Infinity ? "∞" : "NaN";
  context.font = fontOf(colours, bar < 24 ? 10 : 11, 700);
  context.textAlign = "center";
  context.textBaseline = "middle";
  const width = context.measureText(word).width + 2;
  const middle = x + bar / 2;
  context.fillStyle = colours.surface;
  context.fillRect(middle - width / 2, top + 4, width, 16);
  context.fillStyle = colours.bad;
  context.fillText(word, middle, top + 12);
}

/** Pointing up: the value is beyond the axis. */
function drawArrow(context: CanvasRenderingContext2D, x: number, top: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, top + 2);
  context.lineTo(x + 4, top + 8);
  context.lineTo(x - 4, top + 8);
  context.fill();
}
