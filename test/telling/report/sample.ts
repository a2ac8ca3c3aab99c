import { fromArrays } from "../../../src/data/from-arrays.ts";
import type { Arm, Diagnosis, Trial } from "../../../src/doctor/diagnosis.ts";
import type { Prescription } from "../../../src/doctor/finding.ts";
import type { Settings } from "../../../src/train/training.ts";
import type { Census, Histogram, LayerCensus, LayerReading, RunRecord } from "../../../src/watch/record.ts";

/** A deep sigmoid network whose gradient vanishes, without and with batch normalisation and He initialisation. Formulas make figures like
 *  those of real networks. */
const HIDDEN = 10;
const STEPS = 800;
const EPOCHS = 8;

const paths = Array.from({ length: HIDDEN + 1 }, (_, index) => `${2 * index}`);

function histogram(center: number, width: number, low: number, high: number): Histogram {
  const counts = Array.from({ length: 24 }, (_, bin) => {
    const x = low + ((bin + 0.5) / 24) * (high - low);
    return Math.round(4000 * Math.exp(-0.5 * ((x - center) / width) ** 2));
  });
  return { low, high, counts };
}

/** Norm of a layer's gradient; the lowest is 0. */
const norm = (layer: number, isTreated: boolean) => (isTreated ? 0.05 * 1.1 ** layer : 0.2 * 0.12 ** (HIDDEN - layer));

function census(step: number, isTreated: boolean): Census {
  const layers = paths.flatMap((path, index): LayerCensus[] => {
    const gradient = norm(index, isTreated);
    const common = {
      mean: 0.5,
      variance: 0.02,
      zeros: 0,
      dead: 0,
      distinct: isTreated ? 0.6 : 0.5 ** index,
      outputGradientNorm: gradient,
      outputGradientVariance: gradient ** 2,
    };
    const linear: LayerCensus = {
      ...common,
      path,
      type: "linear",
      isActivation: false,
      hasParameters: true,
      histogram: histogram(0, 1, -4, 4),
      gradientNorm: gradient,
      weightNorm: 3,
      weightDeviation: 0.1,
      twins: 0,
    };
    const spread = isTreated ? 0.22 : 0.15 * 0.8 ** index + 0.004;
    const activation: LayerCensus = {
      ...common,
      path: `${2 * index + 1}`,
      type: "sigmoid",
      isActivation: true,
      hasParameters: false,
      saturated: 0,
      histogram: histogram(step === 0 ? 0.5 : isTreated ? 0.4 : 0.5 + 0.02 * index, spread, 0, 1),
    };
    return index < HIDDEN ? [linear, activation] : [linear];
  });
  return { step, samples: 256, loss: 2.3, layers };
}

export function run(seed: number, isTreated: boolean): RunRecord {
  const loss = (t: number) =>
    isTreated
      ? 0.08 + 2.2 * Math.exp(-6 * t * (1 + 0.05 * seed))
      : Math.LN10 - 0.002 * t + 0.001 * Math.sin(20 * t + seed);
  const accuracy = (t: number) => (isTreated ? 0.97 - 0.85 * Math.exp(-5 * t) - 0.002 * seed : 0.1135);
  return {
    seed,
    steps: STEPS,
    plannedSteps: STEPS,
    readings: Array.from({ length: 17 }, (_, index) => {
      const step = Math.max(1, index * 50);
      return {
        step,
        epoch: 1 + Math.floor((EPOCHS * (step - 1)) / STEPS),
        loss: loss(step / STEPS),
        gradientNorm: 0.2,
        layers: Object.fromEntries(
          paths.map((path, layer): [string, LayerReading] => [
            path,
            { gradientNorm: norm(layer, isTreated) * (1 + 0.1 * Math.sin(step)), weightNorm: 3, updateNorm: 0.003 },
          ]),
        ),
      };
    }),
    epochs: Array.from({ length: EPOCHS }, (_, index) => {
      const t = (index + 1) / EPOCHS;
      return {
        epoch: index + 1,
        step: t * STEPS,
        trainLoss: loss(t),
        validationLoss: loss(t) + 0.03,
        trainAccuracy: accuracy(t),
        validationAccuracy: accuracy(t) - 0.01 * (isTreated ? 1 : 0),
      };
    }),
    start: census(0, isTreated),
    end: census(STEPS, isTreated),
    score: { metric: "accuracy", value: accuracy(1), chance: 0.1135, samples: 1000 },
    trainScore: { metric: "accuracy", value: accuracy(1), chance: 0.1135, samples: 1000 },
    validationLoss: loss(1) + 0.03,
    seconds: 4,
  };
}

