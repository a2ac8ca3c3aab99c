import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import type { LoweredKernel } from "./lowered.ts";
import { sumTile } from "./register-tile.ts";
import { stripRanges } from "./strip-set.ts";
import { InputTransform } from "./winograd-input.ts";
import type { WinogradWeightPlan } from "./winograd-plan.ts";
import { oddLines } from "./winograd-planes.ts";
import { eachTile } from "./winograd-tiles.ts";
import { PLANES, TILE_OUTPUTS, TRANSFORMED, transformGradient, transformSums } from "./winograd-transform.ts";

/** Tiles that one turn of the inner loop handles. */
const TILES_PER_TURN = 4;

/** Writes a convolution's weight gradient by Winograd's algorithm, the transpose of the one forwards:
 *    dg = G^T [sum over tiles of (B^T d B) * (A dY A^T)] G
 *  For each of 16 planes, the sums are a product (C, tiles) (tiles, O). Each part of the batch has separate sums, which are added
 *  afterwards in a fixed order. */
export function lowerWinogradWeight(plan: WinogradWeightPlan, target: Target, name: string): LoweredKernel {
  return new WinogradWeightLowering(plan, target, name).lower();
}

class WinogradWeightLowering {
  readonly #plan: WinogradWeightPlan;
  readonly #b: FunctionBuilder;
  readonly #lanes: number;
  /** columns of a strip of the register tile */
  readonly #width: number;
  /** bytes from one plane to the next: transformed inputs, transformed gradients, sums */
  readonly #inputPlane: number;
  readonly #gradientPlane: number;
  readonly #sumPlane: number;

