import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Target } from "../../codegen/program.ts";
import { unrollFor } from "./conv.ts";
import { imageEpilogue } from "./conv-epilogue.ts";
import type { LoweredKernel } from "./lowered.ts";
import { sumTile } from "./register-tile.ts";
import { stripRanges } from "./strip-set.ts";
import { InputTransform } from "./winograd-input.ts";
import { type WinogradPlan, weightPlaneBytes } from "./winograd-plan.ts";
import { oddLines } from "./winograd-planes.ts";
import { eachTile } from "./winograd-tiles.ts";
import { PLANES, TILE_OUTPUTS, TRANSFORMED, transformOutput } from "./winograd-transform.ts";

/** The number of multiply-adds from which an item is worth another thread. */
const WORK_PER_GRAIN = 32768;

/** Sums of no more terms than this are written out without a loop. */
const MOST_UNROLLED = 32;

/** Writes a convolution by Winograd's algorithm. For a block of tiles, in the thread's own memory: the inputs are transformed, one plane
 *  for each of 16 positions of a tile, (tiles, C); each plane is multiplied by its weights, (C, O); the products are transformed to
 *  outputs, strip by strip of O. */
export function lowerWinograd(plan: WinogradPlan, target: Target, name: string): LoweredKernel {
  return new WinogradLowering(plan, target, name).lower();
}

class WinogradLowering {
  readonly #plan: WinogradPlan;
  readonly #b: FunctionBuilder;
  readonly #lanes: number;
  /** columns of a strip */
  readonly #width: number;
  /** bytes from one plane to the next: transformed inputs, products, weights */
  readonly #inputPlane: number;
  readonly #productPlane: number;
  readonly #weightPlane: number;

