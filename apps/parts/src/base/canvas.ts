import type { Palette } from "./theme.ts";

/** Gives a canvas the given size in CSS pixels at the screen's resolution, and clears it. Drawing is in CSS pixels. */
export function prepareCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  const context = canvas.getContext("2d") ?? undefined;
  if (context === undefined) return undefined;
  const ratio = devicePixelRatio;
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** The font of labels. @param size in pixels; default 11. */
export function fontOf({ font }: Palette, size = 11, weight = 400): string {
  return `${weight} ${size}px ${font}`;
}

/** A position at which a line of one pixel is crisp. */
export const crisp = (position: number): number => Math.round(position) + 0.5;

export function horizontalLine(context: CanvasRenderingContext2D, from: number, to: number, y: number): void {
  context.beginPath();
  context.moveTo(from, crisp(y));
  context.lineTo(to, crisp(y));
  context.stroke();
}

export function verticalLine(context: CanvasRenderingContext2D, x: number, from: number, to: number): void {
  context.beginPath();
  context.moveTo(crisp(x), from);
  context.lineTo(crisp(x), to);
  context.stroke();
}
