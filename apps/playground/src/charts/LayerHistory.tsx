import type { Area } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { moved } from "gradus-parts/base/keys.ts";
import { spread } from "gradus-parts/base/table-data.ts";
import { palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { drawMap, type HeatMap, mapArea } from "gradus-parts/heat/draw-map.ts";
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

  const draw = (context: CanvasRenderingContext2D, size: Size) => {
    const colours = palette.value;
    latest.current = heat();
    const { rows: layers, range, columns } = latest.current;
    area.current = mapArea(size);
    small.current ??= new OffscreenCanvas(1, 1);
    const map: HeatMap = {
      steps: history.readings.map(({ step }) => step),
      columns,
      labels: layers.parts.map(shortName),
      range,
      isShare: isShare(measure),
      names: { step: texts.step, layer: texts.heat.layerAxis, measure: measureName },
      marks: history.marks.map(({ step }) => step),
      cursor: cursor.current,
    };
    drawMap(context, size, map, colours, small.current);
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