  constructor(plan: WinogradPlan, target: Target, name: string) {
    const { geometry, block, tile } = plan;
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
    this.#lanes = target.lanes;
    this.#width = tile.vectors * target.lanes;
    this.#inputPlane = oddLines(block.capacity * geometry.channels * 4);
    this.#productPlane = oddLines(block.capacity * this.#width * 4);
    this.#weightPlane = weightPlaneBytes(geometry.channels, this.#width);
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { geometry, input, block, arrays } = this.#plan;
    const { batch, rows, columns, channels, outputRows, outputColumns, units } = geometry;
    const [x, w, y] = [b.parameter(), b.parameter(), b.parameter()];
    const beside = arrays.slice(3).map((array) => [array, b.parameter()] as const);
    const [scratch, stride] = [b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const tile = b.indexAdd(scratch, b.indexMul(thread, stride));
    const inputs = b.indexAdd(tile, input.bytes);
    const products = b.indexAdd(inputs, PLANES * this.#inputPlane);
    const finish = imageEpilogue(this.#plan, b, y, new Map(beside));
    const transform = new InputTransform(b, geometry, input, block, this.#inputPlane, channels);

    const outputs = (image: Index, images: Index, tileRow: Index, tileRows: Index): void => {
      b.loop(0, images, 1, (k) => {
        const source = b.indexAdd(x, b.indexMul(b.indexAdd(image, k), rows * columns * channels * 4));
        const place = b.indexMul(k, block.rows * block.tileColumns * channels * 4);
        transform.rows(source, tileRow, tileRows, tile, b.indexAdd(inputs, place));
      });
      const perImage = b.indexMul(tileRows, block.tileColumns);
      const tiles = block.images > 1 ? b.indexMul(images, block.tileRows * block.tileColumns) : perImage;
      const position = b.indexMul(image, outputRows);
      const row = b.indexAdd(position, b.indexMul(tileRow, TILE_OUTPUTS));
      const result = b.indexAdd(y, b.indexMul(row, outputColumns * units * 4));
      this.#strips(inputs, w, products, tiles, (address, width) => {
        b.loop(0, images, 1, (k) => {
          const from = b.indexAdd(products, b.indexMul(k, block.rows * block.tileColumns * this.#width * 4));
          const to = b.indexAdd(b.indexAdd(result, address), b.indexMul(k, outputRows * outputColumns * units * 4));
          const rowsOfTiles = { first: tileRow, count: tileRows, image: to, own: from, ownBytes: this.#width * 4 };
          eachTile(b, geometry, block, rowsOfTiles, (place, sums, height, breadth) =>
            this.#outputsOf(sums, place, width, height, breadth),
          );
        });
      });
    };

    const { images, rows: blockRows, tileRows } = block;
    const blocks = Math.ceil(tileRows / blockRows);
    // with an epilogue an item is whole images, otherwise a block
    const perImage = finish || images > 1 ? 1 : blocks;
    const eachBlock = (image: Index, from: Index, to: Index): void =>
      b.loop(from, to, blockRows, (row) => {
        const count = tileRows % blockRows === 0 ? blockRows : b.indexMin(b.indexSub(tileRows, row), blockRows);
        outputs(image, 1, row, count);
      });
    b.loop(begin, end, 1, (item) => {
      if (images > 1) {
        const first = b.indexMul(item, images);
        const count = batch % images === 0 ? images : b.indexMin(b.indexSub(batch, first), images);
        outputs(first, count, 0, tileRows);
        if (finish) b.loop(0, count, 1, (k) => finish(b.indexAdd(first, k)));
      } else if (perImage === 1) {
        eachBlock(item, 0, tileRows);
        finish?.(item);
      } else {
        const image = b.indexDiv(item, blocks);
        const first = b.indexMul(b.indexSub(item, b.indexMul(image, blocks)), blockRows);
        eachBlock(image, first, b.indexMin(b.indexAdd(first, blockRows), tileRows));
      }
    });
    const items = Math.ceil(batch / images) * perImage;
    const work = (outputRows * outputColumns * units * channels * 9 * batch) / items;
    return {
      code: b.finish(),
      items,
      grain: Math.max(1, Math.ceil(WORK_PER_GRAIN / work)),
      scratchBytes: input.bytes + PLANES * (this.#inputPlane + this.#productPlane),
    };
  }

  /** Multiplies all planes, strip by strip; `finish` gets the distance of a strip's outputs from the first one, and its width. */
  #strips(
    inputs: Index,
    weights: Index,
    products: Index,
    tiles: Index,
    finish: (address: Index, width: number) => void,
  ): void {
    const b = this.#b;
    const { geometry, tile } = this.#plan;
    for (const { first, last, width } of stripRanges(geometry.units, this.#width)) {
      b.loop(first, last, 1, (strip) => {
        const panel = b.indexVariable(b.indexAdd(weights, b.indexMul(strip, PLANES * this.#weightPlane)));
        const source = b.indexVariable(inputs);
        const target = b.indexVariable(products);
        b.loop(0, PLANES, 1, () => {
          const a = b.indexVariable(source);
          const to = b.indexVariable(target);
          b.loop(0, tiles, tile.broadcasts, () => {
            this.#tileProduct(a, panel, to, Math.ceil(width / this.#lanes));
            b.indexAddInto(a, tile.broadcasts * geometry.channels * 4);
            b.indexAddInto(to, tile.broadcasts * this.#width * 4);
          });
          b.indexAddInto(panel, this.#weightPlane);
          b.indexAddInto(source, this.#inputPlane);
          b.indexAddInto(target, this.#productPlane);
        });
        finish(b.indexMul(strip, this.#width * 4), width);
      });
    }
  }

  /** One register tile of a plane: neighbouring tiles by vectors of output channels, summed over the input channels. */
  #tileProduct(source: Index, panel: Index, target: Index, vectors: number): void {
    const b = this.#b;
    const { geometry, tile } = this.#plan;
    const { channels } = geometry;
    // wasm's compiler spills unrolled code
    const isShort = channels <= MOST_UNROLLED && this.#lanes > 4;
    const each = sumTile(
      b,
      {
        rows: tile.broadcasts,
        columns: vectors * this.#lanes,
        depth: channels,
        left: { address: source, row: channels * 4, k: 4 },
        right: { address: panel, k: this.#width * 4 },
      },
      { unroll: isShort ? channels : unrollFor(channels, this.#lanes) },
    );
    each((sum, place, v) => b.store(sum, target, (place * this.#width + v * this.#lanes) * 4));
  }

  /** The outputs of one tile, without those outside the result. */
  #outputsOf(products: Index, target: Index, width: number, rows: number, columns: number): void {
    const b = this.#b;
    const { outputColumns, units } = this.#plan.geometry;
    for (let start = 0; start < width; start += this.#lanes) {
      const lanes = Math.min(this.#lanes, width - start);
      transformOutput(
        b,
        (row, column) => b.load(products, (row * TRANSFORMED + column) * this.#productPlane + start * 4),
        (row, column, value) => {
          if (row >= rows || column >= columns) return;
          b.store(value, target, (row * outputColumns + column) * units * 4 + start * 4, lanes);
        },
      );
    }
  }
}
