import { type CsvTable, GradusError, parseCsv } from "gradus";
import type { OwnSamples } from "./protocol.ts";

/** Most bytes of a file: a page keeps all of it in memory, several times over. */
const MOST_BYTES = 64 * 2 ** 20;

/** Fewest rows that can be parted into training and test. */
const FEWEST_ROWS = 10;

/** What of a `File` is read. */
export interface TextFile {
  readonly name: string;
  readonly size: number;
  text(): Promise<string>;
}

/** A table of the user's own. */
export interface OwnTable {
  readonly samples: OwnSamples;
  /** Every column that can be predicted, in the file's order. */
  readonly columns: readonly string[];
  /** The column that is predicted. */
  readonly target: string;
  /** Texts about rows and columns that were left out. */
  readonly notes: readonly string[];
}

/** Reads a CSV file: numbers, and one column to predict. Text or whole numbers from 0 in that column are classes, other numbers values.
 *  @param target the column to predict, by name. Default: the last.
 *  @throws GradusError `limit-exceeded` for a file of more than 64 MiB; `bad-data` with file, line and column for what is no table of
 *    numbers; `empty-dataset` for fewer than ten rows; `unknown-field` for a missing column; `bad-argument` for a file of one
 *    column. */
export async function readOwnCsv(file: TextFile, target?: string): Promise<OwnTable> {
  const { name, size } = file;
  if (size > MOST_BYTES) {
    throw new GradusError("limit-exceeded", `${name}: the file has ${size} bytes, the limit is ${MOST_BYTES}.`, {
      file: name,
      size,
      limit: MOST_BYTES,
    });
  }
  const text = await file.text();
  const table = parseCsv(text, target === undefined ? {} : { target: columnOf(target) }, name);
  if (table.length < FEWEST_ROWS) {
    throw new GradusError(
      "empty-dataset",
      `${name}: ${table.length} rows, expected at least ${FEWEST_ROWS}, so that some can be held out for the test.`,
      { file: name, rows: table.length, expected: FEWEST_ROWS },
    );
  }
  return {
    samples: samplesOf(table, name),
    columns: [...table.featureNames, ...(table.targetName === undefined ? [] : [table.targetName])],
    target: table.targetName ?? "",
    notes: table.notes,
  };
}

/** A file without a header numbers its columns. */
function columnOf(target: string): string | number {
  return /^\d+$/.test(target) ? Number(target) : target;
}

function samplesOf(table: CsvTable, file: string): OwnSamples {
  const { featureNames, inputs, targets, classes, classNames } = table;
  if (targets === undefined) throw new GradusError("bad-data", `${file}: expected a column to predict.`, { file });
  return {
    inputs,
    inputShape: [featureNames.length],
    targets,
    featureNames,
    ...(classes === undefined ? {} : { classes }),
    ...(classNames === undefined ? {} : { classNames }),
  };
}
