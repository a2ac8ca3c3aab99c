import { useSignal } from "@preact/signals";
import type { HistogramFrame } from "gradus/dashboard-protocol";
import type { Area } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { moved } from "gradus-parts/base/keys.ts";
import { spread } from "gradus-parts/base/table-data.ts";
import { palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { readingsAlong } from "gradus-parts/heat/range.ts";
import { Histogram } from "gradus-parts/histogram/Histogram.tsx";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { useEffect, useRef } from "preact/hooks";
import { useDashboard } from "../state/context.ts";
import type { RunEntry } from "../state/run-list.ts";
import { densityOf, quantileOf } from "./layers/density.ts";
import { densityArea, drawDensity } from "./layers/draw-density.ts";
import type { ChartWords } from "./words.ts";

export interface HistogramsOverTimeProps {
  readonly run: RunEntry;
  /** Of the series of histograms: "layers/layers.0/activations". */
  readonly histogram: string;
  /** What it is of, as it is shown: the layer. */
  readonly label: string;
  readonly words: ChartWords;
}

/** Histograms that are asked for: about as many as a chart has columns of two pixels. */
const MOST = 200;
/** Parts of the scale of values. */
const ROWS = 80;
/** Wait between two looks at a run that goes on, in ms: histograms are large and rare. */
const PAUSE_MS = 10_000;
const MOST_ROWS = 12;

/** How one layer's outputs are distributed over time; at the cursor, the histogram itself. */
export function HistogramsOverTime({ run, histogram, label, words }: HistogramsOverTimeProps) {
  const { source, store } = useDashboard();
  const frames = useSignal<readonly HistogramFrame[] | undefined>(undefined);
  const chosen = useSignal<number | undefined>(undefined);
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  const small = useRef<OffscreenCanvas | undefined>(undefined);
  const { id, summary } = run;
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        const found = await source.histograms({ run: id, name: histogram, most: MOST });
        if (!isGone) frames.value = found;
      } catch (error) {
        if (!isGone && store.connection.peek() !== "lost") store.problem.value = error as Error;
      }
      if (!isGone && summary.peek().status === "running") timer = setTimeout(load, PAUSE_MS);
    };
    frames.value = undefined;
    chosen.value = undefined;
    void load();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [source, id, histogram]);

  const all = frames.value ?? [];
  const steps = all.map(({ step }) => step);
  const density = densityOf(all, ROWS);
  const medians = all.map((frame) => quantileOf(frame, 0.5));
  const version = useVersion(frames.value);
  const name = words.histograms.name(label);
  const place = chosen.value === undefined ? all.length - 1 : Math.min(chosen.value, all.length - 1);
  const at = all[place];
  const describe = (index: number) => {
    const frame = all[index];
    if (frame === undefined) return frames.value === undefined ? words.loading : words.nothing;
    return words.histograms.summary(formatCount(frame.step), formatNumber(frame.low), formatNumber(frame.high));
  };
  const draw = (context: CanvasRenderingContext2D, size: Size) => {
    area.current = densityArea(size);
    small.current ??= new OffscreenCanvas(1, 1);
    const names = { step: words.step, value: words.heat.value };
    drawDensity(context, size, steps, density, medians, names, chosen.peek(), palette.value, small.current);
  };

  return (
    <>
      <ChartFrame
        kind="density"
        name={name}
        versions={[version]}
        tableTitle={words.table}
        summary={() => describe(all.length - 1)}
        table={() => ({
          titles: [words.step, words.histograms.least, words.histograms.median, words.histograms.most],
          rows: spread([...all.keys()], MOST_ROWS).map((index) => [
            formatCount(steps[index] ?? 0),
            formatNumber(all[index]?.low ?? Number.NaN),
            formatNumber(medians[index] ?? Number.NaN),
            formatNumber(all[index]?.high ?? Number.NaN),
          ]),
        })}
      >
        <CanvasBox
          kind="histogram"
          label={`${name}. ${words.histograms.keys}`}
          versions={[version]}
          draw={draw}
          isFlat
          read={() => describe(chosen.peek() ?? all.length - 1)}
          point={(x) => {
            const { left, right } = area.current;
            if (x === undefined || all.length === 0) {
              chosen.value = undefined;
              return;
            }
            const pixels = Math.max(1, Math.round(right - left));
            chosen.value = readingsAlong(steps, pixels, steps.at(-1) ?? 1)[moved(Math.floor(x - left), 0, pixels)];
          }}
          move={(by) => {
            if (all.length > 0) chosen.value = moved(chosen.peek() ?? all.length - 1, by, all.length);
          }}
        />
      </ChartFrame>
      {at !== undefined && (
        <Histogram
          histogram={at}
          name={`${name}, ${words.step} ${formatCount(at.step)}`}
          words={{
            value: words.heat.value,
            share: words.heat.share,
            table: words.table,
            keys: words.histograms.keys,
            bin: words.histograms.bin,
            summary: (low, high) => words.histograms.summary(formatCount(at.step), low, high),
          }}
        />
      )}
    </>
  );
}
