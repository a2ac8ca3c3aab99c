import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { fillInputTile } from "./conv-input.ts";
import { eachVectorOfChannels } from "./depthwise.ts";
import { type DepthwiseWeightPlan, mostInRegisters } from "./depthwise-plan.ts";
import type { LoweredKernel } from "./lowered.ts";

/** Positions of one row that a turn takes: they share what their windows read. */
const POSITIONS_PER_TURN = 4;

/** A tap of the window: its sum, and the row and column of the tile that it reads for the first position. */
interface Tap {
  readonly index: number;
  readonly row: number;
  readonly column: number;
}

/** Writes the weight gradient of a convolution of each channel on its own. The sums of one vector of channels stay in registers while all
 *  positions of a tile pass. Each part of the batch has separate sums, which are added afterwards in a fixed order. */
export function lowerDepthwiseWeight(plan: DepthwiseWeightPlan, target: Target, name: string): LoweredKernel {
  return new DepthwiseWeightLowering(plan, target, name).lower();
}

class DepthwiseWeightLowering {
  readonly #plan: DepthwiseWeightPlan;
  readonly #b: FunctionBuilder;

  constructor(plan: DepthwiseWeightPlan, target: Target, name: string) {
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { batch, channels, parts, taps, source, input, outputRows, outputColumns } = this.#plan;
    const [x, g, result] = [b.parameter(), b.parameter(), b.parameter()];
    const [scratch, stride] = [b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const tile = b.indexAdd(scratch, b.indexMul(thread, stride));
    const samples = Math.ceil(batch / parts);
    b.loop(begin, end, 1, (part) => {
      const sums = b.indexAdd(result, b.indexMul(part, taps * channels * 4));
      this.#clear(sums);
      const first = b.indexMin(b.indexMul(part, samples), batch);
      const last = b.indexMin(b.indexAdd(first, samples), batch);
      b.loop(first, last, 1, (image) => {
        const from = b.indexAdd(x, b.indexMul(image, source.rows * source.columns * channels * 4));
        b.loop(0, outputRows, input.outputRows, (outputRow) => {
          fillInputTile(b, source, input, from, outputRow, tile);
          const count = b.indexMin(b.indexSub(outputRows, outputRow), input.outputRows);
          const position = b.indexAdd(b.indexMul(image, outputRows), outputRow);
          const gradient = b.indexAdd(g, b.indexMul(position, outputColumns * channels * 4));
          eachVectorOfChannels(b, channels, (offset, lanes) => {
            const [own, at, to] = [tile, gradient, sums].map((base) => b.indexAdd(base, offset)) as [
              Index,
              Index,
              Index,
            ];
            for (const group of this.#groups()) this.#accumulate(group, own, at, to, count, lanes);
          });
        });
      });
    });
    return { code: b.finish(), items: parts, grain: 1, scratchBytes: input.bytes };
  }

  #clear(sums: Index): void {
    const b = this.#b;
    const { channels, taps } = this.#plan;
    eachVectorOfChannels(b, channels, (offset, lanes) => {
      const to = b.indexVariable(b.indexAdd(sums, offset));
      b.loop(0, taps, 1, () => {
        b.store(b.constant(0), to, 0, lanes);
        b.indexAddInto(to, channels * 4);
      });
    });
  }

  /** The window's taps, as many at a time as there are registers. */
  #groups(): readonly (readonly Tap[])[] {
    const { rows, columns } = this.#plan;
    const rowTaps = rows.phases[0]?.taps ?? [];
    const columnTaps = columns.phases[0]?.taps ?? [];
    const taps = rowTaps.flatMap((row) =>
      columnTaps.map((column) => ({
        index: row.tap * this.#plan.windowColumns + column.tap,
        row: row.place,
        column: column.place,
      })),
    );
    const size = mostInRegisters(this.#b.target);
    return Array.from({ length: Math.ceil(taps.length / size) }, (_, k) => taps.slice(k * size, (k + 1) * size));
  }

  /** Adds the positions of one tile to some taps' sums. Sums begin at 0 for each tile, so that long sums lose no digits. */
  #accumulate(taps: readonly Tap[], tile: Index, gradient: Index, target: Index, rowCount: Index, lanes: number): void {
    const b = this.#b;
    const { rows, columns, input, channels, outputColumns } = this.#plan;
    const pixel = channels * 4;
    const sums = taps.map(() => b.variable(0));
    const g = b.indexVariable(gradient);
    b.loop(0, rowCount, 1, (row) => {
      const source = b.indexVariable(b.indexAdd(tile, b.indexMul(row, rows.step * input.pitch * 4)));
      const turns = (from: number, to: number, count: number): void =>
        b.loop(from, to, count, () => {
          const gradients = Array.from({ length: count }, (_, k) => b.load(g, k * pixel));
          for (const [offset, uses] of this.#readers(taps, count)) {
            const value = b.load(source, offset);
            for (const { tap, position } of uses)
              b.multiplyAddInto(sums[tap] as Register, value, gradients[position] as Register);
          }
          b.indexAddInto(source, count * columns.step * pixel);
          b.indexAddInto(g, count * pixel);
        });
      const whole = Math.floor(outputColumns / POSITIONS_PER_TURN) * POSITIONS_PER_TURN;
      turns(0, whole, POSITIONS_PER_TURN);
      turns(whole, outputColumns, outputColumns - whole || 1);
    });
    taps.forEach(({ index }, k) => {
      const total = b.add(b.load(target, index * pixel), sums[k] as Register);
      b.store(total, target, index * pixel, lanes);
    });
  }

  /** For each element that a turn reads, by its offset in bytes, the taps that read it for some position. */
  #readers(
    taps: readonly Tap[],
    count: number,
  ): ReadonlyMap<number, readonly { readonly tap: number; readonly position: number }[]> {
    const { columns, input, channels } = this.#plan;
    const readers = new Map<number, { tap: number; position: number }[]>();
    for (let position = 0; position < count; position++)
      taps.forEach(({ row, column }, tap) => {
        const offset = (row * input.pitch + (column + position * columns.step) * channels) * 4;
        readers.set(offset, [...(readers.get(offset) ?? []), { tap, position }]);
      });
    return readers;
  }
}
