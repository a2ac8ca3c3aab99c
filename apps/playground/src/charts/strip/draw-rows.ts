import { fontOf, horizontalLine } from "gradus-parts/base/canvas.ts";
import type { Palette } from "gradus-parts/base/theme.ts";
import type { RowsPicture } from "./row.ts";
import { ROWS, ROWS_HEIGHT } from "./rows.ts";

type Context = CanvasRenderingContext2D;

/** Draws all rows, as wide as all columns together. @param columnWidth in pixels. */
export function drawRows(context: Context, picture: RowsPicture, columnWidth: number, colours: Palette): void {
  const width = columnWidth * picture.columns.length;
  const band = (index: number | undefined, alpha: number) => {
    if (index === undefined) return;
    context.globalAlpha = alpha;
    context.fillStyle = colours.accent;
    context.fillRect(index * columnWidth, 0, columnWidth, ROWS_HEIGHT);
    context.globalAlpha = 1;
  };
  band(picture.selected, 0.14);
  if (picture.hovered !== picture.selected) band(picture.hovered, 0.07);
  for (const { rule, top, bottom } of ROWS) {
    const scale = rule.scale(picture.range, top, bottom);
    const tools = { context, picture, top, bottom, columnWidth, scale, colours };
    context.lineWidth = 1;
    context.strokeStyle = colours.line;
    for (const { y } of rule.ticks(picture.range, scale)) horizontalLine(context, 0, width, Math.min(y, bottom - 1));
    rule.drawUsual?.(tools);
    context.strokeStyle = colours.lineStrong;
    horizontalLine(context, 0, width, bottom - 1);
    rule.drawColumns(tools);
  }
}

/** Draws the labels of the axes, which stand still while the columns scroll. @param width of the axes; labels end before it. */
export function drawAxes(context: Context, range: RowsPicture["range"], width: number, colours: Palette): void {
  context.font = fontOf(colours);
  context.fillStyle = colours.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  // labels at the ends stay inside the row, clear of titles
  for (const { rule, top, bottom } of ROWS)
    for (const { y, label } of rule.ticks(range, rule.scale(range, top, bottom)))
      context.fillText(label, width - 6, Math.max(top + 4, Math.min(bottom - 5, y)));
}
