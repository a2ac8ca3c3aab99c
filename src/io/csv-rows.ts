import { CsvError, parse } from "csv-parse/sync";
import { GradusError } from "../core/errors.ts";
import type { CsvRecord } from "./csv-cells.ts";
import { likelyDelimiter } from "./csv-delimiter.ts";

/** Cells as they stand, below a header. */
export interface CsvRows {
  readonly names: readonly string[];
  /** Of any number of cells. */
  readonly rows: readonly CsvRecord[];
}

/** Reads the rows of a table that may break off: rows may be shorter or longer than the header.
 *  @param file name for error messages.
 *  @throws GradusError `empty-dataset` without a row below the header; `bad-data` with `{ file, line }` for broken quotes. */
export function parseCsvRows(text: string, file: string): CsvRows {
  const lines: number[] = [];
  try {
    const [names, ...rows] = parse(text, {
      bom: true,
      trim: true,
      delimiter: likelyDelimiter(text),
      skip_empty_lines: true,
      max_record_size: 0,
      relax_column_count: true,
      on_record: (cells, { lines: line }) => {
        lines.push(line);
        return cells;
      },
    });
    if (names === undefined || rows.length === 0) {
      const what = names === undefined ? "the file is empty" : "there are no rows below the header";
      throw new GradusError("empty-dataset", `${file}: ${what}.`, { file });
    }
    return { names, rows: rows.map((cells, index) => ({ cells, line: lines[index + 1] as number })) };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new GradusError(
      "bad-data",
      `${file}, line ${cause.lines}: ${cause.message}.`,
      { file, line: cause.lines, reason: cause.code },
      { cause },
    );
  }
}
