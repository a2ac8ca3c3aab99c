import { type Area, drawAxes } from "gradus-parts/base/axes.ts";
import { crisp, verticalLine } from "gradus-parts/base/canvas.ts";
import { linearScale, niceTicks } from "gradus-parts/base/scales.ts";
import type { Palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { heatColumn, heatImage } from "gradus-parts/heat/draw-heat.ts";
import { formatCount, formatShort } from "gradus-parts/text/numbers.ts";
import type { Density } from "./density.ts";

const MARGIN = { left: 50, right: 14, top: 20, bottom: 36 };

export function densityArea({ width, height }: Size): Area {
  return { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
}

/** Draws how values are distributed, over steps: the brighter, the more of them. Medians are a line.
 *  @param small a canvas that is kept from one drawing to the next. */
export function drawDensity(
  context: CanvasRenderingContext2D,
  size: Size,
  steps: readonly number[],
  { low, high, columns }: Density,
  medians: readonly number[],
  names: { readonly step: string; readonly value: string },
  cursor: number | undefined,
  colours: Palette,
  small: OffscreenCanvas,
): void {
  const area = densityArea(size);
  const { left, right, top, bottom } = area;
  const end = steps.at(-1) ?? 1;
  const rows = columns[0]?.length ?? 0;
  const x = linearScale(0, end, left, right);
  const y = linearScale(low, high, bottom, top);
  const ticks = niceTicks(0, end, (right - left) / 80).filter(Number.isInteger);
  drawAxes(
    context,
    area,
    { scale: x, ticks, format: formatCount, name: names.step },
    { scale: y, ticks: niceTicks(low, high, (bottom - top) / 34), format: formatShort, name: names.value },
    colours,
  );
  if (rows > 0 && right > left) {
    const most = Math.max(1e-9, ...columns.map((column) => Math.max(...column)));
    // the root: what few values do is seen too
    const shares = columns.map((column) =>
      heatColumn(
        [...column].map((share) => (share === 0 ? undefined : Math.sqrt(share / most))),
        true,
        [0, 1],
        colours,
      ),
    );
    const pixels = Math.max(1, Math.round((right - left) * devicePixelRatio));
    if (small.width !== pixels) small.width = pixels;
    if (small.height !== rows) small.height = rows;
    small.getContext("2d")?.putImageData(heatImage(steps, shares, rows, pixels), 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, left, top, right - left, bottom - top);
  }
  context.lineWidth = 1.5;
  context.strokeStyle = "#ffffff";
  context.beginPath();
  steps.forEach((step, index) => {
    const median = medians[index];
    if (median !== undefined && Number.isFinite(median)) context.lineTo(x(step), y(median));
  });
  context.stroke();
  if (cursor === undefined) return;
  context.lineWidth = 1;
  context.strokeStyle = colours.text;
  verticalLine(context, crisp(x(steps[cursor] ?? 0)), top, bottom);
}
