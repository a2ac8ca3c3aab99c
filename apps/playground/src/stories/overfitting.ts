import { dense, network, withDense, withNetwork } from "./build.ts";
import type { Story } from "./story.ts";

/** 80 noisy training points and more than 10,000 weights. */
const config: Story["config"] = {
  data: { name: "moons", samples: 500, noise: 0.8, testShare: 0.84, seed: 2 },
  seed: 2,
  epochs: 150,
  networks: network({
    blocks: dense(3, { units: 100, init: { type: "heNormal" } }),
    optimizer: { type: "adam", learningRate: 0.003 },
  }),
};

export const overfitting: Story = {
  name: "overfitting",
  kind: "disease",
  config,
  before: [
    { measure: "accuracyGap", bound: { atLeast: 0.08 }, afterEpochs: 150 },
    { measure: "testLossRise", bound: { atLeast: 1.8 }, afterEpochs: 150 },
  ],
  changes: [
    {
      name: "l2",
      apply: (before) => withNetwork(before, () => ({ l2: 0.02 })),
      promises: [{ measure: "testLossRise", bound: { atMost: 1.4 }, afterEpochs: 150 }],
    },
    {
      name: "dropout",
      apply: (before) => withDense(before, { dropout: 0.5 }),
      promises: [{ measure: "testLossRise", bound: { atMost: 1.7 }, afterEpochs: 150 }],
    },
    {
      name: "moreSamples",
      // 1,600 training points; fewer epochs, since each has twenty times as many steps
      apply: (before) => ({
        ...before,
        data: { name: "moons", samples: 2000, noise: 0.8, testShare: 0.2, seed: 2 },
        epochs: 15,
      }),
      promises: [
        { measure: "accuracyGap", bound: { atMost: 0.06 }, afterEpochs: 15 },
        { measure: "testLossRise", bound: { atMost: 1.3 }, afterEpochs: 15 },
      ],
    },
  ],
  watch: "plane",
  stepsPerSecond: 50,
  formulas: ["gap", "weightDecay"],
  papers: [
    { authors: "Krogh & Hertz", title: "A Simple Weight Decay Can Improve Generalization", year: 1991 },
    { authors: "Geman, Bienenstock & Doursat", title: "Neural Networks and the Bias/Variance Dilemma", year: 1992 },
  ],
  related: ["dropout"],
};
