import {
  applyScaling,
  type Backend,
  createModel,
  type EpochEnded,
  type FitOptions,
  fitStandardize,
  GradusError,
  type ListenerAnswer,
  type Model,
  type ModelState,
  type Scaling,
  type StepEnded,
  type TrainEvent,
  type TrainingEvents,
  trainingEvents,
} from "gradus";
import type { Settings, Training } from "gradus/doctor";
import { createLayerProbe, type EpochRecord, type Failure, type Reading, toEpoch, toReading } from "gradus/watch";
import type { NetworkConfig, PlaygroundConfig } from "../config/config.ts";
import { requireRoom } from "../config/limits.ts";
import { outermost, settingsOf } from "../config/settings.ts";
import type { LabData } from "./data.ts";
import { LossBuffer } from "./losses.ts";
import type { LayerView, NetworkView } from "./protocol.ts";
import { ReadingClock } from "./reading-clock.ts";
import { LiveRecord } from "./record.ts";

/** Epochs of a run whose rate does not depend on their number: the lab ends it, so that more epochs need no new start. */
const ENDLESS = 1e9;

/** Where a run begins that goes on with the weights of another. */
export interface Origin {
  /** Undefined after a failure: weights are drawn anew. */
  readonly state: ModelState | undefined;
  /** Steps and epochs done before. */
  readonly step: number;
  readonly epoch: number;
  /** Restarts so far. */
  readonly restarts: number;
}

export interface SessionOptions {
  readonly network: NetworkConfig;
  readonly config: PlaygroundConfig;
  readonly data: LabData;
  readonly backend: Backend;
  readonly origin?: Origin | undefined;
}

/** A network as it will be trained, before any memory is taken. */
export interface Plan {
  readonly model: Model;
  readonly settings: Settings;
  readonly view: NetworkView;
}

/** Builds a network's layers and shapes, but no weights.
 *  @throws GradusError `limit-exceeded` for a network that memory does not hold; as `settingsOf` and `createModel`. */
export function planNetwork(
  network: NetworkConfig,
  run: Pick<PlaygroundConfig, "seed" | "epochs">,
  { facts }: Pick<LabData, "facts">,
): Plan {
  const { settings, blocks } = settingsOf(network, run, facts);
  const model = createModel(settings.model);
  requireRoom(model, Math.min(network.batchSize, facts.trainSamples));
  const layers = model.layers.map(
    ({ path, type, outputShape, parameterCount }): LayerView => ({
      path,
      type,
      block: blocks[outermost(path)],
      outputShape,
      parameterCount,
    }),
  );
  const stepsPerEpoch = Math.ceil(facts.trainSamples / Math.min(network.batchSize, facts.trainSamples));
  return { model, settings, view: { layers, parameterCount: model.parameterCount, stepsPerEpoch } };
}

/** What of the settings `fit` takes. */
function fitOptions({ model: _model, standardize: _scaled, standardizeTargets: _values, ...options }: Settings) {
  return options;
}

/** One network's run: steps on request, and what has happened since it was last asked. */
export class Session {
  network: NetworkConfig;
  readonly plan: Plan;
  readonly view: NetworkView;
  readonly backend: Backend;
  /** As the network sees the samples. */
  readonly training: Training;
  readonly scaling: Scaling | undefined;
  readonly clock = new ReadingClock();
  readonly record: LiveRecord;
  readonly restarts: number;
  readonly #events: TrainingEvents;
  readonly #origin: Pick<Origin, "step" | "epoch">;
  readonly #losses = new LossBuffer();
  #readings: Reading[] = [];
  #epochs: EpochRecord[] = [];
  #rate: number | undefined;
  #isOver = false;
  /** The last epoch: where the run stops. */
  lastEpoch: number;
  step: number;
  epoch: number;
  /** Steps in the current epoch. */
  stepInEpoch = 0;
  failure: Failure | undefined;

  private constructor(options: SessionOptions, plan: Plan, training: Training, scaling: Scaling | undefined) {
    const { network, config, data, backend, origin } = options;
    const { settings, model } = plan;
    this.network = network;
    this.plan = plan;
    this.view = plan.view;
    this.backend = backend;
    this.training = training;
    this.scaling = scaling;
    this.record = new LiveRecord(data, config.seed);
    this.restarts = origin?.restarts ?? 0;
    this.#origin = { step: origin?.step ?? 0, epoch: origin?.epoch ?? 0 };
    this.step = this.#origin.step;
    this.epoch = this.#origin.epoch;
    this.lastEpoch = config.epochs;
    const given: FitOptions = {
      ...fitOptions(settings),
      // order and dropout of a run that goes on differ from those that it has seen
      seed: settings.seed + this.restarts,
      epochs: this.#hasSchedule ? Math.max(1, config.epochs - this.epoch) : ENDLESS,
      data: training.data,
      backend,
      probe: createLayerProbe(model, () => this.clock.isDue()),
      initialState: origin?.state,
    };
    this.#events = trainingEvents(model, given);
  }

