const FIRST_ROWS = 16;

/** How far columns have to grow, as far as it is known. */
export interface Outlook {
  /** The size of the file, divided by that of the part that was read. */
  factor: number;
}

const NONE: Outlook = { factor: 1 };

/** Steps and times of the values of one tag, in the order of writing. The first `length` rows of the arrays count. */
export abstract class Column {
  steps = new Float64Array(FIRST_ROWS);
  /** Milliseconds since 1970. */
  times = new Float64Array(FIRST_ROWS);
  length = 0;
  /** Whether every step is greater than the one before. */
  isAscending = true;
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;
  readonly #outlook: Outlook;

  constructor(outlook: Outlook = NONE) {
    this.#outlook = outlook;
  }

  /** Appends a row of another column of the same kind. */
  abstract pushFrom(other: this, row: number): void;
  /** An empty column of the same kind. */
  abstract emptied(): this;

  /** Begins a row; the value is the subclass's business. */
  protected begin(step: number, time: number): number {
    const row = this.length;
    if (row === this.steps.length) this.grow(Math.ceil(row * Math.max(2, 1.05 * this.#outlook.factor)));
    this.steps[row] = step;
    this.times[row] = time;
    if (step <= this.most) this.isAscending = false;
    else this.most = step;
    if (step < this.least) this.least = step;
    this.length = row + 1;
    return row;
  }

  protected grow(rows: number): void {
    this.steps = grown(this.steps, rows);
    this.times = grown(this.times, rows);
  }
}

/** Numbers. NaN and infinity stay what they are. */
export class ScalarColumn extends Column {
  values = new Float64Array(FIRST_ROWS);

  push(step: number, time: number, value: number): void {
    const row = this.begin(step, time);
    this.values[row] = value;
  }

  override pushFrom(other: this, row: number): void {
    this.push(other.steps[row] as number, other.times[row] as number, other.values[row] as number);
  }

  override emptied(): this {
    return new ScalarColumn() as this;
  }

  protected override grow(rows: number): void {
    super.grow(rows);
    this.values = grown(this.values, rows);
  }
}

/** Values of any other kind, such as histograms. */
export class ListColumn<Value> extends Column {
  readonly values: Value[] = [];

  push(step: number, time: number, value: Value): void {
    this.begin(step, time);
    this.values.push(value);
  }

  override pushFrom(other: this, row: number): void {
    this.push(other.steps[row] as number, other.times[row] as number, other.values[row] as Value);
  }

  override emptied(): this {
    return new ListColumn<Value>() as this;
  }
}

function grown(array: Float64Array<ArrayBuffer>, rows: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(rows);
  larger.set(array);
  return larger;
}
