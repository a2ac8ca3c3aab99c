import { type Area, drawAxes } from "gradus-parts/base/axes.ts";
import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { crisp } from "gradus-parts/base/canvas.ts";
import { moved } from "gradus-parts/base/keys.ts";
import { linearScale, niceTicks } from "gradus-parts/base/scales.ts";
import { classColour, type Palette, palette } from "gradus-parts/base/theme.ts";
import type { Size } from "gradus-parts/base/use-drawing.ts";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { formatCount, formatNumber, formatPercent, formatShort } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import type { DataView as ShownData } from "../lab/protocol.ts";
import { chartTexts } from "../text/charts.ts";
import { drawPoints } from "./plane/draw-points.ts";
import { fieldImage, type PlaneOutput, predictionOf } from "./plane/field.ts";
import "./boxes.css";

export interface PlaneViewProps {
  readonly data: ShownData;
  /** Undefined before the first look. */
  readonly output: PlaneOutput | undefined;
  readonly showTest: boolean;
}

const MARGIN = { left: 40, right: 8, top: 20, bottom: 36 };
/** Places along each axis that the cursor can stand on, before there is an output. */
const PLACES = 60;

/** Plane data: what the network predicts everywhere, with the points that it learns from and those that test it. */
export function PlaneView({ data, output, showTest }: PlaneViewProps) {
  const texts = chartTexts.value;
  const { plane, classNames, classes = 2 } = data;
  const version = useVersion(output, data);
  const cursor = useRef<readonly [x: number, y: number] | undefined>(undefined);
  const area = useRef<Area>({ left: 0, right: 1, top: 0, bottom: 1 });
  const points = useRef<PointLayer | undefined>(undefined);
  const size = output?.size ?? PLACES;
  const nameOf = (label: number) => classNames?.[label] ?? String(label);
  if (plane === undefined) return null;
  const { low, high } = plane;

  const draw = (context: CanvasRenderingContext2D, box: Size) => {
    const colours = palette.value;
    area.current = squareIn(box);
    const { left, right, top, bottom } = area.current;
    const x = linearScale(low, high, left, right);
    const y = linearScale(low, high, bottom, top);
    context.fillStyle = colours.surface;
    context.fillRect(left, top, right - left, bottom - top);
    const ticks = niceTicks(low, high, 5);
    const axis = { ticks, format: formatShort };
    drawAxes(
      context,
      area.current,
      { ...axis, scale: x, name: texts.plane.x },
      { ...axis, scale: y, name: texts.plane.y },
      colours,
    );
    if (output !== undefined) drawField(context, output, classes, area.current, colours);
    points.current = keptPoints(points.current, plane, showTest, box, area.current, colours);
    context.drawImage(points.current.canvas, 0, 0, box.width, box.height);
    const place = cursor.current;
    if (place === undefined) return;
    context.strokeStyle = colours.text;
    context.lineWidth = 1;
    context.beginPath();
    const [atX, atY] = [
      crisp(left + ((place[0] + 0.5) / size) * (right - left)),
      crisp(bottom - ((place[1] + 0.5) / size) * (bottom - top)),
    ];
    context.moveTo(atX, top);
    context.lineTo(atX, bottom);
    context.moveTo(left, atY);
    context.lineTo(right, atY);
    context.stroke();
  };
  const read = () => {
    const place = cursor.current;
    if (place === undefined) return texts.plane.more;
    const coordinate = (index: number) => low + ((index + 0.5) / size) * (high - low);
    const prediction = predictionOf(output?.values[(size - 1 - place[1]) * size + place[0]]);
    const at = texts.plane.at(formatNumber(coordinate(place[0])), formatNumber(coordinate(place[1])));
    if (prediction === undefined) return at;
    return `${at}: ${texts.plane.predicted(nameOf(prediction.label), formatPercent(prediction.probability))}`;
  };
  const placeAt = (x: number, y: number): readonly [number, number] => {
    const { left, right, top, bottom } = area.current;
    return [
      moved(Math.floor(((x - left) / (right - left)) * size), 0, size),
      moved(Math.floor(((bottom - y) / (bottom - top)) * size), 0, size),
    ];
  };
  const shares = () =>
    sharesOf(output, classes).map((share, label) => `${texts.plane.class(nameOf(label))} ${formatPercent(share)}`);

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind="plane"
      name={texts.plane.name}
      versions={[version]}
      summary={() =>
        texts.plane.summary(
          formatCount(plane.trainLabels.length),
          formatCount(plane.testLabels.length),
          shares().join(", "),
        )
      }
      table={() => ({
        titles: [texts.plane.classes, texts.plane.train, texts.plane.test, texts.plane.area],
        rows: Array.from({ length: classes }, (_, label) => [
          texts.plane.class(nameOf(label)),
          formatCount(plane.trainLabels.filter((each) => each === label).length),
          formatCount(plane.testLabels.filter((each) => each === label).length),
          output === undefined ? "–" : formatPercent(sharesOf(output, classes)[label] ?? 0),
        ]),
      })}
    >
      <PlaneLegend classes={classes} nameOf={nameOf} showTest={showTest} />
      <CanvasBox
        kind="plane"
        label={`${texts.plane.name}. ${texts.plane.keys}`}
        versions={[version]}
        draw={draw}
        read={read}
        point={(x, y) => {
          cursor.current = x === undefined ? undefined : placeAt(x, y);
        }}
        move={(x, y) => {
          const [column, row] = cursor.current ?? [Math.floor(size / 2), Math.floor(size / 2)];
          cursor.current = [moved(column, x, size), moved(row, y, size)];
        }}
      />
    </ChartFrame>
  );
}

