/** One block of memory whose parts are reused: each value takes the lowest offset that is free for its whole life. Placed values are kept
 *  in flat arrays, sorted by offset. Each placement passes over all that lies below it, thousands of values in an unrolled recurrence;
 *  with objects this would be the slowest part of a compilation. */
export class Arena {
  readonly #offsets: Float64Array;
  readonly #ends: Float64Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  #count = 0;
  #bytes = 0;

  /** @param capacity the number of values that will be placed. */
  constructor(capacity: number) {
    this.#offsets = new Float64Array(capacity);
    this.#ends = new Float64Array(capacity);
    this.#from = new Int32Array(capacity);
    this.#to = new Int32Array(capacity);
  }

  /** Size of the whole block, so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Places a value that lives from one time to another, both included. Returns its offset. */
  place(bytes: number, from: number, to: number): number {
    const offset = this.#firstFit(bytes, from, to);
    this.#insert(offset, offset + bytes, from, to);
    this.#bytes = Math.max(this.#bytes, offset + bytes);
    return offset;
  }

  #firstFit(bytes: number, from: number, to: number): number {
    const offsets = this.#offsets;
    const ends = this.#ends;
    const starts = this.#from;
    const stops = this.#to;
    const count = this.#count;
    let offset = 0;
    for (let k = 0; k < count; k++) {
      if ((starts[k] as number) > to || (stops[k] as number) < from) continue;
      if (offset + bytes <= (offsets[k] as number)) break;
      if ((ends[k] as number) > offset) offset = ends[k] as number;
    }
    return offset;
  }

  #insert(offset: number, end: number, from: number, to: number): void {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#offsets[middle] as number) > offset) high = middle;
      else low = middle + 1;
    }
    for (const array of [this.#offsets, this.#ends, this.#from, this.#to]) array.copyWithin(low + 1, low, this.#count);
    this.#offsets[low] = offset;
    this.#ends[low] = end;
    this.#from[low] = from;
    this.#to[low] = to;
    this.#count++;
  }
}
