import { linearScale } from "gradus-parts/base/scales.ts";
import { formatShort } from "gradus-parts/text/numbers.ts";
import { middleOf, type RowRule } from "../row.ts";

/** Widest histogram, in pixels. */
const WIDEST = 56;
/** Labels keep this distance, in pixels. */
const APART = 13;

/** Distributions side by side on one axis of values; the wider, the more activations have that value. Widths go with the square root of
 *  the counts: the zeros of rectifiers would hide all other values. */
export const activationsRow: RowRule = {
  height: 72,
  scale: ([low, high], top, bottom) => linearScale(low, high, bottom, top),
  ticks([low, high], scale) {
    const isClear = Math.min(scale(low) - scale(0), scale(0) - scale(high)) > APART;
    const values = low < 0 && high > 0 && isClear ? [low, 0, high] : [low, high];
    return values.map((value) => ({ y: scale(value), label: formatShort(value) }));
  },
  drawColumns({ context, picture, top, bottom, columnWidth, scale, colours }) {
    const most = Math.min(WIDEST, columnWidth * 0.8);
    context.save();
    context.beginPath();
    context.rect(0, top, columnWidth * picture.columns.length, bottom - top);
    context.clip();
    context.fillStyle = colours.series[0];
    picture.histograms.forEach((histogram, index) => {
      if (histogram === undefined) return;
      const { low, high, counts } = histogram;
      const middle = middleOf(index, columnWidth);
      const width = (high - low) / counts.length;
      let largest = 1;
      for (const count of counts) if (count > largest) largest = count;
      counts.forEach((count, bin) => {
        if (count === 0) return;
        // whole pixels: bins that meet within one would leave a pale line
        const [from, to] = [Math.round(scale(low + bin * width)), Math.round(scale(low + (bin + 1) * width))];
        // few values stay visible, and so do values that are all equal
        const length = Math.max(1, most * Math.sqrt(count / largest));
        context.fillRect(middle - length / 2, to, length, Math.max(1, from - to));
      });
    });
    context.restore();
  },
};
