import { mapTree, type Tree } from "../../core/tree.ts";
import type { Batch } from "../../data/batches.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../nn/model.ts";
import { type CompiledStep, compile, type DeviceState, type StepResult } from "../../tensor/compile.ts";
import { full } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { batchArrays } from "../feed.ts";
import type { TrainingState } from "../step.ts";
import { type Averaged, blend, nextTotal } from "./running-mean.ts";
import { batchStatistics, hasStatistics } from "./statistics.ts";

type Nothing = Readonly<Record<string, never>>;
/** `share`, float32 (): of this batch in the mean of all so far. */
type StatisticsBatch = { readonly x: Tensor; readonly share: Tensor };

/** The programs of stochastic weight averaging. They change the averaged weights alone. Each is compiled on first use. */
export class EpochAverage {
  readonly #model: Model;
  readonly #state: DeviceState<TrainingState>;
  #add: CompiledStep<TrainingState, Nothing, Nothing> | undefined;
  #statistics: CompiledStep<TrainingState, StatisticsBatch, Nothing> | undefined;

  constructor(model: Model, state: DeviceState<TrainingState>) {
    this.#model = model;
    this.#state = state;
  }

  /** Adds the weights as they are now to the mean. The mean's running statistics are void until they are measured. */
  async add(): Promise<void> {
    this.#add ??= await compile<TrainingState, Nothing, Nothing>(addToMean, { state: this.#state });
    await this.#add.run({});
  }

  /** Measures the running statistics of the averaged weights: the plain mean over the batches, in their order. The same batches give the
   *  same bits. An average of the statistics of the averaged networks would be wrong: none of them had these weights.
   *  @param batches of one size, so that the mean of their means is the mean. */
  async measureStatistics(dataset: Dataset, batches: Iterable<Batch>, pause: () => Promise<void>): Promise<void> {
    if (!hasStatistics(this.#model)) return;
    this.#statistics ??= await compile<TrainingState, StatisticsBatch, Nothing>(statisticsStep(this.#model), {
      state: this.#state,
    });
    let count = 0;
    for (const batch of batches) {
      count++;
      await this.#statistics.run({ x: batchArrays(dataset, batch).x, share: 1 / count });
      await pause();
    }
  }

  dispose(): void {
    this.#add?.dispose();
    this.#statistics?.dispose();
  }
}

/** a <- a + (w - a) / n. The statistics become 0, from which `statisticsStep` starts. */
function addToMean({ parameters, averages }: TrainingState): StepResult<TrainingState, Nothing> {
  const before = averages.swa as Averaged;
  const { total, share } = nextTotal(before.total, 1);
  return onlyChanged({
    parameters: blend(before.parameters, parameters, share),
    buffers: mapTree(before.buffers, ({ shape, dtype }: Tensor) => full(shape, 0, dtype)),
    total,
  });
}

/** One batch through the network with averaged weights: its statistics join the mean of those before it. */
function statisticsStep(
  model: Model,
): (state: TrainingState, batch: StatisticsBatch) => StepResult<TrainingState, Nothing> {
  return ({ buffers, averages }, { x, share }) => {
    const swa = averages.swa as Averaged;
    const fresh = batchStatistics(model, { parameters: swa.parameters, buffers }, x);
    return onlyChanged({ buffers: blendCounting(swa.buffers, fresh, share) });
  };
}

/** As `blend`; counters of batches add up. */
function blendCounting(mean: Tree<Tensor>, fresh: Tree<Tensor>, share: Tensor): Tree<Tensor> {
  const blended = blend(mean, fresh, share);
  const sums = new Map<string, Tensor>();
  mapTree(mean, (leaf: Tensor, path) => sums.set(path, leaf));
  return mapTree(blended, (leaf: Tensor, path) =>
    leaf.dtype === "float32" ? leaf : (sums.get(path) as Tensor).add(leaf),
  );
}

/** A step that leaves all else as it is: names that are missing keep their values. */
function onlyChanged(swa: Partial<Averaged>): StepResult<TrainingState, Nothing> {
  return { outputs: {}, state: { averages: { swa } } as unknown as TrainingState };
}
