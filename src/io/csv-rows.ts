import { GradusError } from "../core/errors.ts";
import type { CsvRecord } from "./csv-cells.ts";
import { csvRecords } from "./csv-records.ts";

/** Raw cells below a header. */
export interface CsvRows {
  readonly names: readonly string[];
  /** Each with any number of cells. */
  readonly rows: readonly CsvRecord[];
}

/** Reads the rows of a table that may be truncated: rows may be shorter or longer than the header.
 *  @param file name for error messages.
 *  @throws GradusError `empty-dataset` without a row below the header; `bad-data` with `{ file, line }` for broken quotes. */
export function parseCsvRows(text: string, file: string): CsvRows {
  const [header, ...rows] = csvRecords([text], { file, lenient: true });
  if (header === undefined || rows.length === 0) {
    const what = header === undefined ? "the file is empty" : "there are no rows below the header";
    throw new GradusError("empty-dataset", `${file}: ${what}.`, { file });
  }
  return { names: header.cells, rows };
}
