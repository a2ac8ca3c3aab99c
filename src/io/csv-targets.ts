import { GradusError } from "../core/errors.ts";
import { nearestName, suggestion } from "../core/suggest.ts";
import { type CellRules, isGap, shownCell, toNumber } from "./csv-cells.ts";

/** Location of the targets and how to interpret them. */
export interface TargetOptions {
  readonly file: string;
  readonly column: number;
  readonly name: string;
  readonly rules: CellRules;
  readonly task?: "classification" | "regression" | undefined;
  readonly classNames?: readonly string[] | undefined;
}

/** The target column as float32 values, or as class indices. */
export interface Targets {
  readonly targets: Float32Array | Int32Array;
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

/** Beyond this number of distinct spellings, numbers are kept without their spelling. */
const MOST_SPELLINGS = 65_536;

/** The target column, cell by cell. If the task is not given, only the whole column decides whether it holds classes or values. */
export class TargetColumn {
  readonly #options: TargetOptions;
  /** NaN if the cell is not a number. */
  #numbers = new Float64Array(1024);
  /** Index of the cell's spelling. */
  #codes = new Int32Array(1024);
  #length = 0;
  #spellings: Map<string, number> | undefined = new Map();
  #isNumeric = true;
  readonly #given: ReadonlyMap<string, number> | undefined;
  readonly #givenNumbers: ReadonlyMap<number, number>;

  constructor(options: TargetOptions) {
    this.#options = options;
    const named = options.classNames?.map((name, index) => [name, index] as const);
    this.#given = named && new Map(named);
    this.#givenNumbers = new Map(named?.map(([name, index]) => [toNumber(name, options.rules), index]));
  }

  /** Whether the cell stands for a missing value and not for a class. */
  isGap(cell: string): boolean {
    return isGap(cell, this.#options.rules) && this.#given?.has(cell) !== true;
  }

  /** @throws GradusError `bad-data` for a missing target, `not-finite` for a number beyond float32, `label-out-of-range` for an
   *  unknown class; each with `{ file, line, row, column, name, value }`. */
  add(cell: string, line: number): void {
    const { rules, task } = this.#options;
    const number = toNumber(cell, rules);
    if (this.isGap(cell)) {
      const remedy =
        cell === "" ? "" : ` If ${shownCell(cell)} is a class, give all classes as classNames, or missingValues: [].`;
      throw this.#failure("bad-data", `the target is missing.${remedy}`, cell, line);
    }
    const isClass = this.#given !== undefined && task !== "regression";
    if (isClass) {
      this.#append(this.#indexOf(cell, number, line), number);
      return;
    }
    if (task === "regression") {
      if (Number.isNaN(number))
        throw this.#failure("bad-data", `the target ${shownCell(cell)} is not a number.`, cell, line);
      this.#requireFloat32(number, cell, line);
      this.#append(0, number);
      return;
    }
    if (Number.isNaN(number)) this.#isNumeric = false;
    else if (this.#isNumeric && task === undefined) this.#requireFloat32(number, cell, line);
    this.#append(this.#spellingOf(cell, line), number);
  }

  finish(): Targets {
    const { task, classNames } = this.#options;
    const numbers = this.#numbers.subarray(0, this.#length);
    const codes = this.#codes.subarray(0, this.#length);
    if (task !== "regression" && classNames !== undefined)
      return { targets: codes.slice(), classes: classNames.length, classNames };
    const highest = this.#isNumeric && task !== "regression" ? highestIndex(numbers) : undefined;
    const isClassification = task === "classification" || !this.#isNumeric || (highest !== undefined && highest > 0);
    if (task === "regression" || !isClassification) return { targets: Float32Array.from(numbers) };
    if (highest !== undefined) return { targets: Int32Array.from(numbers), classes: highest + 1 };
    const isExact = this.#isNumeric && numbers.every((value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER);
    return isExact || this.#spellings === undefined ? numberClasses(numbers) : textClasses(codes, this.#spellings);
  }

  #indexOf(cell: string, number: number, line: number): number {
    const index = this.#given?.get(cell) ?? (Number.isNaN(number) ? undefined : this.#givenNumbers.get(number));
    if (index !== undefined) return index;
    const known = this.#options.classNames ?? [];
    throw this.#failure(
      "label-out-of-range",
      `${shownCell(cell)} is not one of the ${known.length} classes.${suggestion(cell, known)}`,
      cell,
      line,
      { suggestion: nearestName(cell, known) },
    );
  }

  #spellingOf(cell: string, line: number): number {
    const known = this.#spellings?.get(cell);
    if (known !== undefined) return known;
    if (this.#spellings !== undefined && this.#isNumeric && this.#spellings.size === MOST_SPELLINGS)
      this.#spellings = undefined;
    if (this.#spellings === undefined) {
      if (this.#isNumeric) return 0;
      throw this.#failure(
        "bad-data",
        `the target ${shownCell(cell)} is not a number, but all targets before it are.`,
        cell,
        line,
      );
    }
    const code = this.#spellings.size;
    this.#spellings.set(cell, code);
    return code;
  }

  #requireFloat32(number: number, cell: string, line: number): void {
    if (Number.isFinite(Math.fround(number))) return;
    throw this.#failure(
      "not-finite",
      `the target ${shownCell(cell)} is beyond the range of float32 (3.4e38). Use another unit.`,
      cell,
      line,
    );
  }

  #append(code: number, number: number): void {
    if (this.#length === this.#numbers.length) {
      this.#numbers = doubled(this.#numbers, new Float64Array(2 * this.#length));
      this.#codes = doubled(this.#codes, new Int32Array(2 * this.#length));
    }
    this.#numbers[this.#length] = number;
    this.#codes[this.#length++] = code;
  }

  #failure(
    code: "bad-data" | "not-finite" | "label-out-of-range",
    what: string,
    value: string,
    line: number,
    more: Readonly<Record<string, unknown>> = {},
  ): GradusError {
    const { file, column, name } = this.#options;
    const values = { file, line, row: this.#length, column: column + 1, name, value, ...more };
    return new GradusError(code, `${file}, line ${line}, column ${column + 1} (${name}): ${what}`, values);
  }
}

function doubled<Values extends Float64Array | Int32Array>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}

/** k - 1 if the values are whole numbers that cover 0 to k - 1; else undefined. */
function highestIndex(values: Float64Array): number | undefined {
  let highest = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value >= values.length) return undefined;
    if (value > highest) highest = value;
  }
  const isThere = new Uint8Array(highest + 1);
  for (const value of values) isThere[value] = 1;
  return isThere.includes(0) ? undefined : highest;
}

/** Classes by number: 1 and 1.0 are the same class. In increasing order. */
function numberClasses(numbers: Float64Array): Targets {
  const distinct = Float64Array.from(new Set(numbers)).sort();
  const indices = new Map(Array.from(distinct, (value, index) => [value, index] as const));
  const classNames = Array.from(distinct, String);
  return {
    targets: Int32Array.from(numbers, (value) => indices.get(value) as number),
    classes: distinct.length,
    classNames,
  };
}

/** Classes by text, in code point order. */
function textClasses(codes: Int32Array, spellings: ReadonlyMap<string, number>): Targets {
  const classNames = [...spellings.keys()].sort((a, b) => (a < b ? -1 : 1));
  const places = new Int32Array(classNames.length);
  classNames.forEach((name, index) => {
    places[spellings.get(name) as number] = index;
  });
  return { targets: codes.map((code) => places[code] as number), classes: classNames.length, classNames };
}
