import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { imageEpilogue } from "./conv-epilogue.ts";
import { fillInputTile } from "./conv-input.ts";
import type { ConvPlan } from "./conv-plan.ts";
import type { LoweredKernel } from "./lowered.ts";
import { packPanel } from "./pack.ts";
import { stripRanges } from "./strip-set.ts";

/** The number of multiply-adds from which an item is worth another thread. */
const WORK_PER_GRAIN = 32768;

/** Windows of no more elements than this are written out without a loop. */
const MOST_UNROLLED = 32;

/** Weights of more bytes than this are read where they lie: packed, they would fill the caches as well. */
const MOST_PACKED_BYTES = 2 ** 20;

/** Writes a convolution as a matrix product whose factor is never laid out: rows are output positions, columns are output channels, sums
 *  run over the window. A tile of the padded input lies in the thread's own memory, where the elements of all windows are at fixed
 *  distances, so that a register tile broadcasts them from there. */
export function lowerConv(plan: ConvPlan, target: Target, name: string): LoweredKernel {
  return new ConvLowering(plan, target, name).lower();
}

class ConvLowering {
  readonly #plan: ConvPlan;
  readonly #b: FunctionBuilder;
  readonly #lanes: number;
  /** columns of a strip, strips, elements of a window */
  readonly #width: number;
  readonly #strips: number;
  readonly #depth: number;
  readonly #isPacked: boolean;

  constructor(plan: ConvPlan, target: Target, name: string) {
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
    this.#lanes = target.lanes;
    this.#width = plan.tile.vectors * target.lanes;
    this.#strips = Math.ceil(plan.geometry.units / this.#width);
    this.#depth = plan.runs.length * plan.runs.starts.length;
    this.#isPacked = this.#strips > 1 && this.#packedBytes <= MOST_PACKED_BYTES;
  }