  /** Puts the first weights on the backend; programs are compiled in the first step.
   *  @throws GradusError as `planNetwork` and `fit`. */
  static async open(options: SessionOptions): Promise<Session> {
    const { network, config, data } = options;
    const plan = planNetwork(network, config, data);
    const scaling = network.standardize ? fitStandardize(data.train) : undefined;
    const scaled = (part: LabData["train"]) => (scaling === undefined ? part : applyScaling(scaling, part));
    const training: Training = {
      settings: { ...plan.settings, standardize: false },
      data: { train: scaled(data.train), validation: scaled(data.test) },
    };
    const session = new Session(options, plan, training, scaling);
    const { value, done } = await session.#events.next();
    // a batch norm may leave out a last batch of one sample
    if (!done && value.type === "runStarted") {
      Object.assign(session, { view: { ...session.view, stepsPerEpoch: value.stepsPerEpoch } });
    }
    return session;
  }

  get #hasSchedule(): boolean {
    return this.network.schedule !== "constant";
  }

  /** Whether the run has come to its last epoch, or has failed. */
  get hasFinished(): boolean {
    return this.failure !== undefined || this.epoch >= this.lastEpoch;
  }

  /** Whether another number of epochs needs a new start, since the schedule lasts as long as the run. */
  needsRestartFor(epochs: number): boolean {
    return epochs !== this.lastEpoch && (this.#hasSchedule || this.#isOver);
  }

  /** The share of the run that is done, in epochs: by it, two networks keep step. */
  get progress(): number {
    return this.epoch + this.stepInEpoch / this.view.stepsPerEpoch;
  }

  /** From the next step on; moments stay. */
  changeRate(learningRate: number): void {
    this.#rate = learningRate;
  }

  /** One step, and the end of the epoch if it was the last one of it. A failure is kept, not thrown. */
  async advance(): Promise<void> {
    if (this.hasFinished) return;
    try {
      while (!this.#isOver) {
        const rate = this.#rate;
        this.#rate = undefined;
        const answer: ListenerAnswer = rate === undefined ? undefined : { learningRate: rate };
        const { value, done } = await this.#events.next(answer);
        if (done) this.#isOver = true;
        else if (this.#hear(value)) return;
      }
    } catch (error) {
      this.#isOver = true;
      if (!(error instanceof GradusError) || error.code !== "not-finite") throw error;
      this.#fail(error);
    }
  }

  /** Whether the lab takes a turn after this event. */
  #hear(event: TrainEvent): boolean {
    if (event.type === "stepEnded") {
      this.#hearStep(event);
      return event.stepInEpoch < this.view.stepsPerEpoch;
    }
    if (event.type === "epochEnded") this.#hearEpoch(event);
    return event.type === "epochEnded";
  }

  #hearStep(event: StepEnded): void {
    this.step = this.#origin.step + event.step;
    this.stepInEpoch = event.stepInEpoch;
    this.record.addStep();
    this.#losses.push(this.step, event.loss);
    const reading = toReading(event, this.plan.model);
    this.clock.stepped(reading !== undefined);
    if (reading === undefined) return;
    this.record.addReading(reading);
    this.#readings.push({ ...reading, step: this.step, epoch: this.#origin.epoch + reading.epoch });
  }

  #hearEpoch(event: EpochEnded): void {
    this.epoch = this.#origin.epoch + event.epoch;
    this.stepInEpoch = 0;
    this.record.addEpoch(event);
    this.#epochs.push({ ...toEpoch(event), epoch: this.epoch, step: this.step });
  }

  #fail({ values }: GradusError): void {
    const { step = 0, epoch = 1, layer, tensor = "loss" } = values as Partial<Failure>;
    this.failure = { step: this.#origin.step + step, epoch: this.#origin.epoch + epoch, layer, tensor };
    this.#losses.push(this.failure.step, Number.NaN);
    this.step = Math.max(this.step, this.failure.step);
  }

  /** The weights as they are; undefined after a failure. */
  async state(): Promise<ModelState | undefined> {
    return this.#isOver ? undefined : this.#events.state();
  }

  /** What has happened since the last call. */
  take(): {
    readonly losses: ReturnType<LossBuffer["take"]>;
    readonly epochs: readonly EpochRecord[];
    readonly readings: readonly Reading[];
  } {
    const [epochs, readings] = [this.#epochs, this.#readings];
    this.#epochs = [];
    this.#readings = [];
    return { losses: this.#losses.take(), epochs, readings };
  }

  /** Gives memory and programs back. */
  async dispose(): Promise<void> {
    this.#isOver = true;
    await this.#events.return(undefined as never);
  }
}
