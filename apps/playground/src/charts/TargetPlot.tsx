import { type Area, drawAxes } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { fontOf } from "gradus-parts/base/canvas.ts";
import { moved } from "gradus-parts/base/keys.ts";
import { linearScale, niceTicks } from "gradus-parts/base/scales.ts";
import { spread } from "gradus-parts/base/table-data.ts";
import { palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { formatCount, formatNumber, formatShort } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import { chartTexts } from "../text/charts.ts";
import { determination, endsOf } from "./grids/determination.ts";
import "./boxes.css";

export interface TargetPlotProps {
  /** Of test samples, with the predictions in the same order. */
  readonly targets: Float32Array;
  readonly predictions: Float32Array;
}

const MARGIN = { left: 46, right: 12, top: 20, bottom: 36 };
/** Distance from a point at which the pointer reads it, in pixels. */
const NEAR = 14;
const MOST_ROWS = 100;

/** Predictions against targets: exact predictions lie on the diagonal. */
export function TargetPlot({ targets, predictions }: TargetPlotProps) {
  const texts = chartTexts.value;
  const version = useVersion(targets, predictions);
  const cursor = useRef<number | undefined>(undefined);
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  const r2 = formatNumber(determination(targets, predictions));
  const [low, high] = endsOf(targets, predictions);
  // by target, so that the keys move in order
  const order = [...targets.keys()].sort((a, b) => (targets[a] ?? 0) - (targets[b] ?? 0));
  const summary = () => texts.targets.summary(formatCount(targets.length), r2);
  const scales = () => {
    const { left, right, top, bottom } = area.current;
    return { x: linearScale(low, high, left, right), y: linearScale(low, high, bottom, top) };
  };

  const draw = (context: CanvasRenderingContext2D, { width, height }: Size) => {
    const colours = palette.value;
    const inner = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    area.current = inner;
    const { x, y } = scales();
    const ticks = niceTicks(low, high, 5);
    drawAxes(
      context,
      inner,
      { scale: x, ticks, format: formatShort, name: texts.targets.target },
      { scale: y, ticks, format: formatShort, name: texts.targets.prediction },
      colours,
    );
    context.strokeStyle = colours.lineStrong;
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(x(low), y(low));
    context.lineTo(x(high), y(high));
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colours.series[0];
    context.globalAlpha = 0.6;
    const dot = (index: number, radius: number) => {
      const prediction = predictions[index] ?? Number.NaN;
      if (!Number.isFinite(prediction)) return;
      context.beginPath();
      context.arc(x(targets[index] ?? 0), y(prediction), radius, 0, 2 * Math.PI);
      context.fill();
    };
    targets.forEach((_, index) => {
      dot(index, 3);
    });
    context.globalAlpha = 1;
    context.fillStyle = colours.text;
    if (cursor.current !== undefined) dot(cursor.current, 5);
    context.font = fontOf(colours, 12, 600);
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(texts.targets.r2(r2), inner.left + 8, inner.top + 6);
  };

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind="targets"
      name={texts.targets.name}
      versions={[version]}
      summary={summary}
      table={() => ({
        titles: [texts.number, texts.targets.target, texts.targets.prediction],
        rows: spread(order, MOST_ROWS).map((index, row) => [
          formatCount(row + 1),
          formatNumber(targets[index] ?? Number.NaN),
          formatNumber(predictions[index] ?? Number.NaN),
        ]),
      })}
    >
      <CanvasBox
        kind="targets"
        label={`${texts.targets.name}. ${texts.targets.keys}`}
        versions={[version]}
        isFlat
        draw={draw}
        read={() =>
          cursor.current === undefined
            ? summary()
            : texts.targets.point(
                formatNumber(targets[cursor.current] ?? Number.NaN),
                formatNumber(predictions[cursor.current] ?? Number.NaN),
              )
        }
        point={(x, y) => {
          const { x: toX, y: toY } = scales();
          const distance = (index: number) =>
            Math.hypot(toX(targets[index] ?? 0) - (x ?? 0), toY(predictions[index] ?? 0) - y);
          const nearest = order.reduce((best, each) => (distance(each) < distance(best) ? each : best), order[0] ?? 0);
          cursor.current = x === undefined || !(distance(nearest) < NEAR) ? undefined : nearest;
        }}
        move={(by) => {
          const place = cursor.current === undefined ? 0 : order.indexOf(cursor.current);
          cursor.current = order[moved(place, by, order.length)];
        }}
      />
    </ChartFrame>
  );
}