  constructor(plan: WinogradWeightPlan, target: Target, name: string) {
    const { geometry, block, tile } = plan;
    const { units } = geometry;
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
    this.#lanes = target.lanes;
    this.#width = tile.vectors * target.lanes;
    this.#inputPlane = oddLines(block.capacity * plan.chunk * 4);
    // room to read a full vector past the end
    this.#gradientPlane = oddLines(block.capacity * units * 4 + 64);
    this.#sumPlane = oddLines(plan.chunk * units * 4 + 64);
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { geometry, input, block, parts, chunk } = this.#plan;
    const { batch, rows, columns, channels, outputRows, outputColumns, units } = geometry;
    const [x, g, result] = [b.parameter(), b.parameter(), b.parameter()];
    const [scratch, stride] = [b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const sums = b.indexAdd(scratch, b.indexMul(thread, stride));
    const tile = b.indexAdd(sums, PLANES * this.#sumPlane);
    const inputs = b.indexAdd(tile, input.bytes);
    const gradients = b.indexAdd(inputs, PLANES * this.#inputPlane);
    const transform = new InputTransform(b, geometry, input, block, this.#inputPlane, chunk);
    const samples = Math.ceil(batch / parts);
    const perImage = block.tileRows * block.tileColumns;

    const accumulate = (channel: Index, image: Index, images: Index, tileRow: Index, tileRows: Index): void => {
      b.loop(0, images, 1, (k) => {
        const number = b.indexAdd(image, k);
        const place = b.indexMul(k, perImage);
        const source = b.indexAdd(x, b.indexMul(number, rows * columns * channels * 4));
        const to = b.indexAdd(inputs, b.indexMul(place, chunk * 4));
        transform.rows(source, tileRow, tileRows, tile, to, channel);
        const row = b.indexAdd(b.indexMul(number, outputRows), b.indexMul(tileRow, TILE_OUTPUTS));
        const from = b.indexAdd(g, b.indexMul(row, outputColumns * units * 4));
        const own = b.indexAdd(gradients, b.indexMul(place, units * 4));
        const rowsOfTiles = { first: tileRow, count: tileRows, image: from, own, ownBytes: units * 4 };
        eachTile(b, geometry, block, rowsOfTiles, (outputs, target, height, breadth) =>
          this.#gradientsOf(outputs, target, height, breadth),
        );
      });
      const inRows = b.indexMul(tileRows, block.tileColumns);
      this.#planes(inputs, gradients, sums, block.images > 1 ? b.indexMul(images, perImage) : inRows);
    };

    const chunks = channels / chunk;
    b.loop(begin, end, 1, (item) => {
      const part = b.indexDiv(item, chunks);
      const channel = b.indexMul(b.indexSub(item, b.indexMul(part, chunks)), chunk);
      this.#clear(sums);
      const first = b.indexMin(b.indexMul(part, samples), batch);
      const last = b.indexMin(b.indexAdd(first, samples), batch);
      b.loop(first, last, block.images, (image) => {
        if (block.images > 1) {
          accumulate(channel, image, b.indexMin(b.indexSub(last, image), block.images), 0, block.tileRows);
          return;
        }
        b.loop(0, block.tileRows, block.rows, (row) => {
          const isWhole = block.tileRows % block.rows === 0;
          accumulate(
            channel,
            image,
            1,
            row,
            isWhole ? block.rows : b.indexMin(b.indexSub(block.tileRows, row), block.rows),
          );
        });
      });
      const own = b.indexAdd(b.indexMul(part, 9 * channels * units * 4), b.indexMul(channel, units * 4));
      this.#finish(sums, b.indexAdd(result, own));
    });
    const scratchBytes = PLANES * (this.#sumPlane + this.#inputPlane + this.#gradientPlane) + input.bytes;
    return { code: b.finish(), items: parts * chunks, grain: 1, scratchBytes };
  }

  #clear(sums: Index): void {
    const b = this.#b;
    const to = b.indexVariable(sums);
    b.loop(0, (PLANES * this.#sumPlane) / (this.#lanes * 4), 1, () => {
      b.store(b.constant(0), to);
      b.indexAddInto(to, this.#lanes * 4);
    });
  }

  /** A dY A^T for one tile; what is outside the gradient is 0. */
  #gradientsOf(source: Register, target: Register, rows: number, columns: number): void {
    const b = this.#b;
    const { outputColumns, units } = this.#plan.geometry;
    const vector = (from: Register, to: Register, lanes: number): void =>
      transformGradient(
        b,
        (row, column) =>
          row < rows && column < columns ? b.load(from, (row * outputColumns + column) * units * 4) : undefined,
        (row, column, value) => b.store(value, to, (row * TRANSFORMED + column) * this.#gradientPlane, lanes),
      );
    const whole = Math.floor(units / this.#lanes);
    const [from, to] = [b.indexVariable(source), b.indexVariable(target)];
    b.loop(0, whole, 1, () => {
      vector(from, to, this.#lanes);
      b.indexAddInto(from, this.#lanes * 4);
      b.indexAddInto(to, this.#lanes * 4);
    });
    if (units > whole * this.#lanes) vector(from, to, units - whole * this.#lanes);
  }

  /** Adds the products of a block's tiles to the sums of all planes. */
  #planes(inputs: Index, gradients: Index, sums: Index, tiles: Index): void {
    const b = this.#b;
    const { tile, chunk } = this.#plan;
    const { units } = this.#plan.geometry;
    const [plane, gradient, sum] = [inputs, gradients, sums].map((start) => b.indexVariable(start)) as [
      Register,
      Register,
      Register,
    ];
    b.loop(0, PLANES, 1, () => {
      for (const { first, last, width } of stripRanges(units, this.#width)) {
        b.loop(first, last, 1, (strip) => {
          const column = b.indexMul(strip, this.#width * 4);
          const d = b.indexAdd(gradient, column);
          const a = b.indexVariable(plane);
          const target = b.indexVariable(b.indexAdd(sum, column));
          const turns = (from: number, to: number, count: number): void =>
            b.loop(from, to, count, () => {
              this.#tileSums(a, d, target, tiles, count, width);
              b.indexAddInto(a, count * 4);
              b.indexAddInto(target, count * units * 4);
            });
          const whole = Math.floor(chunk / tile.broadcasts) * tile.broadcasts;
          turns(0, whole, tile.broadcasts);
          turns(whole, chunk, chunk - whole || 1);
        });
      }
      b.indexAddInto(plane, this.#inputPlane);
      b.indexAddInto(gradient, this.#gradientPlane);
      b.indexAddInto(sum, this.#sumPlane);
    });
  }

  /** One register tile over all tiles of a block: neighbouring channels by vectors of output channels. */
  #tileSums(source: Index, gradient: Index, target: Index, tiles: Index, count: number, width: number): void {
    const b = this.#b;
    const { chunk } = this.#plan;
    const { units } = this.#plan.geometry;
    const each = sumTile(
      b,
      {
        rows: count,
        columns: width,
        depth: tiles,
        left: { address: source, row: 4, k: chunk * 4 },
        right: { address: gradient, k: units * 4 },
      },
      { unroll: this.#lanes <= 4 ? 1 : TILES_PER_TURN },
    );
    each((sum, channel, v, lanes) => {
      const place = (channel * units + v * this.#lanes) * 4;
      b.store(b.add(b.load(target, place), sum), target, place, lanes);
    });
  }

  /** G^T u G for all channels of an item. */
  #finish(sums: Index, result: Index): void {
    const b = this.#b;
    const { channels, units } = this.#plan.geometry;
    const tap = channels * units * 4;
    const [from, to] = [b.indexVariable(sums), b.indexVariable(result)];
    const vector = (lanes: number): void =>
      transformSums(
        b,
        (row, column) => b.load(from, (row * TRANSFORMED + column) * this.#sumPlane),
        (row, column, value) => b.store(value, to, (row * 3 + column) * tap, lanes),
      );
    const elements = this.#plan.chunk * units;
    const whole = Math.floor(elements / this.#lanes);
    b.loop(0, whole, 1, () => {
      vector(this.#lanes);
      b.indexAddInto(from, this.#lanes * 4);
      b.indexAddInto(to, this.#lanes * 4);
    });
    if (elements > whole * this.#lanes) vector(elements - whole * this.#lanes);
  }
}
