import { network, withNetwork } from "./build.ts";
import { PASCANU_2013 } from "./papers.ts";
import type { Story, StoryPromise } from "./story.ts";

const PROMISES: readonly StoryPromise[] = [
  { measure: "hasFailed", bound: { atMost: 0 }, afterEpochs: 20 },
  { measure: "lowestTestLoss", bound: { atMost: 0.25 }, afterEpochs: 20 },
];

/** Recurrent weights of standard deviation 0.35 on 32 units make a signal 0.35 sqrt(32) = 2 times as large in each step of time: the
 *  gradient of the first steps is thousands of times as large as that of the last. */
export const clipping: Story = {
  name: "clipping",
  kind: "remedy",
  config: {
    data: { name: "sine", samples: 1000, length: 20, noise: 0.2, testShare: 0.2, seed: 1 },
    seed: 1,
    epochs: 20,
    networks: network({
      blocks: [{ kind: "rnn", units: 32, init: { type: "normal", std: 0.35 }, dropout: 0 }],
      optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
      batchSize: 32,
    }),
  },
  before: [
    { measure: "largestGradient", bound: { atLeast: 1000 }, afterEpochs: 20 },
    { measure: "lowestTestLoss", bound: { atLeast: 0.5 }, afterEpochs: 20 },
  ],
  changes: [
    {
      name: "clipNorm",
      apply: (config) => withNetwork(config, () => ({ clip: { type: "globalNorm", threshold: 0.5 } })),
      promises: PROMISES,
    },
    {
      name: "clipValue",
      apply: (config) => withNetwork(config, () => ({ clip: { type: "value", threshold: 0.02 } })),
      promises: PROMISES,
    },
  ],
  watch: "curves",
  stepsPerSecond: 50,
  formulas: ["throughTime", "clip"],
  papers: [
    { authors: "Mikolov", title: "Statistical Language Models Based on Neural Networks", year: 2012 },
    PASCANU_2013,
  ],
  related: ["explodingGradient"],
};
