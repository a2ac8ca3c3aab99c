import type { Area } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { moved } from "gradus-parts/base/keys.ts";
import { spread } from "gradus-parts/base/table-data.ts";
import { palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { heatColumn } from "gradus-parts/heat/draw-heat.ts";
import { drawMap, mapArea } from "gradus-parts/heat/draw-map.ts";
import { colourRange, readingsAlong, widest } from "gradus-parts/heat/range.ts";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount, formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import type { RunEntry } from "../state/run-list.ts";
import { isShare, type LayerMeasure, type Matrix, matrixOf } from "./layers/matrix.ts";
import { useLayerCurves } from "./layers/use-layer-curves.ts";
import type { ChartWords } from "./words.ts";

export interface LayersOverTimeProps {
  readonly run: RunEntry;
  readonly measure: LayerMeasure;
  /** The measure's name and meaning. */
  readonly name: string;
  readonly hint: string;
  readonly words: ChartWords;
}

/** Steps that the table shows. */
const MOST_COLUMNS = 8;

const NOTHING: Matrix = { steps: [], columns: [] };

/** One measure of all layers of a run over time: steps from left to right, layers from the bottom up. Norms by powers of ten, shares from 0
 *  to 1; what is not finite has a colour of its own. */
export function LayersOverTime({ run, measure, name, hint, words }: LayersOverTimeProps) {
  const { layers } = run.summary.value;
  const paths = layers.map(({ path }) => path);
  const { read, versions } = useLayerCurves(run, paths, measure);
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  const cursor = useRef<readonly [place: number, layer: number] | undefined>(undefined);
  const matrix = useRef(NOTHING);
  const small = useRef<OffscreenCanvas | undefined>(undefined);
  const write = isShare(measure) ? formatPercent : formatNumber;
  const nameOf = (layer: number) => {
    const found = layers[layer];
    return found === undefined ? "" : harmless(`${found.path} (${found.type})`);
  };

  const draw = (context: CanvasRenderingContext2D, size: Size) => {
    const colours = palette.value;
    matrix.current = matrixOf(read(), measure);
    const { steps, columns } = matrix.current;
    area.current = mapArea(size);
    const share = isShare(measure);
    const range = widest(
      columns.map((values) => colourRange(values, share)),
      share,
    );
    small.current ??= new OffscreenCanvas(1, 1);
    const map = {
      steps,
      columns: columns.map((values) => heatColumn(values, share, range, colours)),
      labels: layers.map((_, layer) => String(layer + 1)),
      range,
      isShare: share,
      names: { step: words.step, layer: words.heat.layer, measure: name },
      marks: [],
      cursor: cursor.current,
    };
    drawMap(context, size, map, colours, small.current);
  };
  const readOut = () => {
    const { steps, columns } = matrix.current;
    if (steps.length === 0) return words.heat.none;
    if (cursor.current === undefined) return `${name}: ${hint}`;
    const [place, layer] = cursor.current;
    const value = columns[place]?.[layer];
    return [
      `${words.step} ${formatCount(steps[place] ?? 0)}`,
      nameOf(layer),
      value === undefined ? words.nothing : `${name} ${write(value)}`,
    ].join(" · ");
  };
  const point = (x: number | undefined, y: number) => {
    const { left, right, top, bottom } = area.current;
    const { steps } = matrix.current;
    if (x === undefined || steps.length === 0) {
      cursor.current = undefined;
      return;
    }
    const pixels = Math.max(1, Math.round(right - left));
    cursor.current = [
      readingsAlong(steps, pixels, steps.at(-1) ?? 1)[moved(Math.floor(x - left), 0, pixels)] ?? 0,
      moved(Math.floor(((bottom - y) / (bottom - top)) * layers.length), 0, layers.length),
    ];
  };
  const move = (x: number, y: number) => {
    const count = matrix.current.steps.length;
    if (count === 0) return;
    const [place, layer] = cursor.current ?? [count - 1, 0];
    cursor.current = [moved(Math.min(place, count - 1), x, count), moved(layer, y, layers.length)];
  };

  return (
    <ChartFrame
      kind="heat"
      name={name}
      versions={versions}
      tableTitle={words.table}
      summary={() => {
        const { steps, columns } = matrix.current;
        const newest = (columns.at(-1) ?? []).filter((value) => value !== undefined && Number.isFinite(value));
        if (newest.length === 0) return words.heat.none;
        const values = newest as readonly number[];
        const [low, high] = [Math.min(...values), Math.max(...values)];
        return words.heat.summary(name, formatCount(steps.at(-1) ?? 0), write(low), write(high));
      }}
      table={() => {
        const { steps, columns } = matrix.current;
        const places = spread([...steps.keys()], MOST_COLUMNS);
        return {
          titles: [words.heat.layer, ...places.map((place) => `${words.step} ${formatCount(steps[place] ?? 0)}`)],
          rows: layers.map((_, layer) => [
            nameOf(layer),
            ...places.map((place) => {
              const value = columns[place]?.[layer];
              return value === undefined ? "–" : write(value);
            }),
          ]),
        };
      }}
    >
      <CanvasBox
        kind="heat"
        label={`${name}. ${words.heat.keys}`}
        versions={versions}
        draw={draw}
        read={readOut}
        point={point}
        move={move}
      />
    </ChartFrame>
  );
}
