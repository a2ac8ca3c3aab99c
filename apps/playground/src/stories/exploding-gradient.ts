import type { Init } from "../config/config.ts";
import { dense, network, plane, withDense, withNetwork } from "./build.ts";
import { PASCANU_2013 } from "./papers.ts";
import type { Story } from "./story.ts";

/** Standard deviation 0.5 on 50 inputs: each ReLU layer makes the signal 0.5 sqrt(50 / 2) = 2.5 times as large, ten layers almost 10,000 times. */
const LARGE: Init = { type: "normal", std: 0.5 };

export const explodingGradient: Story = {
  name: "explodingGradient",
  kind: "disease",
  config: {
    data: plane("moons", 0.3),
    seed: 1,
    epochs: 30,
    networks: network({
      blocks: dense(10, { init: LARGE }),
      outputInit: LARGE,
      optimizer: { type: "sgd", learningRate: 0.05 },
      schedule: "cosine",
    }),
  },
  before: [
    { measure: "largestGradient", bound: { atLeast: 1000 }, afterEpochs: 1 },
    { measure: "hasFailed", bound: { atLeast: 1 }, afterEpochs: 1 },
  ],
  changes: [
    {
      name: "he",
      apply: (config) =>
        withNetwork(withDense(config, { init: { type: "heNormal" } }), () => ({ outputInit: { type: "heNormal" } })),
      promises: [
        { measure: "hasFailed", bound: { atMost: 0 }, afterEpochs: 30 },
        { measure: "largestGradient", bound: { atMost: 200 }, afterEpochs: 30 },
        { measure: "bestTestAccuracy", bound: { atLeast: 0.9 }, afterEpochs: 30 },
      ],
    },
  ],
  watch: "gradients",
  stepsPerSecond: 50,
  formulas: ["backpropagation", "gain"],
  papers: [PASCANU_2013],
  related: ["initialisation", "batchNormalisation", "clipping"],
};
