import { GradusError } from "../../core/errors.ts";
import { isGap, isNumber } from "../../io/csv-cells.ts";
import { parseCsvRows } from "../../io/csv-rows.ts";
import { meaningOf, partOf } from "../../watch/log/names.ts";
import { type Row, seriesOf } from "../../watch/log/rows.ts";
import type { SeriesLog } from "../../watch/log/series.ts";
import { decodeText, readBytesLeniently } from "../read-bytes.ts";

const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
]);

/** The number in a cell: NaN and infinities as written by Python and JavaScript; undefined for a missing value; null for anything else. */
function numberOf(written: string): number | undefined | null {
  const cell = bareNumber(written);
  const bare = cell.toLowerCase().replace(/^[+-]/, "");
  const special = NOT_FINITE.get(bare);
  if (special !== undefined) return cell.startsWith("-") ? -special : special;
  if (isGap(cell)) return undefined;
  if (isNumber(cell)) return Number(cell);
  // too large for a double
  if (/^[+-]?\d+(\.\d*)?e\+?\d+$/i.test(cell)) return Number(cell);
  return null;
}

/** The number in a printed PyTorch tensor: `tensor(0.5, device='cuda:0')`. */
function bareNumber(cell: string): string {
  return /^tensor\(([^,)]+)/.exec(cell)?.[1] ?? cell;
}

/** Reads a table with one row per step or epoch: Keras's CSVLogger, Lightning's metrics.csv.
 *  @throws GradusError `file-not-found`, `empty-dataset`, `bad-data` with `{ file, line }`. */
export function readCsvLog(file: string): SeriesLog {
  const { bytes, complete } = readBytesLeniently(file);
  const { names, rows } = parseCsvRows(decodeText(bytes, file), file);
  const warnings = complete ? [] : [`${file}: the gzip stream is truncated`];
  if (names.every((name) => numberOf(name) !== null)) {
    throw new GradusError(
      "bad-data",
      `${file}: expected a first line that names the columns (epoch, loss, val_loss, …), got ${names.slice(0, 5).join(", ")}. Add such a line.`,
      { file, line: 1 },
    );
  }
  const bad = new Map<number, { readonly line: number; readonly cell: string; count: number }>();
  const read = rows.map(({ cells, line }): Row => {
    const values = new Map<number, number>();
    for (const [column, cell] of cells.slice(0, names.length).entries()) {
      const value = numberOf(cell);
      if (typeof value === "number") {
        values.set(column, value);
        continue;
      }
      if (value === undefined) continue;
      const known = bad.get(column);
      if (known === undefined) bad.set(column, { line, cell, count: 1 });
      else known.count++;
    }
    return { line, values };
  });
  const short = rows.filter(({ cells }) => cells.length < names.length);
  if (short.length > 0) {
    const lines = short.slice(0, 5).map(({ line }) => line);
    warnings.push(
      `${file}: ${short.length} rows have fewer cells than the header (line ${lines.join(", ")}${short.length > 5 ? ", …" : ""}); their cells were read`,
    );
  }
  const folderPart = partOf(file.replace(/^.*[/\\]/, "").replace(/\.\w+$/, ""));
  const filled = new Set(read.flatMap(({ values }) => [...values.keys()]));
  const columns = names.map((name, column) => ({
    name,
    // a column of text only is not a measure
    meaning: !filled.has(column) ? undefined : meaningOf(name, false, folderPart),
  }));
  for (const [column, { line, cell, count }] of bad) {
    if (columns[column]?.meaning === undefined) continue;
    warnings.push(
      `${file}, line ${line}, ${names[column]}: "${cell}" is not a number${count > 1 ? `, nor are ${count - 1} more cells of this column` : ""}; treated as missing`,
    );
  }
  return { format: "csv", files: [file], ...seriesOf(columns, read), seconds: 0, warnings };
}
