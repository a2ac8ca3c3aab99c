import { type FitOptions, GradusError, type LayerConfig, type LossConfig } from "gradus";
import type { Settings } from "gradus/doctor";
import { activationLayers, blockLayers, initInput, isRecurrent } from "./block-layers.ts";
import type { LossName, NetworkConfig, OptimizerChoice, PlaygroundConfig } from "./config.ts";
import { type DataFacts, outputSize } from "./facts.ts";
import { SCHEDULE_OF } from "./schedules.ts";

/** A network as Gradus trains it. */
export interface Built {
  readonly settings: Settings;
  /** Index of the block that each layer of the model's list belongs to; undefined: the output layer. Inner layers belong where their
   *  container does. */
  readonly blocks: readonly (number | undefined)[];
}

/** What of a whole configuration concerns each run. */
export type RunConfig = Pick<PlaygroundConfig, "seed" | "epochs">;

const NO_CLASSES: readonly LossName[] = ["mse", "mae", "huber"];

function lossOf({ loss }: NetworkConfig, { task }: DataFacts): LossConfig {
  if (loss === "auto") return { type: task === "classification" ? "softmaxCrossEntropy" : "mse" };
  if (NO_CLASSES.includes(loss) === (task === "classification")) {
    const fitting = task === "classification" ? "softmaxCrossEntropy" : NO_CLASSES.join(", ");
    throw new GradusError(
      "bad-argument",
      `The loss ${loss} cannot judge this task, which is ${task}. Choose ${fitting}, or auto.`,
      { path: "loss", loss, task },
    );
  }
  return { type: loss };
}

function optimizerOf({ type, learningRate, momentum = 0 }: OptimizerChoice): Settings["optimizer"] {
  return type === "sgd" && momentum > 0 ? { type, learningRate, momentum } : { type, learningRate };
}

function clipOf({ clip }: NetworkConfig): FitOptions["clip"] {
  if (clip === undefined) return undefined;
  const { type, threshold } = clip;
  return type === "value" ? { type, value: threshold } : { type, maxNorm: threshold };
}

/** The path of a layer's outermost container: "3" for "3.0.1". */
export const outermost = (path: string): number => Number(path.split(".", 1)[0]);

/** The layers of a network, and the block of each. */
function layersOf(network: NetworkConfig, facts: DataFacts): Pick<Built, "blocks"> & { layers: LayerConfig[] } {
  const layers: LayerConfig[] = [];
  const blocks: (number | undefined)[] = [];
  const put = (added: readonly LayerConfig[], block: number | undefined) => {
    for (const layer of added) {
      layers.push(layer);
      blocks.push(block);
    }
  };
  const lastRecurrent = network.blocks.findLastIndex(isRecurrent);
  let { length: rank } = facts.inputShape;
  for (const [index, block] of network.blocks.entries()) {
    const built = blockLayers(block, { rank, beforeRecurrent: index < lastRecurrent });
    put(built.layers, index);
    rank = built.rank;
  }
  const init = initInput(network.outputInit);
  const output: LayerConfig = {
    type: "linear",
    units: outputSize(facts),
    ...(init === undefined ? {} : { init }),
  };
  put([...(rank > 1 ? [{ type: "flatten" } as const] : []), output], undefined);
  put(activationLayers(network.outputActivation), undefined);
  return { layers, blocks };
}

/** Steps of an epoch. */
export const stepsPerEpoch = ({ batchSize }: Pick<NetworkConfig, "batchSize">, { trainSamples }: DataFacts): number =>
  Math.max(1, Math.ceil(trainSamples / batchSize));

/** A network with its data as the settings of a training. The model is not built: `createModel` says whether its layers fit.
 *  @throws GradusError `bad-argument` for a loss that cannot judge the task. */
export function settingsOf(network: NetworkConfig, run: RunConfig, facts: DataFacts): Built {
  const { layers, blocks } = layersOf(network, facts);
  const { optimizer, schedule: name, l2, standardize, batchSize } = network;
  const schedule = SCHEDULE_OF[name](run.epochs * stepsPerEpoch(network, facts));
  const clip = clipOf(network);
  const isValues = facts.task === "regression";
  return {
    blocks,
    settings: {
      model: { inputShape: facts.inputShape, layers },
      loss: lossOf(network, facts),
      optimizer: optimizerOf(optimizer),
      ...(clip === undefined ? {} : { clip }),
      ...(schedule === undefined ? {} : { schedule }),
      // Gradus' penalty is l2 sum w^2, without the half
      ...(l2 > 0 ? { regularizer: { l2: l2 / 2 } } : {}),
      ...(isValues ? { metrics: ["meanSquaredError" as const] } : {}),
      ...(standardize ? { standardize } : {}),
      epochs: run.epochs,
      batchSize,
      seed: run.seed,
    },
  };
}
