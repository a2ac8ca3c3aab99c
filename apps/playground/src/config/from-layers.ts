import type { InitInput, LayerConfig, LayerInput } from "gradus";
import {
  ACTIVATIONS,
  type ActivationName,
  type Block,
  type ConvBlock,
  type DenseBlock,
  INITS,
  type Init,
  type InitName,
  type NormName,
} from "./config.ts";

/** What the layers of a model say about a network. */
export interface FromLayers {
  readonly blocks: readonly Block[];
  readonly outputInit: Init;
  readonly outputActivation: ActivationName;
}

type Fields = Readonly<Record<string, unknown>>;

const AUTO: Init = { type: "auto" };

const isActivationName = (type: string): type is ActivationName => (ACTIVATIONS as readonly string[]).includes(type);
const isInitName = (type: string): type is InitName => (INITS as readonly string[]).includes(type);

/** A layer with shorthands expanded: `"relu"` as `{ type: "relu" }`. */
function opened(given: LayerInput): LayerConfig & Fields {
  if (typeof given === "string") return { type: given } as LayerConfig & Fields;
  return (given.type === "activation" ? opened(given.function as LayerInput) : given) as LayerConfig & Fields;
}

/** An initialiser of the page; "auto" where it has none of this kind: then the difference shows in the settings. */
function initOf(given: InitInput | undefined): Init {
  if (given === undefined) return AUTO;
  const { type, std } = (typeof given === "string" ? { type: given } : given) as { type: string; std?: number };
  if (!isInitName(type)) return AUTO;
  return type === "normal" && std !== undefined ? { type, std } : { type };
}

/** The slope of the rectifier that an initialiser is made for. */
function slopeIn(init: InitInput | undefined): number | undefined {
  return typeof init === "object" && "slope" in init ? init.slope : undefined;
}

/** Slope of a leaky rectifier that names none. */
const USUAL_SLOPE = 0.01;

/** Collects blocks from layers in order. */
class Reader {
  readonly blocks: Block[] = [];
  /** The block that is being read, and the slope that its initialiser is made for. */
  #open: { block: DenseBlock | ConvBlock; isActivated: boolean; readonly slope: number | undefined } | undefined;

  read(layers: readonly LayerInput[], skip: boolean): void {
    for (const given of layers) this.#readLayer(opened(given), skip);
  }

  #readLayer(layer: LayerConfig & Fields, skip: boolean): void {
    const { type } = layer as { readonly type: string };
    if (type === "linear" || type === "conv2d") this.#begin(layer, skip);
    else if (type === "skip") {
      this.read(layer.layers as readonly LayerInput[], true);
      this.#open = undefined;
    } else if (type === "sequential") this.read(layer.layers as readonly LayerInput[], skip);
    else if (type === "batchNorm" || type === "layerNorm")
      this.#edit({ norm: type === "batchNorm" ? "batch" : "layer" });
    else if (type === "dropout" || type === "alphaDropout") this.#drop(layer.rate as number);
    else if (isActivationName(type)) this.#activate(type, layer.slope as number | undefined);
    else this.#readOther(layer, type);
  }

  #readOther(layer: LayerConfig & Fields, type: string): void {
    if (type === "maxPool2d" || type === "avgPool2d") {
      this.#put({ kind: type === "maxPool2d" ? "maxPool" : "avgPool", size: layer.window as number });
    } else if (type === "globalAvgPool") this.#put({ kind: "globalAvgPool" });
    else if (type === "rnn" || type === "lstm" || type === "gru") {
      const { inputDropout = 0, recurrentDropout = 0 } = layer as { inputDropout?: number; recurrentDropout?: number };
      this.#put({
        kind: type,
        units: layer.units as number,
        init: initOf(layer.recurrentInit as InitInput | undefined),
        dropout: Math.max(inputDropout, recurrentDropout),
      });
    }
  }

  #put(block: Block): void {
    this.blocks.push(block);
    this.#open = undefined;
  }

  #begin(layer: LayerConfig & Fields, skip: boolean): void {
    const init = layer.init as InitInput | undefined;
    const common = {
      activation: "identity" as const,
      init: initOf(init),
      norm: "none" as NormName,
      dropout: 0,
      skip,
    };
    const block: DenseBlock | ConvBlock =
      layer.type === "linear"
        ? { kind: "dense", units: layer.units as number, ...common }
        : { kind: "conv", filters: layer.filters as number, kernel: layer.kernel as number, ...common };
    this.blocks.push(block);
    this.#open = { block, isActivated: false, slope: slopeIn(init) };
  }

  #edit(fields: Partial<Pick<DenseBlock, "norm" | "activation" | "slope" | "init">>): void {
    if (this.#open === undefined) return;
    this.#open.block = { ...this.#open.block, ...fields } as DenseBlock | ConvBlock;
    this.blocks[this.blocks.length - 1] = this.#open.block;
  }

  #activate(activation: ActivationName, slope: number | undefined): void {
    if (this.#open === undefined || this.#open.isActivated) return;
    const isLeaky = activation === "leakyRelu";
    // "auto" takes the slope of the rectifier that follows
    const isAuto = isLeaky && this.#open.slope === (slope ?? USUAL_SLOPE);
    this.#edit({
      activation,
      ...(isLeaky && slope !== undefined ? { slope } : {}),
      ...(isAuto ? { init: AUTO } : {}),
    });
    this.#open.isActivated = true;
  }

  /** Behind a pool, the dropout is that of the block before it. */
  #drop(dropout: number): void {
    const at = this.blocks.findLastIndex((block) => "dropout" in block);
    const block = this.blocks[at];
    if (block === undefined) return;
    this.blocks[at] = { ...block, dropout } as Block;
    if (this.#open !== undefined && at === this.blocks.length - 1) {
      this.#open.block = this.blocks[at] as DenseBlock | ConvBlock;
    }
  }
}

/** Reads the layers of a model as blocks; the last dense one is the output. What blocks cannot express is left out: the settings that the
 *  result gives show it. Undefined for a model that does not end in a dense layer. */
export function fromLayers(layers: readonly LayerInput[]): FromLayers | undefined {
  const reader = new Reader();
  reader.read(layers, false);
  const output = reader.blocks.at(-1);
  if (output?.kind !== "dense") return undefined;
  return {
    blocks: reader.blocks.slice(0, -1),
    outputInit: output.init,
    outputActivation: output.activation,
  };
}
