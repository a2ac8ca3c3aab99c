// What a person builds: the data, one network or two, and how they are trained. Plain data; the page's address holds all of it.

/** Activations that a block can have; names as in Gradus. */
export const ACTIVATIONS = [
  "identity",
  "sigmoid",
  "tanh",
  "relu",
  "leakyRelu",
  "prelu",
  "elu",
  "selu",
  "gelu",
  "silu",
  "softplus",
  "softsign",
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

/** Initialisers that a block can have; names as in Gradus. "auto" follows the activation. */
export const INITS = [
  "auto",
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "orthogonal",
  "normal",
  "zeros",
] as const;
export type InitName = (typeof INITS)[number];

export interface Init {
  readonly type: InitName;
  /** Standard deviation, for "normal" only. */
  readonly std?: number;
}

export const NORMS = ["none", "batch", "layer"] as const;
export type NormName = (typeof NORMS)[number];

/** What dense and convolutional blocks have in common: weights, then normalisation, activation and dropout. */
interface Weighted {
  readonly activation: ActivationName;
  /** Slope for x < 0, for leakyRelu only. Default 0.01. */
  readonly slope?: number;
  readonly init: Init;
  readonly norm: NormName;
  /** Share of units that are left out in training, 0 to 0.9. */
  readonly dropout: number;
  /** Adds the block's input to its output: y = x + f(x). */
  readonly skip: boolean;
}

export interface DenseBlock extends Weighted {
  readonly kind: "dense";
  readonly units: number;
}

export interface ConvBlock extends Weighted {
  readonly kind: "conv";
  readonly filters: number;
  /** Height and width of the window; padding keeps the size. */
  readonly kernel: number;
}

export interface PoolBlock {
  readonly kind: "maxPool" | "avgPool";
  readonly size: number;
}

export interface GlobalPoolBlock {
  readonly kind: "globalAvgPool";
}

export interface RecurrentBlock {
  readonly kind: "rnn" | "lstm" | "gru";
  readonly units: number;
  /** Of the recurrent weights. */
  readonly init: Init;
  readonly dropout: number;
}

/** One layer as the page shows it; becomes up to five layers of Gradus. */
export type Block = DenseBlock | ConvBlock | PoolBlock | GlobalPoolBlock | RecurrentBlock;
export type BlockKind = Block["kind"];

export const MOST_BLOCKS = 40;

export const OPTIMIZERS = ["sgd", "rmsprop", "adam", "adamw", "adagrad", "nadam"] as const;
export interface OptimizerChoice {
  readonly type: (typeof OPTIMIZERS)[number];
  readonly learningRate: number;
  /** sgd only; default 0. */
  readonly momentum?: number;
}

/** Lasts as long as the run. */
export const SCHEDULES = ["constant", "step", "exponential", "cosine", "oneCycle", "warmup"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface ClipChoice {
  readonly type: "value" | "norm" | "globalNorm";
  readonly threshold: number;
}

export const LOSSES = ["auto", "softmaxCrossEntropy", "mse", "mae", "huber"] as const;
export type LossName = (typeof LOSSES)[number];

export interface NetworkConfig {
  readonly blocks: readonly Block[];
  /** Of the last layer, which the data's targets give its size. Default "auto". */
  readonly outputInit: Init;
  /** Default "identity": logits, or plain values. */
  readonly outputActivation: ActivationName;
  readonly loss: LossName;
  readonly optimizer: OptimizerChoice;
  readonly schedule: ScheduleName;
  readonly clip?: ClipChoice;
  /** Weight of half the sum of squares of the weights; 0: none. */
  readonly l2: number;
  /** Scale each input feature to mean 0 and deviation 1. */
  readonly standardize: boolean;
  readonly batchSize: number;
}

export const PLANE_DATA = ["circles", "moons", "spirals", "blobs", "xor"] as const;
export const PICTURE_DATA = ["mnist", "fashion-mnist"] as const;
export const SEQUENCE_DATA = ["adding", "sine"] as const;

/** Two features and classes: drawn as points in a plane. */
export interface PlaneData {
  readonly name: (typeof PLANE_DATA)[number];
  /** Training and test samples together. */
  readonly samples: number;
  /** 0 to 1; each data set scales it. */
  readonly noise: number;
  /** Share of the samples that are held out, 0.1 to 0.9. */
  readonly testShare: number;
  readonly seed: number;
}

export interface PictureData {
  readonly name: (typeof PICTURE_DATA)[number];
  /** The first so many training pictures. */
  readonly samples: number;
  readonly testSamples: number;
}

export interface SequenceData {
  readonly name: (typeof SEQUENCE_DATA)[number];
  readonly samples: number;
  /** Steps T of each sequence. */
  readonly length: number;
  readonly noise: number;
  readonly testShare: number;
  readonly seed: number;
}

/** The user's own file or pictures. They stay in this page; an address names them only. */
export interface OwnData {
  readonly name: "csv" | "pictures";
  /** For display: the file's name. */
  readonly file: string;
  readonly testShare: number;
  readonly seed: number;
  /** csv: the column to predict. Default: the last. */
  readonly target?: string;
}

export type DataConfig = PlaneData | PictureData | SequenceData | OwnData;
export type DataName = DataConfig["name"];

export interface PlaygroundConfig {
  readonly data: DataConfig;
  /** Of weights, order and dropout, for both networks. */
  readonly seed: number;
  /** Where the run stops; schedules last that long. */
  readonly epochs: number;
  /** One, or two side by side. */
  readonly networks: readonly [NetworkConfig] | readonly [NetworkConfig, NetworkConfig];
}