  get #packedBytes(): number {
    return this.#strips * this.#width * this.#depth * 4;
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { geometry, input } = this.#plan;
    const { batch, rows, columns, channels, outputRows, outputColumns, units } = geometry;
    const [x, w, y] = [b.parameter(), b.parameter(), b.parameter()];
    const beside = this.#plan.arrays.slice(3).map((array) => [array, b.parameter()] as const);
    const [scratch, stride] = [b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const tile = b.indexAdd(scratch, b.indexMul(thread, stride));
    const packed = b.indexAdd(tile, input.bytes);
    if (this.#isPacked) this.#packWeights(w, packed);
    const outputs = (image: Index, outputRow: Index): void => {
      const from = b.indexAdd(x, b.indexMul(image, rows * columns * channels * 4));
      fillInputTile(b, geometry, input, from, outputRow, tile);
      const count = b.indexMin(b.indexSub(outputRows, outputRow), input.outputRows);
      const position = b.indexAdd(b.indexMul(image, outputRows), outputRow);
      const result = b.indexAdd(y, b.indexMul(position, outputColumns * units * 4));
      this.#outputs(tile, this.#isPacked ? packed : w, result, count);
    };
    const finish = imageEpilogue(this.#plan, b, y, new Map(beside));
    // with an epilogue an item is a whole image, otherwise the outputs of one tile
    const perImage = finish ? 1 : input.count;
    b.loop(begin, end, 1, (item) => {
      const image = b.indexDiv(item, perImage);
      if (finish) {
        b.loop(0, outputRows, input.outputRows, (outputRow) => outputs(image, outputRow));
        finish(image);
      } else {
        const block = b.indexSub(item, b.indexMul(image, perImage));
        outputs(image, b.indexMul(block, input.outputRows));
      }
    });
    const items = batch * perImage;
    const work = (outputRows / perImage) * outputColumns * units * this.#depth;
    return {
      code: b.finish(),
      items,
      grain: Math.max(1, Math.ceil(WORK_PER_GRAIN / work)),
      scratchBytes: input.bytes + (this.#isPacked ? this.#packedBytes + 64 : 0),
    };
  }

  /** Strips of the weights' columns one after the other, the vectors of each window element adjacent. */
  #packWeights(w: Index, packed: Index): void {
    const { units } = this.#plan.geometry;
    for (let strip = 0; strip < this.#strips; strip++) {
      const width = Math.min(this.#width, units - strip * this.#width);
      const source = { address: b4(this.#b, w, strip * this.#width), outerStride: 4, innerStride: units * 4, width };
      packPanel(this.#b, source, b4(this.#b, packed, strip * this.#width * this.#depth), this.#width, this.#depth);
    }
  }

  /** All output positions of a tile: strips of channels, rows, register tiles of columns. */
  #outputs(tile: Index, weights: Index, result: Index, rowCount: Index): void {
    const b = this.#b;
    const { geometry, input, tile: registers } = this.#plan;
    const { outputColumns, units, rowStride, columnStride, channels } = geometry;
    for (const { first, last, width } of stripRanges(units, this.#width)) {
      b.loop(first, last, 1, (strip) => {
        const panelBytes = (this.#isPacked ? this.#depth : 1) * this.#width * 4;
        const panel = b.indexAdd(weights, b.indexMul(strip, panelBytes));
        const column = b.indexAdd(result, b.indexMul(strip, this.#width * 4));
        b.loop(0, rowCount, 1, (row) => {
          const source = b.indexVariable(b.indexAdd(tile, b.indexMul(row, rowStride * input.pitch * 4)));
          const target = b.indexVariable(b.indexAdd(column, b.indexMul(row, outputColumns * units * 4)));
          const { broadcasts } = registers;
          const turns = (from: number, to: number, count: number): void =>
            b.loop(from, to, count, () => {
              this.#tileProduct(source, panel, target, count, width);
              b.indexAddInto(source, count * columnStride * channels * 4);
              b.indexAddInto(target, count * units * 4);
            });
          const whole = Math.floor(outputColumns / broadcasts) * broadcasts;
          turns(0, whole, broadcasts);
          turns(whole, outputColumns, outputColumns - whole || 1);
        });
      });
    }
  }

  /** The outputs of `count` neighbouring positions for the channels of a strip. Their sums stay in registers from first to last. */
  #tileProduct(source: Index, panel: Index, target: Index, count: number, width: number): void {
    const b = this.#b;
    const { geometry, runs } = this.#plan;
    const vectors = Math.ceil(width / this.#lanes);
    const step = geometry.columnStride * geometry.channels * 4;
    const rowBytes = (this.#isPacked ? this.#width : geometry.units) * 4;
    const sums = Array.from({ length: count }, () => Array.from({ length: vectors }, () => b.variable(0)));
    const d = b.indexVariable(panel);
    const turn = (a: Index, aOffset: number, dOffset: number): void => {
      const columns = Array.from({ length: vectors }, (_, v) => b.load(d, dOffset + v * this.#lanes * 4));
      sums.forEach((line, position) => {
        const factor = b.loadSplat(a, aOffset + position * step);
        line.forEach((sum, v) => {
          b.multiplyAddInto(sum, factor, columns[v] as Register);
        });
      });
    };
    if (this.#depth <= MOST_UNROLLED) {
      runs.starts.forEach((start, run) => {
        for (let k = 0; k < runs.length; k++) turn(source, (start + k) * 4, (run * runs.length + k) * rowBytes);
      });
    } else {
      const unroll = unrollFor(runs.length, this.#lanes);
      const run = (a: Register): void => {
        b.loop(0, runs.length, unroll, () => {
          for (let k = 0; k < unroll; k++) turn(a, k * 4, k * rowBytes);
          b.indexAddInto(a, unroll * 4);
          b.indexAddInto(d, unroll * rowBytes);
        });
      };
      eachRun(b, source, runs.starts, run);
    }
    sums.forEach((line, position) => {
      line.forEach((sum, v) => {
        const lanes = Math.min(this.#lanes, width - v * this.#lanes);
        b.store(sum, target, position * geometry.units * 4 + v * this.#lanes * 4, lanes);
      });
    });
  }
}

function b4(b: FunctionBuilder, base: Index, elements: number): Index {
  return b.indexAdd(base, elements * 4);
}

/** Elements that one turn handles: a divisor of the run, so that there is no rest. wasm's compiler spills unrolled code. */
export function unrollFor(length: number, lanes: number): number {
  if (lanes <= 4) return 1;
  return [4, 3, 2].find((count) => length % count === 0) ?? 1;
}

/** Runs `body` with a pointer to the beginning of each run: in a loop if the runs are equally far apart, as they are within a row of the
 *  window and from row to row. */
function eachRun(b: FunctionBuilder, source: Index, starts: readonly number[], body: (a: Register) => void): void {
  const apart = starts.length > 1 ? (starts[1] as number) - (starts[0] as number) : 0;
  const isEven = starts.every((start, run) => start === (starts[0] as number) + run * apart);
  if (!isEven) {
    for (const start of starts) body(b.indexVariable(b4(b, source, start)));
    return;
  }
  const next = b.indexVariable(b4(b, source, starts[0] as number));
  b.loop(0, starts.length, 1, () => {
    body(b.indexVariable(next));
    b.indexAddInto(next, apart * 4);
  });
}
