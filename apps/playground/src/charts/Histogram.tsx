import type { Histogram as HistogramData } from "gradus/watch";
import { type Area, drawAxes } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { moved } from "gradus-parts/base/keys.ts";
import { linearScale, niceTicks } from "gradus-parts/base/scales.ts";
import { palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { formatNumber, formatPercent, formatShort } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import { chartTexts } from "../text/charts.ts";

export interface HistogramProps {
  readonly histogram: HistogramData;
  /** The layer's name. Default: "Activations". */
  readonly label?: string | undefined;
}

const MARGIN = { left: 44, right: 14, top: 20, bottom: 36 };

/** The distribution of one layer's outputs. */
export function Histogram({ histogram, label }: HistogramProps) {
  const texts = chartTexts.value;
  const version = useVersion(histogram);
  const cursor = useRef<number | undefined>(undefined);
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  const { low, high, counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const layer = label ?? texts.activations.name;
  const name = label === undefined ? texts.activations.name : texts.histogram.name(label);
  const edge = (bin: number) => low + (bin / counts.length) * (high - low);
  const describe = (bin: number) =>
    texts.histogram.bin(
      formatNumber(edge(bin)),
      formatNumber(edge(bin + 1)),
      formatPercent((counts[bin] ?? 0) / total),
    );

  const draw = (context: CanvasRenderingContext2D, { width, height }: Size) => {
    const colours = palette.value;
    const inner = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    area.current = inner;
    const most = Math.max(1e-9, ...counts.map((count) => count / total));
    // all values are equal: the axis needs some length
    const [from, to] = high > low ? [low, high] : [low - 0.5, high + 0.5];
    const x = linearScale(from, to, inner.left, inner.right);
    const y = linearScale(0, most * 1.05, inner.bottom, inner.top);
    drawAxes(
      context,
      inner,
      {
        scale: x,
        ticks: niceTicks(from, to, (inner.right - inner.left) / 70),
        format: formatShort,
        name: texts.histogram.value,
      },
      {
        scale: y,
        ticks: niceTicks(0, most, 4),
        format: (tick) => formatShort(tick * 100),
        name: texts.histogram.share,
      },
      colours,
    );
    counts.forEach((count, bin) => {
      const [start, end] = high > low ? [x(edge(bin)), x(edge(bin + 1))] : [x(low) - 4, x(low) + 4];
      const top = y(count / total);
      context.fillStyle = bin === cursor.current ? colours.text : colours.series[0];
      if (count > 0)
        context.fillRect(
          start + 0.5,
          Math.min(top, inner.bottom - 1),
          Math.max(1, end - start - 1),
          inner.bottom - top,
        );
    });
  };

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind="histogram"
      name={name}
      versions={[version]}
      summary={() => texts.histogram.summary(layer, formatNumber(low), formatNumber(high))}
      table={() => ({
        titles: [texts.histogram.value, texts.histogram.share],
        rows: counts.map((count, bin) => [
          `${formatNumber(edge(bin))} … ${formatNumber(edge(bin + 1))}`,
          formatPercent(count / total),
        ]),
      })}
    >
      <CanvasBox
        kind="histogram"
        label={`${name}. ${texts.histogram.keys}`}
        versions={[version]}
        draw={draw}
        isFlat
        read={() =>
          cursor.current === undefined
            ? texts.histogram.summary(layer, formatNumber(low), formatNumber(high))
            : describe(Math.min(cursor.current, counts.length - 1))
        }
        point={(x) => {
          const { left, right } = area.current;
          cursor.current =
            x === undefined
              ? undefined
              : moved(Math.floor(((x - left) / (right - left)) * counts.length), 0, counts.length);
        }}
        move={(by) => {
          cursor.current = moved(cursor.current ?? Math.floor(counts.length / 2), by, counts.length);
        }}
      />
    </ChartFrame>
  );
}
