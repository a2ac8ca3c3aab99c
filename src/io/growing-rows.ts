/** Numbers of the first block; each later one is twice as large, up to the largest. */
const FIRST_BLOCK = 2 ** 12;
const LARGEST_BLOCK = 2 ** 22;

/** Any number of rows of float32 numbers. They grow in blocks. `finish` copies each block once and releases it immediately: at most twice
 *  the memory of the numbers. */
export class GrowingRows {
  readonly #width: number;
  #full: Float32Array[] = [];
  #block: Float32Array;
  /** Numbers used in the current block. */
  #used = 0;
  #length = 0;

  constructor(width: number) {
    this.#width = width;
    this.#block = new Float32Array(this.#rounded(FIRST_BLOCK));
  }

  /** Number of kept rows. */
  get length(): number {
    return this.#length;
  }

  /** Where to write the next row; `keep` adds it. */
  next(): { readonly data: Float32Array; readonly start: number } {
    if (this.#used === this.#block.length) {
      this.#full.push(this.#block);
      this.#block = new Float32Array(this.#rounded(Math.min(2 * this.#block.length, LARGEST_BLOCK)));
      this.#used = 0;
    }
    return { data: this.#block, start: this.#used };
  }

  keep(): void {
    this.#used += this.#width;
    this.#length++;
  }

  /** All rows in one array. No rows can be added afterwards. */
  finish(): Float32Array {
    const rows = new Float32Array(this.#length * this.#width);
    let start = 0;
    for (let block = this.#full.shift(); block !== undefined; block = this.#full.shift()) {
      rows.set(block, start);
      start += block.length;
    }
    rows.set(this.#block.subarray(0, this.#used), start);
    this.#block = new Float32Array(0);
    return rows;
  }

  /** The size rounded down to whole rows, at least one. */
  #rounded(size: number): number {
    return Math.max(1, Math.floor(size / this.#width)) * this.#width;
  }
}
