import { isRecord } from "../../core/describe.ts";
import { parseJson } from "../../core/json.ts";
import { isGzip, readStart, unpackGzip } from "../../files/read-bytes.ts";
import { parseCsvRows } from "../../io/csv-rows.ts";
import { tableKind } from "../../runs/table-run.ts";
import { meaningOf } from "../../watch/log/names.ts";

const START_BYTES = 2 ** 16;
/** The first lines of a log may be about the settings. */
const FIRST_LINES = 50;

/** Whether a table is the log of a training, and no data set: its first rows name a loss or an accuracy. False for what cannot be read. */
export function isTableLog(file: string): boolean {
  const kind = tableKind(file);
  if (kind === undefined) return false;
  try {
    const start = readStart(file, START_BYTES);
    const bytes = isGzip(start) ? unpackGzip(start, file).bytes : start;
    const lines = new TextDecoder().decode(bytes).split(/\r?\n/).slice(0, FIRST_LINES);
    const names =
      kind === "csv" ? parseCsvRows(lines.slice(0, 2).join("\n"), file).names : lines.flatMap((line) => namesIn(line));
    return names.some((name) => {
      const meaning = meaningOf(name, false);
      return meaning?.kind === "loss" || meaning?.kind === "accuracy";
    });
  } catch {
    return false;
  }
}

/** The paths of the numbers in a line of JSON: `train/loss`. */
function namesIn(line: string): string[] {
  if (!line.trimStart().startsWith("{")) return [];
  try {
    return pathsIn(parseJson("line", line.replace(/\b-?(NaN|Infinity)\b/g, "0")), "");
  } catch {
    return [];
  }
}

function pathsIn(value: unknown, before: string): string[] {
  if (!isRecord(value)) return typeof value === "number" ? [before] : [];
  return Object.entries(value).flatMap(([name, each]) => pathsIn(each, before === "" ? name : `${before}/${name}`));
}
