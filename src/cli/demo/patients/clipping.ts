import type { Settings } from "../../../train/training.ts";
import { CLASSES, COMMON, type Patient } from "./patient.ts";

/** A recurrent network that reads the image row by row, in 28 steps. Its recurrent weights are 1.7 times as large as weights that preserve
 *  the size of a signal, so the gradient grows with each step back in time. The updates throw the weights to where every tanh is
 *  saturated, and they stay there. With its norm bounded, the same gradient trains the network.
 *  Source: Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", 2013. */
const settings = (clip: Settings["clip"]): Settings => ({
  ...COMMON,
  model: {
    inputShape: [28, 28],
    layers: [
      { type: "rnn", units: 64, activation: "tanh", recurrentInit: { type: "orthogonal", gain: 1.7 } },
      { type: "linear", units: CLASSES },
    ],
  },
  optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
  ...(clip === undefined ? {} : { clip }),
  epochs: 4,
});

export const clipping: Patient = {
  cure: "clipping",
  problem: "exploding-gradient",
  remedy: "clip",
  samples: 10_000,
  sick: settings(undefined),
  cured: settings({ type: "globalNorm", maxNorm: 0.3 }),
};
