import type { ClipConfig, FitOptions, LossConfig } from "gradus";
import { changesBetween, type Settings } from "gradus/doctor";
import {
  type ClipChoice,
  LOSSES,
  type LossName,
  type NetworkConfig,
  OPTIMIZERS,
  type OptimizerChoice,
  SCHEDULES,
  type ScheduleName,
} from "./config.ts";
import type { DataFacts } from "./facts.ts";
import { fromLayers } from "./from-layers.ts";
import { settingsOf } from "./settings.ts";

/** Something that the page has no control for. */
export interface Lost {
  /** As in the settings: "model.layers.3.recurrentInit", "earlyStopping". */
  readonly path: string;
  readonly wanted: unknown;
  readonly instead: unknown;
}

/** A network read from settings. */
export interface FromSettings {
  readonly network: NetworkConfig;
  readonly epochs: number;
  readonly seed: number;
  readonly lost: readonly Lost[];
}

function isOneOf<Name extends string>(names: readonly Name[], value: unknown): value is Name {
  return (names as readonly unknown[]).includes(value);
}

/** Rates that optimisers have where none is given. */
const USUAL_RATE: Readonly<Record<OptimizerChoice["type"], number>> = {
  sgd: 0.01,
  rmsprop: 0.001,
  adam: 0.001,
  adamw: 0.001,
  adagrad: 0.01,
  nadam: 0.001,
};

function optimizerOf({ optimizer }: Settings, present: OptimizerChoice): OptimizerChoice {
  const { type, learningRate, momentum } = optimizer as {
    readonly type: string;
    readonly learningRate?: number;
    readonly momentum?: number;
  };
  if (!isOneOf(OPTIMIZERS, type)) return present;
  return {
    type,
    learningRate: learningRate ?? USUAL_RATE[type],
    ...(momentum === undefined ? {} : { momentum }),
  };
}

function clipOf(clip: ClipConfig | undefined): { readonly clip?: ClipChoice } {
  if (clip === undefined) return {};
  if (clip.type === "value") return { clip: { type: "value", threshold: clip.value } };
  return clip.type === "adaptive" ? {} : { clip: { type: clip.type, threshold: clip.maxNorm } };
}

function scheduleOf(schedule: FitOptions["schedule"]): ScheduleName {
  const type = typeof schedule === "object" ? schedule.type : schedule;
  return isOneOf(SCHEDULES, type) ? type : "constant";
}

/** The loss by name; "auto" where the task gives it, so that a network that was "auto" stays so. */
function lossOf({ type }: LossConfig, { task }: DataFacts, present: LossName): LossName {
  const automatic = task === "classification" ? "softmaxCrossEntropy" : "mse";
  if (type === automatic && present === "auto") return "auto";
  return isOneOf(LOSSES, type) ? type : present;
}

/** Reads settings, such as those of a prescription, as a network of the page. What the page has no control for is listed in `lost`, not
 *  dropped in silence.
 *  @param present the network that the settings were made from: it gives what they do not say. */
export function fromSettings(settings: Settings, present: NetworkConfig, facts: DataFacts): FromSettings {
  const layers = fromLayers(settings.model.layers);
  const network: NetworkConfig = {
    blocks: layers?.blocks ?? present.blocks,
    outputInit: layers?.outputInit ?? present.outputInit,
    outputActivation: layers?.outputActivation ?? present.outputActivation,
    loss: lossOf(settings.loss, facts, present.loss),
    optimizer: optimizerOf(settings, present.optimizer),
    schedule: scheduleOf(settings.schedule),
    ...clipOf(settings.clip),
    l2: 2 * (settings.regularizer?.l2 ?? 0),
    standardize: settings.standardize ?? false,
    batchSize: settings.batchSize,
  };
  const { epochs, seed } = settings;
  return { network, epochs, seed, lost: lostIn(settings, settingsOf(network, { epochs, seed }, facts).settings) };
}

/** Fields whose absence means the same as this value. */
const ABSENT: Readonly<Record<string, unknown>> = {
  standardize: false,
  standardizeTargets: false,
  biasInit: "zeros",
  bias: true,
  momentum: 0,
};

/** Whether a difference between wanted and expressed settings is one of spelling alone. */
function isSpelling(path: string, wanted: unknown, instead: unknown): boolean {
  const name = path.split(".").at(-1) as string;
  if (Object.hasOwn(ABSENT, name) && (wanted ?? ABSENT[name]) === (instead ?? ABSENT[name])) return true;
  // "auto" takes the slope of the rectifier that follows
  return name === "init" && instead === undefined && typeof wanted === "object" && wanted !== null && "slope" in wanted;
}

/** What the settings want and the network does not give. Schedules are compared by their type: their numbers follow the length of the run. */
function lostIn(wanted: Settings, expressed: Settings): readonly Lost[] {
  const plain = ({ schedule, ...rest }: Settings): Settings =>
    ({ ...rest, ...(schedule === undefined ? {} : { schedule: { type: scheduleOf(schedule) } }) }) as Settings;
  return changesBetween(plain(expressed), plain(wanted)).flatMap(({ path, before, after }) =>
    isSpelling(path, after, before) ? [] : [{ path, wanted: after, instead: before }],
  );
}
