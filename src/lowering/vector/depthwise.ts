import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { largest } from "../../core/extremes.ts";
import { imageEpilogue } from "./conv-epilogue.ts";
import { fillInputTile } from "./conv-input.ts";
import { type AxisPlan, type DepthwisePlan, mostInRegisters } from "./depthwise-plan.ts";
import type { LoweredKernel } from "./lowered.ts";

/** The number of multiply-adds from which an item is worth another thread. */
const WORK_PER_GRAIN = 32768;

/** Neighbouring results of one row that a turn computes: they share what their windows read. */
const RESULTS_PER_TURN = 4;

/** Windows of more elements than this are written out row by row. */
const MOST_UNROLLED = 32;

type Phase = AxisPlan["phases"][number];

/** Writes a convolution of each channel on its own, or its data gradient. Vectors lie along the channels. A tile of the padded input lies
 *  in the thread's own memory; the weights of one vector of channels stay in registers while all of the tile's results are computed. */
export function lowerDepthwise(plan: DepthwisePlan, target: Target, name: string): LoweredKernel {
  return new DepthwiseLowering(plan, target, name).lower();
}

/** Runs `body` with the offset in bytes of each vector of channels, and its number of channels.
 *  The last vector may be read beyond its channels, but not written. */
export function eachVectorOfChannels(
  b: FunctionBuilder,
  channels: number,
  body: (offset: Index, lanes: number) => void,
): void {
  const { lanes } = b.target;
  const whole = Math.floor(channels / lanes) * lanes;
  b.loop(0, whole, lanes, (channel) => body(b.indexMul(channel, 4), lanes));
  if (channels > whole) body(whole * 4, channels - whole);
}

class DepthwiseLowering {
  readonly #plan: DepthwisePlan;
  readonly #b: FunctionBuilder;

  constructor(plan: DepthwisePlan, target: Target, name: string) {
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { batch, channels, source, input, outputRows, outputColumns, rows, columns, arrays } = this.#plan;
    const [x, w, y] = [b.parameter(), b.parameter(), b.parameter()];
    const beside = arrays.slice(3).map((array) => [array, b.parameter()] as const);
    const [scratch, stride] = [b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const tile = b.indexAdd(scratch, b.indexMul(thread, stride));
    const positions = largestCount(rows);
    const results = (image: Index, position: Index): void => {
      const from = b.indexAdd(x, b.indexMul(image, source.rows * source.columns * channels * 4));
      fillInputTile(b, source, input, from, position, tile);
      const result = b.indexAdd(y, b.indexMul(image, outputRows * outputColumns * channels * 4));
      eachVectorOfChannels(b, channels, (offset, lanes) => {
        const [own, weights, to] = [tile, w, result].map((base) => b.indexAdd(base, offset)) as [Index, Index, Index];
        this.#eachPhase((phases, place) => this.#results(own, weights, b.indexAdd(to, place), position, phases, lanes));
      });
    };
    const finish = imageEpilogue(this.#plan, b, y, new Map(beside));
    // with an epilogue an item is a whole image, otherwise the results of one tile
    const perImage = finish ? 1 : input.count;
    b.loop(begin, end, 1, (item) => {
      const image = b.indexDiv(item, perImage);
      if (finish) {
        b.loop(0, positions, input.outputRows, (position) => results(image, position));
        finish(image);
      } else {
        const block = b.indexSub(item, b.indexMul(image, perImage));
        results(image, b.indexMul(block, input.outputRows));
      }
    });
    const taps = largestTaps(rows) * largestTaps(columns);
    const work = (outputRows * outputColumns * channels * taps) / perImage;
    const grain = Math.max(1, Math.ceil(WORK_PER_GRAIN / work));
    return { code: b.finish(), items: batch * perImage, grain, scratchBytes: input.bytes };
  }

  /** Every pair of a phase of the rows and one of the columns, with the offset in bytes of its first result. */
  #eachPhase(body: (phases: readonly [Phase, Phase], place: number) => void): void {
    const { rows, columns, outputColumns, channels } = this.#plan;
    rows.phases.forEach((row, rowPhase) => {
      columns.phases.forEach((column, columnPhase) => {
        body([row, column], (rowPhase * outputColumns + columnPhase) * channels * 4);
      });
    });
  }

  /** The results of one phase for one vector of channels, from row `position` of the phase on. */
  #results(
    tile: Index,
    weights: Index,
    result: Index,
    position: Index,
    [row, column]: readonly [Phase, Phase],
    lanes: number,
  ): void {
    const b = this.#b;
    const { rows, columns, input, channels, outputColumns } = this.#plan;
    const weightAt = this.#weightsOf(weights, [row, column]);
    const count = b.indexMin(b.indexSub(row.count, position), input.outputRows);
    const pixel = channels * 4;
    const rowBytes = rows.phases.length * outputColumns * pixel;
    const first = b.indexAdd(result, b.indexMul(position, rowBytes));
    b.loop(0, count, 1, (line) => {
      const source = b.indexVariable(b.indexAdd(tile, b.indexMul(line, rows.step * input.pitch * 4)));
      const target = b.indexVariable(b.indexAdd(first, b.indexMul(line, rowBytes)));
      const turns = (from: number, to: number, each: number): void =>
        b.loop(from, to, each, () => {
          const sums = this.#sums(source, weights, weightAt, [row, column], each);
          sums.forEach((sum, k) => {
            b.store(sum, target, k * columns.phases.length * pixel, lanes);
          });
          b.indexAddInto(source, each * columns.step * pixel);
          b.indexAddInto(target, each * columns.phases.length * pixel);
        });
      const whole = Math.floor(column.count / RESULTS_PER_TURN) * RESULTS_PER_TURN;
      turns(0, whole, RESULTS_PER_TURN);
      turns(whole, column.count, column.count - whole || 1);
    });
  }

