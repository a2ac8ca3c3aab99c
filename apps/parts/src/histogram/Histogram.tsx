import { useRef } from "preact/hooks";
import { type Area, drawAxes } from "../base/axes.ts";
import { CanvasBox } from "../base/CanvasBox.tsx";
import { ChartFrame } from "../base/ChartFrame.tsx";
import { moved } from "../base/keys.ts";
import { linearScale, niceTicks } from "../base/scales.ts";
import { palette } from "../base/theme.ts";
import type { Size } from "../base/use-drawing.ts";
import { useVersion } from "../base/use-version.ts";
import { formatNumber, formatPercent, formatShort } from "../text/numbers.ts";

/** Counts of values in bins of equal width, from the least value to the largest. */
export interface HistogramData {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** The words of a histogram. Numbers come as text. */
export interface HistogramWords {
  /** Of the horizontal axis. */
  readonly value: string;
  /** Of the vertical axis, in percent. */
  readonly share: string;
  readonly table: string;
  readonly keys: string;
  readonly summary: (low: string, high: string) => string;
  readonly bin: (low: string, high: string, share: string) => string;
}

export interface HistogramProps {
  readonly histogram: HistogramData;
  readonly name: string;
  readonly words: HistogramWords;
}

const MARGIN = { left: 44, right: 14, top: 20, bottom: 36 };

/** The distribution of one layer's outputs. */
export function Histogram({ histogram, name, words }: HistogramProps) {
  const version = useVersion(histogram);
  const cursor = useRef<number | undefined>(undefined);
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  const { low, high, counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const edge = (bin: number) => low + (bin / counts.length) * (high - low);
  const describe = (bin: number) =>
    words.bin(formatNumber(edge(bin)), formatNumber(edge(bin + 1)), formatPercent((counts[bin] ?? 0) / total));

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
        name: words.value,
      },
      {
        scale: y,
        ticks: niceTicks(0, most, 4),
        format: (tick) => formatShort(tick * 100),
        name: words.share,
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
      tableTitle={words.table}
      kind="histogram"
      name={name}
      versions={[version]}
      summary={() => words.summary(formatNumber(low), formatNumber(high))}
      table={() => ({
        titles: [words.value, words.share],
        rows: counts.map((count, bin) => [
          `${formatNumber(edge(bin))} … ${formatNumber(edge(bin + 1))}`,
          formatPercent(count / total),
        ]),
      })}
    >
      <CanvasBox
        kind="histogram"
        label={`${name}. ${words.keys}`}
        versions={[version]}
        draw={draw}
        isFlat
        read={() =>
          cursor.current === undefined
            ? words.summary(formatNumber(low), formatNumber(high))
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
