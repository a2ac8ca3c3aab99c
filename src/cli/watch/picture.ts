import type { Finding } from "../../doctor/finding.ts";
import type { RunReader } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { type Course, courseOf } from "../runs/course.ts";
import { type LayerValue, layerBars, scaleOf } from "./bars.ts";
import { curvesOf, drawCurve } from "./curves.ts";
import { findingLines } from "./finding-lines.ts";
import { headLines } from "./head.ts";
import { beside, type Line, span } from "./spans.ts";
import { speedOf } from "./speed.ts";
import { WATCH_WORDS } from "./words.ts";

/** From this width on, the layers stand beside the curves. */
const WIDE = 110;
const GAP = 3;
const MOST_CURVE_ROWS = 5;
/** The share of the height that the layers may take below the curves. */
const LAYERS_SHARE = 0.45;

export interface PictureOptions {
  readonly columns: number;
  readonly rows: number;
  readonly language: Language;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A run as lines of a terminal: its head, curves, layers and findings, as much as fits. */
export function drawRun(
  reader: RunReader,
  findings: readonly Finding[],
  { columns, rows, language, now }: PictureOptions,
): readonly Line[] {
  const course = courseOf(reader);
  const head = headLines(reader, course, speedOf(reader, course, now), language, columns);
  const found = findingLines(reader, course, findings, language, columns, Math.max(3, Math.floor(rows / 3)));
  const room = rows - head.length - found.length;
  const body = columns >= WIDE ? wideBody : tallBody;
  return [...head, ...body(reader, course, language, columns, room), ...found].slice(0, Math.max(1, rows));
}

type Body = (reader: RunReader, course: Course, language: Language, columns: number, rows: number) => readonly Line[];

/** Curves left, layers right. */
const wideBody: Body = (reader, course, language, columns, rows) => {
  const layers = layersOf(reader);
  if (layers.length === 0) return curveLines(reader, course, language, columns, rows);
  const left = Math.floor((columns - GAP) * 0.55);
  return beside(
    curveLines(reader, course, language, left, rows),
    layerLines(layers, language, columns - GAP - left, rows),
    left,
    GAP,
  );
};

/** Curves above, layers below. */
const tallBody: Body = (reader, course, language, columns, rows) => {
  const layers = layersOf(reader);
  const forLayers = layers.length === 0 ? 0 : Math.min(layers.length + 2, Math.max(5, Math.floor(LAYERS_SHARE * rows)));
  const curves = curveLines(reader, course, language, columns, rows - forLayers);
  // what the curves leave is for the layers, too
  return [...curves, ...layerLines(layers, language, columns, rows - curves.length)];
};

/** As many curves as fit, as high as fits, with an empty line between them where there is room. */
function curveLines(
  reader: RunReader,
  course: Course,
  language: Language,
  columns: number,
  rows: number,
): readonly Line[] {
  const all = curvesOf(reader, course, language);
  const gap = rows >= 3 * all.length ? 1 : 0;
  // a title and a line each; the last ones are the least important
  const curves = all.slice(0, Math.max(1, Math.floor((rows - 1) / (2 + gap))));
  const height = Math.floor((rows - 1) / Math.max(1, curves.length)) - 1 - gap;
  const drawn = curves.map((curve) =>
    drawCurve(curve, language, columns, Math.min(MOST_CURVE_ROWS, Math.max(1, height))),
  );
  return drawn.flatMap((lines, index) => [...(index === 0 || gap > 0 ? [[]] : []), ...lines]);
}

function layerLines(layers: readonly LayerValue[], language: Language, columns: number, rows: number): readonly Line[] {
  if (layers.length === 0 || rows < 4) return [];
  const words = WATCH_WORDS[language];
  const scale = scaleOf(layers);
  const title: Line = [span(words.layers, "bold"), span(scale === "" ? "" : `   ${words.log} ${scale}`, "dim")];
  return [[], title, ...layerBars(layers, columns, rows - 2)];
}

/** The last gradient norm of every layer that has one, in the model's order. */
function layersOf({ measures, description }: RunReader): readonly LayerValue[] {
  const found = new Map<string, number>();
  for (const [name, { length, values }] of measures) {
    const path = /^layers\/(.*)\/gradientNorm$/s.exec(name)?.[1];
    if (path !== undefined && length > 0) found.set(path, values[length - 1] as number);
  }
  const known = description?.layers ?? [];
  const typeOf = new Map(known.map(({ path, type }) => [path, type]));
  const order = new Map(known.map(({ path }, index) => [path, index]));
  const place = (path: string) => order.get(path) ?? Number.MAX_SAFE_INTEGER;
  return [...found]
    .map(([path, value]) => ({ path, type: typeOf.get(path) ?? "", value }))
    .sort((a, b) => place(a.path) - place(b.path));
}