  /** The weights of a phase's taps if they fit registers, by their distance in bytes from the first one. */
  #weightsOf(weights: Index, [row, column]: readonly [Phase, Phase]): ReadonlyMap<number, Register> {
    const loaded = new Map<number, Register>();
    if (row.taps.length * column.taps.length > mostInRegisters(this.#b.target)) return loaded;
    for (const { tap: rowTap } of row.taps)
      for (const { tap } of column.taps) {
        const distance = this.#weightDistance(rowTap, tap);
        loaded.set(distance, this.#b.load(weights, distance));
      }
    return loaded;
  }

  #weightDistance(rowTap: number, columnTap: number): number {
    return (rowTap * this.#plan.windowColumns + columnTap) * this.#plan.channels * 4;
  }

  /** `count` neighbouring results, whose windows begin at `source`. */
  #sums(
    source: Index,
    weights: Index,
    weightAt: ReadonlyMap<number, Register>,
    [row, column]: readonly [Phase, Phase],
    count: number,
  ): readonly Register[] {
    const b = this.#b;
    const { columns, input, channels } = this.#plan;
    const sums = Array.from({ length: count }, () => b.variable(0));
    // what several windows read is loaded once
    const readers = readersOf(column, columns.step, count);
    const line = (from: Index, rowOffset: number, weight: (columnTap: number) => Register): void => {
      for (const [place, uses] of readers) {
        const value = b.load(from, rowOffset + place * channels * 4);
        for (const { result, tap } of uses) b.multiplyAddInto(sums[result] as Register, value, weight(tap));
      }
    };
    const loadLine = (from: Index, rowTap: number): ((columnTap: number) => Register) => {
      const loaded = new Map(
        column.taps.map(({ tap }) => {
          const distance = this.#weightDistance(rowTap, tap);
          return [tap, weightAt.get(distance) ?? b.load(from, distance)] as const;
        }),
      );
      return (tap) => loaded.get(tap) as Register;
    };
    const rowBytes = input.pitch * 4;
    const [first, second] = row.taps;
    if (first === undefined || second === undefined || row.taps.length * column.taps.length <= MOST_UNROLLED) {
      for (const { tap, place } of row.taps) line(source, place * rowBytes, loadLine(weights, tap));
      return sums;
    }
    // a phase's taps are equally far apart
    const from = b.indexVariable(b.indexAdd(source, first.place * rowBytes));
    const own = b.indexVariable(b.indexAdd(weights, this.#weightDistance(first.tap, 0)));
    b.loop(0, row.taps.length, 1, () => {
      line(from, 0, loadLine(own, 0));
      b.indexAddInto(from, (second.place - first.place) * rowBytes);
      b.indexAddInto(own, this.#weightDistance(second.tap - first.tap, 0));
    });
    return sums;
  }
}

/** For each place in a row of the tile, the results of a turn that read it, and the tap with which they do. */
function readersOf(
  { taps }: Phase,
  step: number,
  count: number,
): ReadonlyMap<number, readonly { readonly result: number; readonly tap: number }[]> {
  const readers = new Map<number, { result: number; tap: number }[]>();
  for (let result = 0; result < count; result++)
    for (const { tap, place } of taps) {
      const at = result * step + place;
      readers.set(at, [...(readers.get(at) ?? []), { result, tap }]);
    }
  return readers;
}

const largestCount = ({ phases }: AxisPlan): number => largest(phases.map(({ count }) => count));

const largestTaps = ({ phases }: AxisPlan): number => largest([1, ...phases.map(({ taps }) => taps.length)]);