export function arm(isTreated: boolean, seeds: readonly number[] = [1, 2, 3]): Arm {
  const runs = seeds.map((seed) => run(seed, isTreated));
  const values = runs.map(({ score }) => score?.value ?? 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return { runs, mean, deviation };
}

const data = fromArrays({ inputs: [[0], [1]], targets: [0, 1], classes: 2 });

const layersOf = (activation: "sigmoid" | "relu") => [
  { type: "linear", units: 64 } as const,
  { type: activation } as const,
  { type: "linear", units: 10 } as const,
];

export const SETTINGS: Settings = {
  model: { inputShape: [784], layers: layersOf("sigmoid") },
  loss: { type: "softmaxCrossEntropy" },
  optimizer: { type: "sgd", learningRate: 0.01 },
  epochs: EPOCHS,
  batchSize: 64,
  seed: 1,
};

export const BATCH_NORM: Prescription = {
  remedies: ["batch-norm", "init"],
  against: ["vanishing-gradient", "poor-initialisation"],
  settings: { ...SETTINGS, model: { inputShape: [784], layers: layersOf("relu") } },
  changes: [
    { path: "model.layers.1", kind: "add", after: { type: "batchNorm" } },
    { path: "model.layers.0.weights", kind: "set", before: "glorotUniform", after: "heNormal" },
    { path: "regularizer", kind: "remove", before: { l2: 0.1 } },
  ],
  values: { initLayers: 10, testLow: 1e-6, testHigh: 1, testSteps: 60 },
};

export const TRIAL: Trial = {
  prescription: BATCH_NORM,
  measure: "accuracy",
  control: arm(false),
  treated: arm(true),
  gain: 0.838,
  spread: 0.002,
  needed: 0.0046,
  remaining: [],
  verdict: "cured",
  share: 1,
  seconds: 24,
};

export const CLIP: Prescription = {
  remedies: ["clip"],
  against: ["vanishing-gradient"],
  settings: { ...SETTINGS, clip: { type: "globalNorm", maxNorm: 1 } },
  changes: [{ path: "clip", kind: "add", after: { type: "globalNorm", maxNorm: 1 } }],
};

/** Sick: the first remedy failed, the second is proven. */
export const CURED: Diagnosis = {
  name: 'Digits <deep> & "narrow"',
  training: { settings: SETTINGS, data: { train: data, validation: data } },
  findings: [
    {
      problem: "vanishing-gradient",
      layer: "0",
      since: 1,
      weight: 0.9,
      source: "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010",
      evidence: [
        {
          measure: "gradient-ratio",
          value: 6.19e-10,
          threshold: 1e-3,
          values: { first: 1.24e-10, last: 0.2, lowest: "0", highest: "20" },
        },
        { measure: "distinct-share", value: 0.0009, threshold: 0.001, values: { layer: "19" } },
        { measure: "other-seeds", value: 1, values: { runs: 3, count: 3 } },
      ],
    },
    {
      problem: "poor-initialisation",
      layer: "0",
      since: 0,
      weight: 0.5,
      source: "He et al., Delving Deep into Rectifiers, 2015",
      evidence: [
        {
          measure: "initial-deviation",
          value: 0.21,
          threshold: 0.5,
          values: { activation: "sigmoid", expected: 0.0357, fanIn: 784 },
        },
      ],
    },
  ],
  remarks: [
    {
      problem: "oscillating-loss",
      since: 400,
      weight: 0.3,
      source: "Zhang et al., AUTOTRAINER, 2021",
      evidence: [{ measure: "score-swing", value: 0.04, threshold: 0.03, values: { share: 0.25 } }],
    },
  ],
  prescriptions: [CLIP, BATCH_NORM],
  trials: [
    {
      ...TRIAL,
      prescription: CLIP,
      treated: arm(false, [1, 2]),
      control: arm(false, [1, 2]),
      gain: 0,
      needed: 0.01,
      remaining: ["vanishing-gradient"],
      verdict: "not-proven",
      share: 0.5,
      cut: "hopeless",
    },
    TRIAL,
  ],
  verdict: "cured",
  attainable: {
    score: { metric: "accuracy", value: 0.951, chance: 0.1135, samples: 1000 },
    learner: "nearest-neighbours",
  },
  runs: arm(false).runs,
  share: 1,
  seconds: 41.7,
};

export const HEALTHY: Diagnosis = {
  training: CURED.training,
  findings: [],
  remarks: [],
  prescriptions: [],
  trials: [],
  verdict: "healthy",
  attainable: CURED.attainable,
  runs: [run(1, true)],
  share: 1,
  seconds: 3.2,
};

/** Wrong labels and a run that stopped early: advice only. */
export const NOT_CURABLE: Diagnosis = {
  findings: [
    {
      problem: "label-fault",
      since: 0,
      weight: 0.95,
      source: "Northcutt et al., 2021",
      evidence: [{ measure: "labels-unlearnable", value: 0.12, values: { chance: 0.1135 } }],
    },
  ],
  remarks: [],
  prescriptions: [{ remedies: ["data-fault"], against: ["label-fault"], changes: [] }],
  trials: [],
  verdict: "not-curable",
  runs: [
    {
      seed: 1,
      steps: 3,
      plannedSteps: 100,
      readings: [{ step: 1, epoch: 1, loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY, layers: {} }],
      epochs: [],
      failure: { step: 3, epoch: 1, layer: "2", tensor: "gradient of weight" },
      seconds: 0.1,
    },
  ],
  share: 1,
  seconds: 0.5,
};
