import type { PlaygroundConfig, RecurrentBlock } from "../config/config.ts";
import { network, withNetwork } from "./build.ts";
import { BENGIO_1994 } from "./papers.ts";
import type { Story, StoryPromise } from "./story.ts";

const recurrent = (kind: RecurrentBlock["kind"]): RecurrentBlock => ({
  kind,
  units: 24,
  init: { type: "auto" },
  dropout: 0,
});

const withCell =
  (kind: RecurrentBlock["kind"]) =>
  (config: PlaygroundConfig): PlaygroundConfig =>
    withNetwork(config, () => ({ blocks: [recurrent(kind)] }));

const PROMISES: readonly StoryPromise[] = [{ measure: "lowestTestLoss", bound: { atMost: 0.01 }, afterEpochs: 30 }];

/** Thirty steps, two of them marked: a plain recurrent network has to carry the first number over half of the sequence. */
export const recurrence: Story = {
  name: "recurrence",
  kind: "beyond",
  config: {
    data: { name: "adding", samples: 1250, length: 30, noise: 0, testShare: 0.2, seed: 1 },
    seed: 1,
    epochs: 30,
    networks: network({
      blocks: [recurrent("rnn")],
      optimizer: { type: "adam", learningRate: 0.01 },
      batchSize: 32,
    }),
  },
  before: [{ measure: "lowestTestLoss", bound: { atLeast: 0.03 }, afterEpochs: 30 }],
  changes: [
    { name: "lstm", apply: withCell("lstm"), promises: PROMISES },
    { name: "gru", apply: withCell("gru"), promises: PROMISES },
  ],
  watch: "curves",
  stepsPerSecond: 100,
  formulas: ["throughTime", "cellState"],
  papers: [
    BENGIO_1994,
    { authors: "Hochreiter & Schmidhuber", title: "Long Short-Term Memory", year: 1997 },
    {
      authors: "Cho, van Merriënboer, Gulcehre, Bahdanau, Bougares, Schwenk & Bengio",
      title: "Learning Phrase Representations Using RNN Encoder–Decoder for Statistical Machine Translation",
      year: 2014,
    },
  ],
  related: ["vanishingGradient", "clipping"],
};
