import { fontOf } from "gradus-parts/base/canvas.ts";
import type { Palette } from "gradus-parts/base/theme.ts";
import type uPlot from "uplot";

export interface Mark {
  readonly step: number;
  /** change: a dashed line with a flag. break: a cross, and its label beside it. */
  readonly kind: "change" | "break";
  readonly label: string;
  readonly network: 0 | 1;
}

/** Draws marks over a plot. Sizes are in CSS pixels; the plot's context is in those of the canvas. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], colours: Palette): void {
  const { ctx: context } = plot;
  const ratio = devicePixelRatio;
  context.save();
  context.scale(ratio, ratio);
  const [left, top] = [plot.bbox.left / ratio, plot.bbox.top / ratio];
  const [right, bottom] = [left + plot.bbox.width / ratio, top + plot.bbox.height / ratio];
  let row = 0;
  for (const { step, kind, label, network } of marks) {
    const x = Math.round(left + plot.valToPos(step, "x")) + 0.5;
    if (x < left - 1 || x > right + 1) continue;
    const colour = kind === "break" ? colours.bad : colours.lineStrong;
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
    context.setLineDash([]);
    if (kind === "change") drawFlag(context, x, network === 0 ? bottom - 14 : bottom - 26);
    else drawBreak(context, x, top + 10 + 18 * row++, right, label, colours);
  }
  context.restore();
}

function drawFlag(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 8, y + 4);
  context.lineTo(x, y + 8);
  context.fill();
}

function drawBreak(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  right: number,
  label: string,
  colours: Palette,
): void {
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
  context.font = fontOf(colours, 12, 600);
  const width = context.measureText(label).width;
  const isLeft = x + 10 + width > right;
  const start = isLeft ? x - 10 - width : x + 10;
  context.fillStyle = colours.surface;
  context.globalAlpha = 0.85;
  context.fillRect(start - 3, y - 8, width + 6, 16);
  context.globalAlpha = 1;
  context.fillStyle = colours.bad;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(label, start, y + 0.5);
}

/** A horizontal line with a name at its right end: what guessing gives. */
export function drawLevel(plot: uPlot, value: number, label: string, colours: Palette): void {
  const { ctx: context } = plot;
  const ratio = devicePixelRatio;
  context.save();
  context.scale(ratio, ratio);
  const [left, top] = [plot.bbox.left / ratio, plot.bbox.top / ratio];
  const right = left + plot.bbox.width / ratio;
  const y = Math.round(top + plot.valToPos(value, "y")) + 0.5;
  context.strokeStyle = colours.muted;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(right, y);
  context.stroke();
  context.font = fontOf(colours);
  context.fillStyle = colours.muted;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText(label, right - 2, y - 2);
  context.restore();
}

/** The name of the vertical axis, above it. */
export function drawAxisName(plot: uPlot, name: string, colours: Palette): void {
  const { ctx: context } = plot;
  const ratio = devicePixelRatio;
  context.save();
  context.scale(ratio, ratio);
  context.font = fontOf(colours, 11, 600);
  context.fillStyle = colours.text;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(name, 4, plot.bbox.top / ratio - 10);
  context.restore();
}
