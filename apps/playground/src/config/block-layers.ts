import type { InitInput, LayerConfig } from "gradus";
import type { ActivationName, Block, ConvBlock, DenseBlock, Init, RecurrentBlock } from "./config.ts";

/** What is known about a block's place. */
interface Place {
  /** Axes of what it reads: 1 features, 2 (T, F), 3 (channels, height, width). */
  readonly rank: number;
  /** Whether a later block reads steps, so that this one must give one output for each. */
  readonly beforeRecurrent: boolean;
}

/** A block's layers, and the axes of what they give. */
interface Built {
  readonly layers: readonly LayerConfig[];
  readonly rank: number;
}

export const isRecurrent = (block: Block): block is RecurrentBlock =>
  block.kind === "rnn" || block.kind === "lstm" || block.kind === "gru";

/** An initialiser as Gradus takes it; undefined: "auto", by the activation that follows. */
export function initInput({ type, std }: Init): InitInput | undefined {
  if (type === "auto") return undefined;
  return type === "normal" && std !== undefined ? { type, std } : type;
}

/** An activation as a layer; none for "identity". */
export function activationLayers(type: ActivationName, slope?: number): readonly LayerConfig[] {
  if (type === "identity") return [];
  return [type === "leakyRelu" && slope !== undefined ? { type, slope } : { type }];
}

function initOf(init: Init): { readonly init?: InitInput } {
  const input = initInput(init);
  return input === undefined ? {} : { init: input };
}

/** Dropout that keeps the distribution that the activation makes. */
function dropoutLayers({ dropout: rate, activation }: DenseBlock | ConvBlock): readonly LayerConfig[] {
  if (rate === 0) return [];
  return [{ type: activation === "selu" ? "alphaDropout" : "dropout", rate }];
}

function normLayers({ norm }: DenseBlock | ConvBlock, axes: number): readonly LayerConfig[] {
  if (norm === "none") return [];
  if (norm === "batch") return [{ type: "batchNorm" }];
  return [axes === 1 ? { type: "layerNorm" } : { type: "layerNorm", axes }];
}

/** weights, normalisation, activation, dropout; with `skip` inside y = x + f(x). */
function weighted(block: DenseBlock | ConvBlock, axes: number): readonly LayerConfig[] {
  // a normalisation over the batch cancels the bias
  const bias = block.norm === "batch" ? { bias: false } : {};
  const sum: LayerConfig =
    block.kind === "dense"
      ? { type: "linear", units: block.units, ...bias, ...initOf(block.init) }
      : {
          type: "conv2d",
          filters: block.filters,
          kernel: block.kernel,
          padding: "same",
          ...bias,
          ...initOf(block.init),
        };
  const layers = [
    sum,
    ...normLayers(block, axes),
    ...activationLayers(block.activation, block.slope),
    ...dropoutLayers(block),
  ];
  return block.skip ? [{ type: "skip", layers, projection: true }] : layers;
}

function recurrent(block: RecurrentBlock, returnSequences: boolean): LayerConfig {
  const { kind, units, dropout } = block;
  const init = initInput(block.init);
  return {
    type: kind,
    units,
    ...(init === undefined ? {} : { recurrentInit: init }),
    ...(dropout === 0 ? {} : { inputDropout: dropout, recurrentDropout: dropout }),
    ...(returnSequences ? { returnSequences } : {}),
  };
}

/** The layers of one block. Pictures, and sequences that no recurrent block will read, are flattened before a dense block. */
export function blockLayers(block: Block, { rank, beforeRecurrent }: Place): Built {
  switch (block.kind) {
    case "dense": {
      const keepsSteps = rank === 2 && beforeRecurrent;
      const flatten: readonly LayerConfig[] = rank > 1 && !keepsSteps ? [{ type: "flatten" }] : [];
      return { layers: [...flatten, ...weighted(block, 1)], rank: keepsSteps ? 2 : 1 };
    }
    case "conv":
      return { layers: weighted(block, 3), rank: 3 };
    case "maxPool":
    case "avgPool":
      return { layers: [{ type: `${block.kind}2d`, window: block.size }], rank: 3 };
    case "globalAvgPool":
      return { layers: [{ type: "globalAvgPool" }], rank: 1 };
    case "rnn":
    case "lstm":
    case "gru":
      return { layers: [recurrent(block, beforeRecurrent)], rank: beforeRecurrent ? 2 : 1 };
  }
}
