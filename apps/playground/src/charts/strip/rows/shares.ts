import { linearScale } from "gradus-parts/base/scales.ts";
import { middleOf, type RowRule } from "../row.ts";

/** Two bars: units that are dead, activations that are saturated. */
export const sharesRow: RowRule = {
  height: 40,
  scale: (_, top, bottom) => linearScale(0, 1, bottom, top),
  ticks: (_, scale) => [0, 1].map((share) => ({ y: scale(share), label: `${share * 100}%` })),
  drawColumns({ context, picture, bottom, columnWidth, scale, colours }) {
    const bar = Math.max(4, Math.min(16, Math.floor(columnWidth * 0.3)));
    const draw = (share: number | undefined, x: number, colour: string) => {
      if (share === undefined || !Number.isFinite(share)) return;
      context.fillStyle = colour;
      const y = Math.min(scale(share), bottom - 1);
      context.fillRect(Math.round(x), y, bar, bottom - y);
    };
    picture.values.forEach(({ dead, saturated }, index) => {
      const middle = middleOf(index, columnWidth);
      draw(dead, middle - bar - 0.5, colours.lineStrong);
      draw(saturated, middle + 0.5, colours.seriesTest[0]);
    });
  },
};
