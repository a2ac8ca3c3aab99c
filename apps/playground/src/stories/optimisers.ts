import type { OptimizerChoice, PlaygroundConfig } from "../config/config.ts";
import { dense, network, plane, withNetwork } from "./build.ts";
import type { Story, StoryPromise } from "./story.ts";

const withOptimizer =
  (optimizer: OptimizerChoice) =>
  (config: PlaygroundConfig): PlaygroundConfig =>
    withNetwork(config, () => ({ optimizer }));

const PROMISES: readonly StoryPromise[] = [{ measure: "lowestTrainLoss", bound: { atMost: 0.4 }, afterEpochs: 15 }];

/** Three sigmoid layers: few enough for the gradient to arrive, but it is steep along the upper weights and flat along the lower ones. */
export const optimisers: Story = {
  name: "optimisers",
  kind: "remedy",
  config: {
    data: plane("moons", 0.3),
    seed: 1,
    epochs: 30,
    networks: network({
      blocks: dense(3, { units: 32, activation: "sigmoid", init: { type: "glorotUniform" } }),
      optimizer: { type: "sgd", learningRate: 0.1 },
    }),
  },
  before: [{ measure: "lowestTrainLoss", bound: { atLeast: 0.5 }, afterEpochs: 20 }],
  changes: [
    { name: "adam", apply: withOptimizer({ type: "adam", learningRate: 0.01 }), promises: PROMISES },
    { name: "rmsprop", apply: withOptimizer({ type: "rmsprop", learningRate: 0.01 }), promises: PROMISES },
    {
      name: "momentum",
      apply: withOptimizer({ type: "sgd", learningRate: 0.1, momentum: 0.9 }),
      promises: PROMISES,
    },
  ],
  watch: "curves",
  stepsPerSecond: 50,
  formulas: ["momentum", "rmsprop", "adamMoments", "adamStep"],
  papers: [
    { authors: "Polyak", title: "Some Methods of Speeding up the Convergence of Iteration Methods", year: 1964 },
    {
      authors: "Tieleman & Hinton",
      title: "Lecture 6.5 — RMSProp: Divide the Gradient by a Running Average of Its Recent Magnitude",
      year: 2012,
    },
    { authors: "Kingma & Ba", title: "Adam: A Method for Stochastic Optimization", year: 2015 },
  ],
  related: ["vanishingGradient"],
};
