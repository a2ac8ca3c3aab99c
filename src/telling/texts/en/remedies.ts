import { flow } from "../flow.ts";
import type { Texts } from "../texts.ts";

/** What is done, and why it helps. */
export const remedies = {
  init: {
    name: "Other initialisation",
    text: flow(`First weights are drawn with a spread that fits the layer: He's for ReLU and its kin, Glorot's for sigmoid and
      tanh, orthogonal ones for recurrent layers. Signal and gradient then keep their strength from layer to layer.`),
  },
  activation: {
    name: "Other activation",
    text: flow(`Another function between the layers. ReLU and its kin pass the gradient on undiminished where sigmoid takes at
      least three quarters of it; leaky ones have no dead region.`),
  },
  "batch-norm": {
    name: "Batch normalisation",
    text: flow(`Between layers, each feature is brought to mean 0 and deviation 1 over the batch, then scaled by learned factors.
      The signal stays where activations work well, gradients keep their size, and higher learning rates are possible.`),
  },
  clip: {
    name: "Gradient clipping",
    text: flow(`A gradient that is longer than a limit is shortened to it, and keeps its direction. Rare, huge gradients can then
      no longer throw the weights away. The limit is taken from the norms that were measured.`),
  },
  optimizer: {
    name: "Other optimiser",
    text: flow(`The rule that turns gradients into steps. Adam measures each weight's gradients and gives each a step of its own
      size, so that weights with small gradients move too.`),
  },
  "learning-rate": {
    name: "Other learning rate",
    text: flow(`The size of a step. It is found by a short test that raises the rate from very small to very large and looks
      where the loss falls fastest, and where it starts to rise.`),
  },
  dropout: {
    name: "Dropout",
    text: flow(`In every training step some units are left out at random. None can rely on particular others, so the network
      learns what holds without them, and memorises less.`),
  },
  l2: {
    name: "L2 regularisation",
    text: flow(`Large weights cost something: their squares are added to the loss. The network prefers smooth answers to ones that
      pass through every sample.`),
  },
  "early-stopping": {
    name: "Early stopping",
    text: flow(`Training ends when the loss on unseen samples no longer falls, and the best weights are kept. What the network
      would have learned by heart after that, it does not.`),
  },
  "output-activation": {
    name: "Other output activation",
    text: flow(`The last layer gets the activation that the loss and the targets expect: softmax for one of several classes,
      sigmoid for yes or no, none for values.`),
  },
  loss: {
    name: "Other loss",
    text: flow(`The loss is replaced by the one made for these targets: cross-entropy for classes, squared error for values. Its
      gradient then says what is wrong, and does not fade where the network is far off.`),
  },
  "scale-inputs": {
    name: "Scaled inputs",
    text: flow(`Each input feature is brought to mean 0 and deviation 1, as measured on the training samples. All directions are
      then about equally steep, and one learning rate fits them.`),
  },
  "scale-targets": {
    name: "Scaled targets",
    text: flow(`The values to be predicted are brought to mean 0 and deviation 1 for training; predictions are scaled back. Loss
      and gradient then have an ordinary size.`),
  },
  "batch-size": {
    name: "Other batch size",
    text: flow(
      `How many samples one step looks at. More make the gradient steadier, fewer give more steps in the same time.`,
    ),
  },
  "more-epochs": {
    name: "More epochs",
    text: flow(
      `The run passes over the samples more often. It helps where the network still learned when the run ended.`,
    ),
  },
  "more-data": {
    name: "More data",
    text: flow(`More samples, or more varied ones. This is the surest way against learning by heart, and one that no setting
      can replace.`),
  },
  architecture: {
    name: "Other architecture",
    text: flow(`A network of another size or kind: more units or layers where it cannot hold the task, shortcuts where it is too
      deep, gated units where sequences are long.`),
  },
  "data-fault": {
    name: "Repair the data",
    text: flow(`The fault is in the data, and has to be mended there: labels checked, missing values filled in, inputs and
      labels matched again. No change of the training can do it.`),
  },
} as const satisfies Texts["remedies"];
