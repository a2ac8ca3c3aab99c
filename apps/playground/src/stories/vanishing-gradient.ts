import { dense, network, plane, withDense, withNetwork } from "./build.ts";
import { BENGIO_1994, GLOROT_2010 } from "./papers.ts";
import type { Story } from "./story.ts";

/** Twenty sigmoid layers: the slope of a sigmoid is at most 1/4, and Glorot's weights do not make up for it, so that the gradient loses
 *  a factor of about four in every layer. ReLU has slope 1 where it is active, and He's weights make up for the half that is not. */
export const vanishingGradient: Story = {
  name: "vanishingGradient",
  kind: "disease",
  config: {
    data: { ...plane("circles", 0.3), seed: 2 },
    seed: 2,
    epochs: 30,
    networks: network({
      blocks: dense(20, { activation: "sigmoid", init: { type: "glorotUniform" } }),
      optimizer: { type: "sgd", learningRate: 0.05 },
      schedule: "cosine",
    }),
  },
  before: [
    { measure: "gradientRatio", bound: { atMost: 1e-3 }, afterEpochs: 1 },
    { measure: "bestTestAccuracy", bound: { atMost: 0.65 }, afterEpochs: 20 },
  ],
  changes: [
    {
      name: "reluAndHe",
      apply: (config) =>
        withNetwork(withDense(config, { activation: "relu", init: { type: "heNormal" } }), () => ({
          outputInit: { type: "heNormal" },
        })),
      promises: [
        { measure: "gradientRatio", bound: { atLeast: 0.1, atMost: 10 }, afterEpochs: 20 },
        { measure: "bestTestAccuracy", bound: { atLeast: 0.9 }, afterEpochs: 30 },
      ],
    },
  ],
  watch: "gradients",
  stepsPerSecond: 50,
  formulas: ["backpropagation", "sigmoidSlope"],
  papers: [
    { authors: "Hochreiter", title: "Untersuchungen zu dynamischen neuronalen Netzen", year: 1991, language: "de" },
    BENGIO_1994,
    GLOROT_2010,
  ],
  related: ["initialisation", "activations", "batchNormalisation"],
};
