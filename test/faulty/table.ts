import { readFileSync } from "node:fs";
import { GradusError } from "../../src/core/errors.ts";

/** The CSV file of a case as numbers. Cells that are not numbers are NaN, for the doctor to find. */
export interface Table {
  /** Rows of each part, in the order of the file. */
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** By row: the columns that begin with x, and those that begin with y. */
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
}

/** @throws GradusError `file-not-found`; `bad-data` without columns of inputs and targets, or for a row of another length. */
export function readTable(path: string): Table {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (cause) {
    throw new GradusError(
      "file-not-found",
      `${path}: cannot be read. The case's data.file names it.`,
      { path },
      { cause },
    );
  }
  const [header = "", ...lines] = content.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = header.split(",").map((name) => name.trim());
  const columnsOf = (pattern: RegExp): readonly number[] =>
    [...names.keys()].filter((i) => pattern.test(names[i] ?? ""));
  const [x, y] = [columnsOf(/^x\d+$/), columnsOf(/^y\d+$/)];
  const split = names.indexOf("split");
  requireTable(
    x.length > 0 && y.length > 0,
    path,
    `expected columns x0, … and y0, …, got ${names.slice(0, 8).join(", ")}`,
  );
  requireTable(lines.length > 0, path, "expected rows below the header");
  const rows = lines.map((line, index) => {
    const cells = line.split(",").map((cell) => cell.trim());
    requireTable(
      cells.length === names.length,
      path,
      `line ${index + 2} has ${cells.length} cells, the header has ${names.length}`,
    );
    return cells;
  });
  const numbersOf = (columns: readonly number[]) =>
    rows.map((cells) => columns.map((column) => (cells[column] ? Number(cells[column]) : Number.NaN)));
  const isHeldOut = (row: readonly string[]): boolean => split >= 0 && row[split] === "validation";
  const all = [...rows.keys()];
  const held = all.filter((row) => isHeldOut(rows[row] as readonly string[]));
  const train = all.filter((row) => !isHeldOut(rows[row] as readonly string[]));
  requireTable(train.length > 0, path, "expected rows whose split is train");
  return { train, validation: held.length > 0 ? held : train, inputs: numbersOf(x), targets: numbersOf(y) };
}

function requireTable(condition: boolean, path: string, what: string): asserts condition {
  if (!condition) throw new GradusError("bad-data", `${path}: ${what}.`, { path });
}
