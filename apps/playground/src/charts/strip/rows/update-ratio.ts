import { crisp, horizontalLine } from "gradus-parts/base/canvas.ts";
import { logScale } from "gradus-parts/base/scales.ts";
import { power } from "gradus-parts/text/numbers.ts";
import { middleOf, type RowRule } from "../row.ts";

/** Exponents of ten. */
const LOW = -7;
const HIGH = 0;
const LABELS = [-6, -3, 0];
const USUAL = 1e-3;
/** From here on, a step changes the weights by a tenth of their length or more. */
const LARGE = 0.1;

/** Dots on a log axis; a dashed line marks the usual 10⁻³. */
export const updateRatioRow: RowRule = {
  height: 72,
  scale: (_, top, bottom) => logScale(LOW, HIGH, bottom, top),
  ticks: (_, scale) => LABELS.map((exponent) => ({ y: scale(10 ** exponent), label: power(exponent) })),
  drawUsual({ context, picture, columnWidth, scale, colours }) {
    context.strokeStyle = colours.accent;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    horizontalLine(context, 0, columnWidth * picture.columns.length, scale(USUAL));
    context.setLineDash([]);
  },
  drawColumns({ context, picture, bottom, columnWidth, scale, colours }) {
    context.lineWidth = 1;
    picture.values.forEach(({ updateRatio }, index) => {
      if (updateRatio === undefined || !Number.isFinite(updateRatio)) return;
      const [x, y] = [crisp(middleOf(index, columnWidth)), scale(updateRatio)];
      context.strokeStyle = colours.line;
      context.beginPath();
      context.moveTo(x, bottom);
      context.lineTo(x, y);
      context.stroke();
      context.fillStyle = updateRatio > LARGE ? colours.bad : colours.series[0];
      context.beginPath();
      context.arc(x, y, 3.5, 0, 2 * Math.PI);
      context.fill();
    });
  },
};
