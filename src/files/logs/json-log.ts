import { GradusError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { meaningOf } from "../../watch/log/names.ts";
import { type Column, type Row, seriesOf } from "../../watch/log/rows.ts";
import type { Meaning, SeriesLog } from "../../watch/log/series.ts";
import { decodeText, readBytesLeniently } from "../read-bytes.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reads one JSON object per line: the events of `gradus train --json`, or the lines of other loops.
 *  @throws GradusError `file-not-found`; `empty-dataset`; `bad-data` if no line is an object. */
export function readJsonLog(file: string): SeriesLog {
  const { bytes, complete } = readBytesLeniently(file);
  const lines = decodeText(bytes, file).split(/\r?\n/);
  const warnings = complete ? [] : [`${file}: the gzip stream is truncated`];
  const objects: { readonly line: number; readonly fields: Fields }[] = [];
  const broken: number[] = [];
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const fields = parseObject(text);
    if (fields === undefined) broken.push(index + 1);
    else objects.push({ line: index + 1, fields });
  }
  // one JSON document over many lines is not a log
  if (objects.length === 0 || broken.length > Math.max(1, objects.length)) {
    if (objects.length + broken.length === 0)
      throw new GradusError("empty-dataset", `${file}: the file is empty.`, { file });
    throw new GradusError("bad-data", `${file}, line ${broken[0]}: not a JSON object. Expected one per line.`, {
      file,
      line: broken[0],
    });
  }
  if (broken.length > 0) {
    const [first] = broken;
    const where =
      broken.length === 1 && first === lines.length
        ? `the file ends within line ${first}`
        : `no JSON object in line ${broken.slice(0, 5).join(", ")}`;
    warnings.push(`${file}: ${where}; ${objects.length} lines were read`);
  }
  const table = tableOf(objects);
  const seconds = sum(
    objects.map(({ fields }) => (typeof fields.durationMs === "number" ? fields.durationMs / 1000 : 0)),
  );
  return { format: "json-lines", files: [file], ...table, plannedSteps: plannedSteps(objects), seconds, warnings };
}

function parseObject(text: string): Fields | undefined {
  try {
    // Python writes NaN and Infinity, which are not valid JSON
    const value: unknown = parseJson("line", text.replace(/([:[,]\s*)(-?(?:NaN|Infinity))(?=\s*[,}\]])/g, '$1"$2"'));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The planned length of the run, from our own events. */
function plannedSteps(objects: readonly { readonly fields: Fields }[]): number | undefined {
  const started = objects.find(({ fields }) => fields.type === "runStarted")?.fields;
  if (typeof started?.epochs !== "number" || typeof started.stepsPerEpoch !== "number") return undefined;
  return started.epochs * started.stepsPerEpoch;
}

/** Fields of our own events whose names do not give their meaning. */
const OWN: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ["stepEnded", new Map([["loss", "train/loss_step"]])],
  [
    "epochEnded",
    new Map([
      ["train/loss", "train/loss_epoch"],
      ["validation/loss", "validation/loss_epoch"],
    ]),
  ],
]);

/** Our events without measures. */
const SILENT = new Set(["runStarted", "epochStarted", "stopped", "result"]);

function tableOf(objects: readonly { readonly line: number; readonly fields: Fields }[]) {
  const places = new Map<string, number>();
  const meanings: (Meaning | undefined)[] = [];
  const rows = objects.flatMap(({ line, fields }): Row[] => {
    const type = String(fields.type);
    if (SILENT.has(type)) return [];
    const values = new Map<number, number>();
    for (const [path, value] of numbersIn(fields)) {
      const name = OWN.get(type)?.get(path) ?? path;
      const place = places.get(name) ?? places.size;
      if (place === places.size) {
        places.set(name, place);
        meanings.push(ownMeaning(name) ?? meaningOf(name, false));
      }
      values.set(place, value);
    }
    return [{ line, values }];
  });
  const columns = [...places.keys()].map((name, index): Column => ({ name, meaning: meanings[index] }));
  return seriesOf(columns, rows);
}

/** `layerGradientNorms/layers.0` */
function ownMeaning(name: string): Meaning | undefined {
  if (name === "gradientNorm") return { kind: "gradient" };
  const layer = /^layerGradientNorms\/(.+)$/.exec(name)?.[1];
  if (layer !== undefined) return { kind: "gradient", layer };
  return /^(samples|stepInEpoch|samplesPerSecond|learningRate|durationMs)$/.test(name) ? { kind: "other" } : undefined;
}

/** Numbers by path, `train/loss`; also those that JSON can only store as text. */
function* numbersIn(fields: Fields, before = ""): Generator<readonly [string, number]> {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "number") yield [before + name, value];
    else if (typeof value === "string" && /^-?(NaN|Infinity)$/.test(value)) yield [before + name, Number(value)];
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      yield* numbersIn(value as Fields, `${before}${name}/`);
    }
  }
}
