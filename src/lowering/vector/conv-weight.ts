import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { fillInputTile } from "./conv-input.ts";
import type { ConvWeightPlan } from "./conv-plan.ts";
import type { LoweredKernel } from "./lowered.ts";
import { stripRanges } from "./strip-set.ts";

/** Columns of one row that one turn of the inner loop handles. */
const COLUMNS_PER_TURN = 4;

/** If a window has no more register tiles than this, each is written out with its own distances. */
const MOST_TILES_WRITTEN_OUT = 3;

/** Writes a convolution's weight gradient as a matrix product whose factor is never laid out: rows are the elements of the window,
 *  columns are output channels, sums run over all positions of some images. Each part of the batch has separate sums, which are added
 *  afterwards in a fixed order. */
export function lowerConvWeight(plan: ConvWeightPlan, target: Target, name: string): LoweredKernel {
  return new ConvWeightLowering(plan, target, name).lower();
}

class ConvWeightLowering {
  readonly #plan: ConvWeightPlan;
  readonly #b: FunctionBuilder;
  readonly #lanes: number;
  readonly #width: number;
  readonly #depth: number;

  constructor(plan: ConvWeightPlan, target: Target, name: string) {
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
    this.#lanes = target.lanes;
    this.#width = plan.tile.vectors * target.lanes;
    this.#depth = plan.runs.length * plan.runs.starts.length;
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { geometry, input, parts } = this.#plan;
    const { batch, rows, columns, channels, outputRows, outputColumns, units } = geometry;
    const [x, g, result] = [b.parameter(), b.parameter(), b.parameter()];
    const [scratch, stride] = [b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const tile = b.indexAdd(scratch, b.indexMul(thread, stride));
    const samples = Math.ceil(batch / parts);
    b.loop(begin, end, 1, (part) => {
      const sums = b.indexAdd(result, b.indexMul(part, this.#depth * units * 4));
      this.#clear(sums);
      const first = b.indexMin(b.indexMul(part, samples), batch);
      const last = b.indexMin(b.indexAdd(first, samples), batch);
      b.loop(first, last, 1, (image) => {
        const source = b.indexAdd(x, b.indexMul(image, rows * columns * channels * 4));
        b.loop(0, outputRows, input.outputRows, (outputRow) => {
          fillInputTile(b, geometry, input, source, outputRow, tile);
          const count = b.indexMin(b.indexSub(outputRows, outputRow), input.outputRows);
          const position = b.indexAdd(b.indexMul(image, outputRows), outputRow);
          const gradient = b.indexAdd(g, b.indexMul(position, outputColumns * units * 4));
          this.#accumulate(tile, gradient, sums, count);
        });
      });
    });
    return { code: b.finish(), items: parts, grain: 1, scratchBytes: input.bytes };
  }

  #clear(sums: Index): void {
    const b = this.#b;
    const elements = this.#depth * this.#plan.geometry.units;
    const whole = Math.floor(elements / this.#lanes) * this.#lanes;
    const to = b.indexVariable(sums);
    b.loop(0, whole, this.#lanes, () => {
      b.store(b.constant(0), to);
      b.indexAddInto(to, this.#lanes * 4);
    });
    if (elements > whole) b.store(b.constant(0), to, 0, elements - whole);
  }

  /** Adds the positions of one tile to all sums. */
  #accumulate(tile: Index, gradient: Index, sums: Index, rowCount: Index): void {
    const b = this.#b;
    const { geometry, runs, tile: registers } = this.#plan;
    const { units } = geometry;
    const { broadcasts } = registers;
    for (const { first, last, width } of stripRanges(units, this.#width)) {
      b.loop(first, last, 1, (strip) => {
        const g = b.indexAdd(gradient, b.indexMul(strip, this.#width * 4));
        const target = b.indexAdd(sums, b.indexMul(strip, this.#width * 4));
        if (Math.ceil(this.#depth / this.#plan.mostBroadcasts) <= MOST_TILES_WRITTEN_OUT) {
          this.#writtenOut(tile, g, target, rowCount, width);
          return;
        }
        runs.starts.forEach((start, run) => {
          const turns = (from: number, to: number, count: number): void => {
            const source = b.indexVariable(b.indexAdd(tile, (start + from) * 4));
            const goal = b.indexVariable(b.indexAdd(target, (run * runs.length + from) * units * 4));
            b.loop(from, to, count, () => {
              const distances = Array.from({ length: count }, (_, k) => k * 4);
              this.#tileSums(source, g, goal, rowCount, width, distances);
              b.indexAddInto(source, count * 4);
              b.indexAddInto(goal, count * units * 4);
            });
          };
          const whole = Math.floor(runs.length / broadcasts) * broadcasts;
          turns(0, whole, broadcasts);
          turns(whole, runs.length, runs.length - whole || 1);
        });
      });
    }
  }

  /** Few elements per window: they are distributed over tiles of equal size, wherever they lie. */
  #writtenOut(tile: Index, g: Index, target: Index, rowCount: Index, width: number): void {
    const { runs, geometry } = this.#plan;
    const distances = runs.starts.flatMap((start) => Array.from({ length: runs.length }, (_, k) => (start + k) * 4));
    const tiles = Math.ceil(this.#depth / this.#plan.mostBroadcasts);
    const size = Math.ceil(this.#depth / tiles);
    for (let first = 0; first < this.#depth; first += size) {
      const goal = this.#b.indexAdd(target, first * geometry.units * 4);
      this.#tileSums(tile, g, goal, rowCount, width, distances.slice(first, first + size));
    }
  }

  /** One register tile over all positions: the rows of the sums lie `distances` bytes from a position's first element.
   *  Sums begin at 0 for each tile of the input, so that long sums lose no digits. */
  #tileSums(
    source: Index,
    gradient: Index,
    target: Index,
    rowCount: Index,
    width: number,
    distances: readonly number[],
  ): void {
    const b = this.#b;
    const { geometry, input } = this.#plan;
    const { units, channels, outputColumns, rowStride, columnStride } = geometry;
    const vectors = Math.ceil(width / this.#lanes);
    const at = (element: number, v: number) => element * units * 4 + v * this.#lanes * 4;
    const sums = distances.map(() => Array.from({ length: vectors }, () => b.variable(0)));
    const step = columnStride * channels * 4;
    const d = b.indexVariable(gradient);
    const row = b.indexVariable(source);
    const perTurn = this.#lanes <= 4 ? 1 : COLUMNS_PER_TURN;
    b.loop(0, rowCount, 1, () => {
      const a = b.indexVariable(row);
      const turn = (column: number): void => {
        const columns = Array.from({ length: vectors }, (_, v) => b.load(d, column * units * 4 + v * this.#lanes * 4));
        sums.forEach((line, element) => {
          const factor = b.loadSplat(a, column * step + (distances[element] as number));
          line.forEach((sum, v) => {
            b.multiplyAddInto(sum, factor, columns[v] as Register);
          });
        });
      };
      const turns = (from: number, to: number, count: number): void =>
        b.loop(from, to, count, () => {
          for (let column = 0; column < count; column++) turn(column);
          b.indexAddInto(a, count * step);
          b.indexAddInto(d, count * units * 4);
        });
      const whole = Math.floor(outputColumns / perTurn) * perTurn;
      turns(0, whole, perTurn);
      turns(whole, outputColumns, 1);
      b.indexAddInto(row, rowStride * input.pitch * 4);
    });
    sums.forEach((line, element) => {
      line.forEach((sum, v) => {
        const total = b.add(b.load(target, at(element, v)), sum);
        b.store(total, target, at(element, v), Math.min(this.#lanes, width - v * this.#lanes));
      });
    });
  }
}