interface PlaneLegendProps {
  readonly classes: number;
  readonly nameOf: (label: number) => string;
  readonly showTest: boolean;
}

function PlaneLegend({ classes, nameOf, showTest }: PlaneLegendProps) {
  const { plane } = chartTexts.value;
  const colours = palette.value;
  return (
    <ul class="chart-legend">
      {Array.from({ length: classes }, (_, label) => (
        <li key={label}>
          <i class="swatch swatch-round" style={{ background: classColour(colours, label) }} aria-hidden="true" />
          {plane.class(nameOf(label))}
        </li>
      ))}
      <li>
        <i class="swatch swatch-point" aria-hidden="true" />
        {plane.train}
      </li>
      {showTest && (
        <li>
          <i class="swatch swatch-ring" aria-hidden="true" />
          {plane.test}
        </li>
      )}
    </ul>
  );
}

function squareIn({ width, height }: Size): Area {
  const side = Math.max(1, Math.min(width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom));
  const left = Math.max(MARGIN.left, Math.round((width - side) / 2));
  return { left, right: left + side, top: MARGIN.top, bottom: MARGIN.top + side };
}

function drawField(
  context: CanvasRenderingContext2D,
  output: PlaneOutput,
  classes: number,
  area: Area,
  colours: Palette,
) {
  const small = new OffscreenCanvas(output.size, output.size);
  small.getContext("2d")?.putImageData(fieldImage(output, classes, colours), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, area.left, area.top, area.right - area.left, area.bottom - area.top);
}

/** Points stay where they are: they are drawn once, and shown with every output. */
interface PointLayer {
  readonly key: readonly unknown[];
  readonly canvas: OffscreenCanvas;
}

function keptPoints(
  kept: PointLayer | undefined,
  plane: NonNullable<ShownData["plane"]>,
  showTest: boolean,
  { width, height }: Size,
  { left, right, top, bottom }: Area,
  colours: Palette,
): PointLayer {
  const ratio = devicePixelRatio;
  const key = [plane, showTest, width, height, ratio, colours];
  if (kept?.key.every((each, index) => each === key[index])) return kept;
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio)));
  const context = canvas.getContext("2d") as unknown as CanvasRenderingContext2D | null;
  if (context !== null) {
    context.scale(ratio, ratio);
    const { low, high } = plane;
    drawPoints(
      context,
      plane,
      showTest,
      linearScale(low, high, left, right),
      linearScale(low, high, bottom, top),
      colours,
    );
  }
  return { key, canvas };
}

/** Share of the plane that each class has. */
function sharesOf(output: PlaneOutput | undefined, classes: number): readonly number[] {
  if (output === undefined) return [];
  const counts = new Array<number>(classes).fill(0);
  for (const value of output.values) {
    const label = Math.floor(value);
    if (label >= 0 && label < classes) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts.map((count) => count / output.values.length);
}
