import type { InitName, PlaygroundConfig } from "../config/config.ts";
import { dense, network, plane, withDense, withNetwork } from "./build.ts";
import { GLOROT_2010 } from "./papers.ts";
import type { Story, StoryPromise } from "./story.ts";

/** One small standard deviation for all weights, as in AlexNet. */
const SMALL = { type: "normal", std: 0.01 } as const;

const withInit =
  (type: InitName) =>
  (config: PlaygroundConfig): PlaygroundConfig =>
    withNetwork(withDense(config, { init: { type } }), () => ({ outputInit: { type } }));

/** Glorot's and LeCun's weights do not make up for what ReLU takes away: ten layers begin at 0.04, and a few steps make it 1. */
const PROMISES: readonly StoryPromise[] = [
  { measure: "signalRatio", bound: { atLeast: 0.02, atMost: 10 }, afterEpochs: 20 },
  { measure: "bestTestAccuracy", bound: { atLeast: 0.9 }, afterEpochs: 30 },
];

export const initialisation: Story = {
  name: "initialisation",
  kind: "remedy",
  config: {
    data: plane("moons", 0.3),
    seed: 1,
    epochs: 30,
    networks: network({
      blocks: dense(10, { init: SMALL }),
      outputInit: SMALL,
      optimizer: { type: "sgd", learningRate: 0.1 },
      schedule: "cosine",
    }),
  },
  before: [
    { measure: "signalRatio", bound: { atMost: 0.02 }, afterEpochs: 1 },
    { measure: "bestTestAccuracy", bound: { atMost: 0.65 }, afterEpochs: 20 },
  ],
  changes: [
    { name: "he", apply: withInit("heNormal"), promises: PROMISES },
    { name: "glorot", apply: withInit("glorotUniform"), promises: PROMISES },
    { name: "lecun", apply: withInit("lecunNormal"), promises: PROMISES },
  ],
  watch: "signal",
  stepsPerSecond: 50,
  formulas: ["glorot", "he", "lecun"],
  papers: [
    { authors: "LeCun, Bottou, Orr & Müller", title: "Efficient BackProp", year: 1998 },
    GLOROT_2010,
    {
      authors: "He, Zhang, Ren & Sun",
      title: "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification",
      year: 2015,
    },
  ],
  related: ["vanishingGradient", "explodingGradient"],
};
