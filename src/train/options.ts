import type { Dataset } from "../data/dataset.ts";
import type { AugmentConfig } from "../data/images/augment.ts";
import type { LossInput } from "../nn/losses/losses.ts";
import type { RegularizerConfig } from "../nn/regularizer.ts";
import type { ModelState } from "../nn/state.ts";
import type { ClipConfig } from "../optim/clip.ts";
import type { OptimizerConfig, OptimizerType } from "../optim/optimizers.ts";
import type { Transform } from "../optim/transform.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import type { SwaConfig } from "./averages/options.ts";
import type { AveragedStates } from "./averages/states.ts";
import type { CheckpointOptions, ResumeOption } from "./checkpoints/options.ts";
import type { EarlyStoppingConfig } from "./early-stopping.ts";
import type { Callbacks, CheckpointFailed, EpochEnded, EventListener, MetricName, StopReason } from "./events.ts";
import type { StepProbe } from "./probe.ts";
import type { RunSchedule } from "./schedule.ts";

/** Training and validation samples, apart. */
export interface FitData {
  readonly train: Dataset;
  readonly validation?: Dataset;
}

/** What `fit` needs to know. Only `data`, `loss` and `optimizer` have no default. */
export interface FitOptions {
  /** One set (see `validationSplit`), or training and validation apart. */
  readonly data: Dataset | FitData;
  readonly loss: LossInput;
  /** As data, `{ type: "adam", learningRate: 1e-3 }` or just "adam", or a transform made by hand. */
  readonly optimizer: OptimizerConfig | OptimizerType | Transform;
  /** Of the gradients, before the optimiser sees them. */
  readonly clip?: ClipConfig | undefined;
  /** Of the learning rate; its base is the optimiser's. */
  readonly schedule?: RunSchedule | undefined;
  /** Added to the loss that is minimised. */
  readonly regularizer?: RegularizerConfig | undefined;
  /** Keep an exponential moving average of the weights besides, with this decay, in (0, 1), such as 0.999: the mean over the last
   *  1 / (1 - ema) steps or so. It is evaluated after every epoch, and saved beside the raw weights. Default: none. */
  readonly ema?: number | undefined;
  /** Keep the mean of the weights at the ends of the last epochs besides: stochastic weight averaging. `{}` starts after three quarters of
   *  the epochs. It works best with a constant or cyclic learning rate that stays high. Default: none. */
  readonly swa?: SwaConfig | undefined;
  /** Passes over the training samples, 1 or more. Default 10. */
  readonly epochs?: number | undefined;
  /** Samples a step, 1 or more; where there are fewer samples, all of them. Default 128. */
  readonly batchSize?: number | undefined;
  /** Samples a step of evaluation. Default 500. */
  readonly evaluationBatchSize?: number | undefined;
  /** Random changes of the training pictures, in order: `["flip", { type: "crop", padding: 4 }]`. Never of those of validation. The
   *  inputs must be pictures, (channels, height, width). Default: none. */
  readonly augment?: readonly (AugmentConfig | AugmentConfig["type"])[] | undefined;
  /** Draw a new order every epoch. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Leave out a last batch that is not full. Default false, except where it would leave batch normalisation one
   *  number a channel: a sample alone, without spatial axes. */
  readonly dropLast?: boolean | undefined;
  /** Of weights, order, dropout and augmentation: an integer, 0 or more. The same seed, backend and thread count give the same bits. Default 0. */
  readonly seed?: number | undefined;
  /** Besides the loss. Default: accuracy where the targets are class labels, nothing else. */
  readonly metrics?: readonly MetricName[] | undefined;
  /** Hold out a share (below 1) or a number of the samples for validation. Default: none. */
  readonly validationSplit?: number | undefined;
  readonly earlyStopping?: EarlyStoppingConfig | undefined;
  /** Hears every event; may answer "stop". */
  readonly onEvent?: EventListener | undefined;
  readonly callbacks?: readonly Callbacks[] | undefined;
  /** A name, or a backend that is open already. Default: the fastest that runs here. */
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  /** When it aborts, the step under way is finished and the weights are kept. */
  readonly signal?: AbortSignal | undefined;
  /** Put gradient norms, layer by layer, into `stepEnded` events: of every step, or of every n-th from the first on. Default false. */
  readonly gradientNorms?: boolean | { readonly every: number } | undefined;
  /** Measures some of the steps from inside; its numbers are the `measures` of their `stepEnded` events. Default: none. */
  readonly probe?: StepProbe | undefined;
  /** Write the run's whole state down every so often, so that it can be resumed: `{ directory: "checkpoints", every: { epochs: 1 }, keep: 3 }`.
   *  A folder that holds checkpoints is refused unless `resume` goes on from them. Default: none. */
  readonly checkpoint?: CheckpointOptions | undefined;
  /** Go on from a checkpoint, in the middle of an epoch if need be: `true` for the newest of `checkpoint` (or from the beginning if there is
   *  none yet), a folder or a file. The result has the same bits as if the run had never stopped, on the same backend with the same number
   *  of threads. Samples, model and settings must be the same; `epochs`, the learning rate, the schedule and patience may differ.
   *  Default false. */
  readonly resume?: ResumeOption | undefined;
  /** Weights to start from. Default: drawn from the seed. */
  readonly initialState?: ModelState | undefined;
}

/** What a run leaves. `ema` and `swa` are the averaged weights with their running statistics, if the run kept them; `swa` is absent if the run
 *  ended before its first epoch. */
export interface TrainResult extends AveragedStates {
  /** Parameters and running statistics at the end (or of the best epoch, where early stopping put them back). */
  readonly state: ModelState;
  readonly reason: StopReason;
  /** One entry for each completed epoch. */
  readonly history: readonly EpochEnded[];
  readonly steps: number;
  /** The epoch whose weights were put back. */
  readonly restoredEpoch?: number;
  /** Why the last state could not be written: the run can be resumed from its last good checkpoint only. */
  readonly notSaved?: CheckpointFailed["error"];
}
