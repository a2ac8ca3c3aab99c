import { withDense } from "./build.ts";
import { overfitting } from "./overfitting.ts";
import type { Story } from "./story.ts";

/** The network and the points of the story of overfitting. */
export const dropout: Story = {
  name: "dropout",
  kind: "remedy",
  config: overfitting.config,
  before: overfitting.before,
  changes: [
    {
      name: "dropout",
      apply: (config) => withDense(config, { dropout: 0.5 }),
      promises: [
        { measure: "accuracyGap", bound: { atMost: 0.08 }, afterEpochs: 150 },
        { measure: "testLossRise", bound: { atMost: 1.7 }, afterEpochs: 150 },
      ],
    },
  ],
  watch: "plane",
  stepsPerSecond: 50,
  formulas: ["dropout"],
  papers: [
    {
      authors: "Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov",
      title: "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
      year: 2014,
    },
  ],
  related: ["overfitting"],
};
