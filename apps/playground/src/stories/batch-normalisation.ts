import { dense, network, withDense } from "./build.ts";
import type { Story } from "./story.ts";

/** Twenty sigmoid layers again, and nothing is changed but what goes into each sigmoid. Batches of 50, so that their means are good
 *  estimates, and a rate that falls, so that the running averages used for the test arrive at something. */
export const batchNormalisation: Story = {
  name: "batchNormalisation",
  kind: "remedy",
  config: {
    data: { name: "circles", samples: 1500, noise: 0.3, testShare: 0.3, seed: 1 },
    seed: 1,
    epochs: 30,
    networks: network({
      blocks: dense(20, { activation: "sigmoid", init: { type: "glorotUniform" } }),
      optimizer: { type: "sgd", learningRate: 0.1 },
      schedule: "cosine",
      batchSize: 50,
    }),
  },
  before: [
    { measure: "gradientRatio", bound: { atMost: 1e-3 }, afterEpochs: 1 },
    { measure: "bestTestAccuracy", bound: { atMost: 0.65 }, afterEpochs: 20 },
  ],
  changes: [
    {
      name: "batchNorm",
      apply: (config) => withDense(config, { norm: "batch" }),
      promises: [
        { measure: "gradientRatio", bound: { atLeast: 0.1, atMost: 10 }, afterEpochs: 20 },
        { measure: "bestTestAccuracy", bound: { atLeast: 0.9 }, afterEpochs: 30 },
      ],
    },
  ],
  watch: "gradients",
  stepsPerSecond: 50,
  formulas: ["normalize", "scaleAndShift"],
  papers: [
    {
      authors: "Ioffe & Szegedy",
      title: "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
      year: 2015,
    },
  ],
  related: ["vanishingGradient", "explodingGradient"],
};
