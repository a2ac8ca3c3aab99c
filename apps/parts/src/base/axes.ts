import { fontOf, horizontalLine, verticalLine } from "./canvas.ts";
import type { Scale } from "./scales.ts";
import type { Palette } from "./theme.ts";

/** A plotting area in pixels. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Ticks {
  readonly scale: Scale;
  readonly ticks: readonly number[];
  readonly format: (tick: number) => string;
  readonly name: string;
}

/** Draws grid, labels and names of two axes: the horizontal name at the right below, the vertical one above on the left. */
export function drawAxes(context: CanvasRenderingContext2D, area: Area, x: Ticks, y: Ticks, colours: Palette): void {
  const { left, right, top, bottom } = area;
  context.font = fontOf(colours);
  context.lineWidth = 1;
  context.strokeStyle = colours.grid;
  context.fillStyle = colours.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const tick of y.ticks) {
    const at = y.scale(tick);
    horizontalLine(context, left, right, at);
    context.fillText(y.format(tick), left - 6, at);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of x.ticks) {
    const at = x.scale(tick);
    verticalLine(context, at, top, bottom);
    context.fillText(
      x.format(tick),
      Math.min(at, right - context.measureText(x.format(tick)).width / 2 + 4),
      bottom + 5,
    );
  }
  context.strokeStyle = colours.lineStrong;
  horizontalLine(context, left, right, bottom);
  context.fillStyle = colours.text;
  context.font = fontOf(colours, 11, 600);
  context.textAlign = "right";
  context.fillText(x.name, right, bottom + 19);
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(y.name, 2, top - 5);
}
