import type { Area } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { crisp, fontOf, verticalLine } from "gradus-parts/base/canvas.ts";
import { moved } from "gradus-parts/base/keys.ts";
import { linearScale, niceTicks } from "gradus-parts/base/scales.ts";
import { spread } from "gradus-parts/base/table-data.ts";
import { palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { drawColourBar, drawLayerNumbers, heatImage } from "gradus-parts/heat/draw-heat.ts";
import { readingsAlong } from "gradus-parts/heat/range.ts";
import { formatCount, formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import type { NetworkHistory } from "../state/history.ts";
import { chartTexts } from "../text/charts.ts";
import type { ChartMeasure } from "../text/charts-texts.ts";
import { describeMark } from "./curves/marks.ts";
import { createHeatColumns, type HeatColumns } from "./heat/columns.ts";
import { isShare, measureOf } from "./heat/layers.ts";
import type { Part } from "./strip/columns.ts";
import { namePart } from "./strip/describe.ts";

export interface LayerHistoryProps {
  readonly history: NetworkHistory;
  readonly measure: ChartMeasure;
  /** Names the network, where there are two. */
  readonly label?: string | undefined;
}

const MARGIN = { left: 34, right: 62, top: 20, bottom: 36 };
/** Steps that the table shows. */
const MOST_COLUMNS = 8;

/** One measure of every layer over time: steps from left to right, layers from the bottom up, powers of ten as colours. */
export function LayerHistory({ history, measure, label }: LayerHistoryProps) {
  const texts = chartTexts.value;
  const colour = useRef(createHeatColumns());
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  /** Index of the reading, and of the layer. */
  const cursor = useRef<readonly [reading: number, layer: number] | undefined>(undefined);
  const measureName = texts.measures[measure].name;
  const name = `${label === undefined ? "" : `${label}: `}${texts.heat.name(measureName)}`;
  const write = isShare(measure) ? formatPercent : formatNumber;
  const heat = () => colour.current(history.view, history.readings, measure, palette.value);
  const latest = useRef<HeatColumns | undefined>(undefined);
  const rows = () => (latest.current?.view === history.view ? latest.current : heat()).rows;
  const small = useRef<OffscreenCanvas | undefined>(undefined);
  const valuesIn = (place: number) => {
    const reading = history.readings[place];
    return reading === undefined ? [] : rows().read(reading);
  };

  const draw = (context: CanvasRenderingContext2D, { width, height }: Size) => {
    const colours = palette.value;
    latest.current = heat();
    const { rows: layers, range, columns } = latest.current;
    const { parts } = layers;
    const { readings, marks } = history;
    const inner = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    area.current = inner;
    const { left, right, top, bottom } = inner;
    const steps = readings.map(({ step }) => step);
    const end = steps.at(-1) ?? 1;
    context.fillStyle = colours.sunken;
    context.fillRect(left, top, right - left, bottom - top);
    if (readings.length > 0 && right > left) {
      const pixels = Math.max(1, Math.round((right - left) * devicePixelRatio));
      const image = heatImage(steps, columns, parts.length, pixels);
      small.current ??= new OffscreenCanvas(pixels, parts.length);
      if (small.current.width !== pixels) small.current.width = pixels;
      if (small.current.height !== parts.length) small.current.height = parts.length;
      small.current.getContext("2d")?.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(small.current, left, top, right - left, bottom - top);
    }
    const x = linearScale(0, end, left, right);
    context.font = fontOf(colours);
    context.fillStyle = colours.muted;
    context.textBaseline = "top";
    context.textAlign = "center";
    for (const tick of niceTicks(0, end, (right - left) / 80).filter(Number.isInteger))
      context.fillText(formatCount(tick), x(tick), bottom + 5);
    context.font = fontOf(colours, 11, 600);
    context.fillStyle = colours.text;
    context.textAlign = "right";
    context.fillText(texts.step, right, bottom + 19);
    context.textAlign = "left";
    context.textBaseline = "bottom";
    context.fillText(texts.heat.layerAxis, 2, top - 5);
    context.textAlign = "right";
    context.fillText(measureName, width - 2, top - 5);
    drawLayerNumbers(context, inner, parts.map(shortName), colours);
    drawColourBar(context, inner, range, isShare(measure), colours);
    context.lineWidth = 1;
    for (const { step } of marks) {
      // a light line on a dark one: visible on every colour
      context.setLineDash([]);
      context.strokeStyle = "#000000";
      verticalLine(context, x(step), top, bottom);
      context.setLineDash([3, 3]);
      context.strokeStyle = "#ffffff";
      verticalLine(context, x(step), top, bottom);
    }
    context.setLineDash([]);
    if (cursor.current === undefined) return;
    const [place, layer] = cursor.current;
    const cell = (bottom - top) / parts.length;
    const [from, to] = [x(steps[place] ?? 0), x(steps[place + 1] ?? end)];
    context.lineWidth = 2;
    context.strokeStyle = "#000000";
    context.strokeRect(crisp(from) - 2, crisp(bottom - (layer + 1) * cell) - 2, Math.max(4, to - from) + 4, cell + 4);
    context.strokeStyle = "#ffffff";
    context.strokeRect(crisp(from) - 1, crisp(bottom - (layer + 1) * cell) - 1, Math.max(4, to - from) + 2, cell + 2);
  };
  const read = () => {
    if (history.readings.length === 0) return texts.heat.waiting;
    if (cursor.current === undefined) return `${measureName}: ${texts.measures[measure].hint}`;
    const [place, layer] = cursor.current;
    const value = valuesIn(place)[layer]?.[measure];
    const step = history.readings[place]?.step ?? 0;
    const next = history.readings[place + 1]?.step ?? Infinity;
    const changes = history.marks.filter((mark) => mark.step >= step && mark.step < next);
    return [
      `${texts.step} ${formatCount(step)}`,
      namePart(rows().parts[layer] ?? "output", texts),
      value === undefined ? texts.noValues : `${measureName} ${write(value)}`,
      ...changes.map((mark) => describeMark(mark, texts, false)),
    ].join(" · ");
  };
  const point = (x: number | undefined, y: number) => {
    const { left, right, top, bottom } = area.current;
    const { readings } = history;
    if (x === undefined || readings.length === 0) {
      cursor.current = undefined;
      return;
    }
    const pixels = Math.max(1, Math.round(right - left));
    const steps = readings.map(({ step }) => step);
    const along = readingsAlong(steps, pixels, steps.at(-1) ?? 1);
    const layers = rows().parts.length;
    cursor.current = [
      along[moved(Math.floor(x - left), 0, pixels)] ?? 0,
      moved(Math.floor(((bottom - y) / (bottom - top)) * layers), 0, layers),
    ];
  };
  const move = (x: number, y: number) => {
    const count = history.readings.length;
    const [place, layer] = cursor.current ?? [count - 1, 0];
    cursor.current = [moved(Math.min(place, count - 1), x, count), moved(layer, y, rows().parts.length)];
  };

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind="heat"
      name={name}
      versions={[history.calm]}
      summary={() => {
        const newest = valuesIn(history.readings.length - 1).flatMap((values) => measureOf(values, measure) ?? []);
        if (newest.length === 0) return texts.heat.waiting;
        const [low, high] = [Math.min(...newest), Math.max(...newest)];
        return texts.heat.summary(measureName, formatCount(history.step), write(low), write(high));
      }}
      table={() => {
        const places = spread([...history.readings.keys()], MOST_COLUMNS);
        return {
          titles: [
            texts.heat.layerAxis,
            ...places.map((place) => `${texts.step} ${formatCount(history.readings[place]?.step ?? 0)}`),
          ],
          rows: rows().parts.map((part, layer) => [
            namePart(part, texts),
            ...places.map((place) => {
              const value = valuesIn(place)[layer]?.[measure];
              return value === undefined ? "–" : write(value);
            }),
          ]),
        };
      }}
    >
      <CanvasBox
        kind="heat"
        label={`${name}. ${texts.heat.keys}`}
        versions={[history.calm]}
        draw={draw}
        read={read}
        point={point}
        move={move}
      />
    </ChartFrame>
  );
}

/** The output layer, above all others, has no number. */
const shortName = (part: Part): string => (typeof part === "number" ? String(part + 1) : "ŷ");
