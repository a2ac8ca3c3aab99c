import { mapTree, type Tree } from "../../core/tree.ts";
import type { Batch } from "../../data/batches.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../nn/model.ts";
import { type CompiledStep, compile, type DeviceState, type StepResult } from "../../tensor/compile.ts";
import { full } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { batchArrays } from "../feed.ts";
import type { TrainingState } from "../step.ts";
import { type Averaged, type Averages, blend, exponentialAverage, nextTotal } from "./running-mean.ts";
import { batchStatistics, hasStatistics } from "./statistics.ts";

type Nothing = Readonly<Record<string, never>>;
/** `share`, float32 (): of this batch in the mean of all so far. */
type StatisticsBatch = { readonly x: Tensor; readonly share: Tensor };

type Program<Batch extends Tree<Tensor>> = CompiledStep<TrainingState, Batch, Nothing>;

/** The programs that average weights. They are programs of their own, which run after the training step and change the averages alone: within
 *  the step, its kernels would be grouped in another way, and the last bits of the weights themselves would depend on whether they are
 *  averaged. Each is compiled on first use. */
export class Averager {
  readonly #model: Model;
  readonly #state: DeviceState<TrainingState>;
  #step: Program<Nothing> | undefined;
  #epoch: Program<Nothing> | undefined;
  #statistics: Program<StatisticsBatch> | undefined;

  constructor(model: Model, state: DeviceState<TrainingState>) {
    this.#model = model;
    this.#state = state;
  }

  /** The exponential average after one more step.
   *  @param decay the same in every call. */
  async addStep(decay: number): Promise<void> {
    this.#step ??= await this.#compile<Nothing>(({ parameters, buffers, averages }) => ({
      ema: exponentialAverage(averages.ema as Averaged, { parameters, buffers }, decay),
    }));
    await this.#step.run({});
  }

  /** Adds the weights as they are now to the mean over epochs. Its running statistics are void until they are measured. */
  async addEpoch(): Promise<void> {
    this.#epoch ??= await this.#compile<Nothing>(epochMean);
    await this.#epoch.run({});
  }

  /** Measures the running statistics of the mean over epochs: their plain mean over the batches, in this order. The same batches give the same
   *  bits. An average of the statistics of the networks that it is made of would be wrong: none of them had these weights.
   *  @param batches of one size, so that the mean of their means is the mean. */
  async measureStatistics(dataset: Dataset, batches: Iterable<Batch>, pause: () => Promise<void>): Promise<void> {
    if (!hasStatistics(this.#model)) return;
    this.#statistics ??= await this.#compile<StatisticsBatch>(meanStatistics(this.#model));
    let count = 0;
    for (const batch of batches) {
      count++;
      await this.#statistics.run({ x: batchArrays(dataset, batch).x, share: 1 / count });
      await pause();
    }
  }

  /** A program that changes only what it returns: names that are missing keep their values. */
  #compile<Batch extends Tree<Tensor>>(
    change: (state: TrainingState, batch: Batch) => { readonly [Name in keyof Averages]: Partial<Averaged> },
  ): Promise<Program<Batch>> {
    const step = (state: TrainingState, batch: Batch): StepResult<TrainingState, Nothing> => ({
      outputs: {},
      state: { averages: change(state, batch) } as unknown as TrainingState,
    });
    return compile<TrainingState, Batch, Nothing>(step, { state: this.#state });
  }

  dispose(): void {
    for (const program of [this.#step, this.#epoch, this.#statistics]) program?.dispose();
  }
}

/** a <- a + (w - a) / n. The statistics become 0, from which `meanStatistics` starts. */
function epochMean({ parameters, averages }: TrainingState): { readonly swa: Averaged } {
  const before = averages.swa as Averaged;
  const { total, share } = nextTotal(before.total, 1);
  const swa = {
    parameters: blend(before.parameters, parameters, share),
    buffers: mapTree(before.buffers, ({ shape, dtype }: Tensor) => full(shape, 0, dtype)),
    total,
  };
  return { swa };
}

/** One batch through the network with averaged weights: its statistics join the mean of those before it. */
function meanStatistics(model: Model) {
  return ({ buffers, averages }: TrainingState, { x, share }: StatisticsBatch) => {
    const swa = averages.swa as Averaged;
    const fresh = batchStatistics(model, { parameters: swa.parameters, buffers }, x);
    return { swa: { buffers: blendCounting(swa.buffers, fresh, share) } };
  };
}

/** As `blend`; counters of batches add up. */
function blendCounting(mean: Tree<Tensor>, fresh: Tree<Tensor>, share: Tensor): Tree<Tensor> {
  const before = new Map<string, Tensor>();
  mapTree(mean, (leaf: Tensor, path) => before.set(path, leaf));
  return mapTree(blend(mean, fresh, share), (leaf: Tensor, path) =>
    leaf.dtype === "float32" ? leaf : (before.get(path) as Tensor).add(leaf),
  );
}
