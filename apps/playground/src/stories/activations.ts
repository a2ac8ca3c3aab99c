import { dense, network, plane, withDense } from "./build.ts";
import { GLOROT_2010 } from "./papers.ts";
import type { Story, StoryPromise } from "./story.ts";

const PROMISES: readonly StoryPromise[] = [
  { measure: "gradientRatio", bound: { atLeast: 0.05, atMost: 20 }, afterEpochs: 20 },
  { measure: "bestTestAccuracy", bound: { atLeast: 0.9 }, afterEpochs: 30 },
];

/** Eight sigmoid layers. Only the activation changes: Glorot's weights stay. */
export const activations: Story = {
  name: "activations",
  kind: "remedy",
  config: {
    data: plane("circles", 0.3),
    seed: 1,
    epochs: 30,
    networks: network({
      blocks: dense(8, { activation: "sigmoid", init: { type: "glorotUniform" } }),
      optimizer: { type: "sgd", learningRate: 0.1 },
      schedule: "cosine",
    }),
  },
  before: [
    { measure: "gradientRatio", bound: { atMost: 1e-3 }, afterEpochs: 1 },
    { measure: "bestTestAccuracy", bound: { atMost: 0.65 }, afterEpochs: 20 },
  ],
  changes: [
    {
      name: "leakyRelu",
      apply: (config) => withDense(config, { activation: "leakyRelu", slope: 0.01 }),
      promises: PROMISES,
    },
    { name: "relu", apply: (config) => withDense(config, { activation: "relu" }), promises: PROMISES },
  ],
  watch: "gradients",
  stepsPerSecond: 50,
  formulas: ["sigmoidSlope", "leakyRelu"],
  papers: [
    { authors: "Glorot, Bordes & Bengio", title: "Deep Sparse Rectifier Neural Networks", year: 2011 },
    {
      authors: "Maas, Hannun & Ng",
      title: "Rectifier Nonlinearities Improve Neural Network Acoustic Models",
      year: 2013,
    },
    GLOROT_2010,
  ],
  related: ["vanishingGradient"],
};
