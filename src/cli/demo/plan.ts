import type { InitInput } from "../../nn/init/init.ts";
import type { LayerInput } from "../../nn/layers.ts";
import type { FitOptions } from "../../train/options.ts";

/** The four parts of the demonstration. */
export type Part = "remedies" | "exploding" | "overfitting";

/** Which data a case trains on, and for how long. */
export interface Budget {
  /** The first so many training images. */
  readonly samples: number;
  readonly epochs: number;
}

/** One network, trained once. */
export interface DemoCase {
  readonly id: string;
  readonly part: Part;
  readonly title: string;
  /** What differs from the case it is compared with, in one line. */
  readonly change: string;
  readonly layers: readonly LayerInput[];
  readonly optimizer: FitOptions["optimizer"];
  readonly clip?: FitOptions["clip"];
  readonly schedule?: FitOptions["schedule"];
  readonly budget: Budget;
}

export const DEPTH = 20;
export const WIDTH = 100;
export const CLASSES = 10;
export const BATCH_SIZE = 128;

/** What the cases of the deep network choose from. */
interface Recipe {
  readonly init: InitInput;
  readonly activation: LayerInput;
  readonly batchNorm: boolean;
  readonly dropout: number;
}

/** Glorot & Bengio's initialisation before sigmoids, nothing else: how deep networks were built when they could not be trained. */
const PATIENT: Recipe = { init: "glorotUniform", activation: { type: "sigmoid" }, batchNorm: false, dropout: 0 };
const SGD = { type: "sgd", learningRate: 0.05 } as const;
const CLIP = { type: "globalNorm", maxNorm: 1 } as const;
const ADAM = { type: "adam", learningRate: 1e-3 } as const;
const LEAKY = { type: "leakyRelu", slope: 0.01 } as const;

/** DEPTH x (linear WIDTH, batch norm?, activation, dropout?), linear CLASSES. */
function deep({ init, activation, batchNorm, dropout }: Recipe): readonly LayerInput[] {
  const block: readonly LayerInput[] = [
    { type: "linear", units: WIDTH, init },
    ...(batchNorm ? [{ type: "batchNorm" } as const] : []),
    activation,
    ...(dropout > 0 ? [{ type: "dropout", rate: dropout } as const] : []),
  ];
  return [...Array.from({ length: DEPTH }, () => block).flat(), { type: "linear", units: CLASSES, init }];
}

const ALONE: Budget = { samples: 60_000, epochs: 2 };

const REMEDIES: readonly DemoCase[] = [
  {
    id: "patient",
    title: "the patient",
    change: `${DEPTH} hidden layers of ${WIDTH} sigmoid units, Glorot, plain SGD`,
    layers: deep(PATIENT),
    optimizer: SGD,
  },
  {
    id: "he",
    title: "He initialisation",
    change: "Glorot → He",
    layers: deep({ ...PATIENT, init: "heNormal" }),
    optimizer: SGD,
  },
  {
    id: "leaky-relu",
    title: "LeakyReLU",
    change: "sigmoid → LeakyReLU",
    layers: deep({ ...PATIENT, activation: LEAKY }),
    optimizer: SGD,
  },
  {
    id: "batch-norm",
    title: "batch normalisation",
    change: "+ batch normalisation before each sigmoid",
    layers: deep({ ...PATIENT, batchNorm: true }),
    optimizer: SGD,
  },
  {
    id: "clipping",
    title: "gradient clipping",
    change: "+ clipping by global norm 1",
    layers: deep(PATIENT),
    optimizer: SGD,
    clip: CLIP,
  },
  { id: "adam", title: "Adam", change: "SGD → Adam", layers: deep(PATIENT), optimizer: ADAM },
  {
    id: "dropout",
    title: "dropout",
    change: "+ dropout 0.1 after each sigmoid",
    layers: deep({ ...PATIENT, dropout: 0.1 }),
    optimizer: SGD,
  },
].map((each) => ({ part: "remedies", budget: ALONE, ...each }) as const);

const TOGETHER: DemoCase = {
  id: "together",
  part: "remedies",
  title: "all together",
  change: "He, LeakyReLU, batch normalisation, clipping, Adam, dropout",
  layers: deep({ init: "heNormal", activation: LEAKY, batchNorm: true, dropout: 0.02 }),
  optimizer: { type: "adam", learningRate: 3e-3 },
  clip: CLIP,
  schedule: { type: "cosine" },
  budget: { samples: 60_000, epochs: 8 },
};

const RELU = { type: "relu" } as const;
const EXPLODING_BUDGET: Budget = { samples: 20_000, epochs: 1 };
const STANDARD_NORMAL = { type: "normal", std: 1 } as const;
const explosive: Recipe = { init: STANDARD_NORMAL, activation: RELU, batchNorm: false, dropout: 0 };
const tamed: Recipe = { ...explosive, init: "heNormal" };

const EXPLODING: readonly DemoCase[] = [
  {
    id: "exploding",
    title: "N(0, 1) weights",
    change: `${DEPTH} hidden layers of ${WIDTH} ReLU units, weights from N(0, 1), plain SGD`,
    layers: deep(explosive),
  },
  {
    id: "exploding-clip",
    title: "with clipping",
    change: "+ clipping by global norm 1",
    layers: deep(explosive),
    clip: CLIP,
  },
  { id: "exploding-he", title: "with He", change: "N(0, 1) → He", layers: deep(tamed) },
  { id: "exploding-both", title: "with both", change: "He and clipping", layers: deep(tamed), clip: CLIP },
].map(
  (each) =>
    ({ part: "exploding", optimizer: { type: "sgd", learningRate: 0.05 }, budget: EXPLODING_BUDGET, ...each }) as const,
);

const WIDE = 512;
const FEW: Budget = { samples: 1_000, epochs: 40 };

/** Dropout rates of the images and of the hidden units. */
interface DropRates {
  readonly input: number;
  readonly hidden: number;
}

function wide(rates: DropRates): readonly LayerInput[] {
  const dropped = (rate: number): readonly LayerInput[] => (rate > 0 ? [{ type: "dropout", rate }] : []);
  const block: readonly LayerInput[] = [
    { type: "linear", units: WIDE, init: "heNormal" },
    LEAKY,
    ...dropped(rates.hidden),
  ];
  return [...dropped(rates.input), ...block, ...block, { type: "linear", units: CLASSES, init: "heNormal" }];
}

const OVERFITTING: readonly DemoCase[] = [
  {
    id: "overfitting",
    title: "without dropout",
    change: `1,000 images, 2 hidden layers of ${WIDE} LeakyReLU units, Adam`,
    layers: wide({ input: 0, hidden: 0 }),
  },
  {
    id: "overfitting-dropout",
    title: "with dropout",
    change: "+ dropout 0.3 of the image, 0.5 after each hidden layer",
    layers: wide({ input: 0.3, hidden: 0.5 }),
  },
].map((each) => ({ part: "overfitting", optimizer: ADAM, budget: FEW, ...each }) as const);

/** Every case, in the order of running. */
export const DEMO: readonly DemoCase[] = [...REMEDIES, TOGETHER, ...EXPLODING, ...OVERFITTING];

/** The same cases on a small slice: shows that everything runs, teaches nothing. */
export function quickPlan(cases: readonly DemoCase[] = DEMO): readonly DemoCase[] {
  return cases.map((each) => ({ ...each, budget: { samples: Math.min(each.budget.samples, 512), epochs: 1 } }));
}
