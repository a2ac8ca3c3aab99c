import { flow } from "../flow.ts";
import type { Texts } from "../texts.ts";

/** What the remedy does, and why it helps. */
export const remedies = {
  init: {
    name: "Different initialisation",
    text: flow(`Draws the initial weights with a spread that fits the layer: He initialisation for the ReLU family, Glorot
      initialisation for sigmoid and tanh, orthogonal initialisation for recurrent layers. Signal and gradient then keep their
      strength from layer to layer.`),
  },
  activation: {
    name: "Different activation",
    text: flow(`Uses another function between the layers. The ReLU family passes the gradient on undiminished, where sigmoid takes
      at least three quarters of it. Leaky variants have no dead region.`),
  },
  "batch-norm": {
    name: "Batch normalisation",
    text: flow(`Normalises each feature between layers to mean 0 and standard deviation 1 over the batch, then scales it by learned
      factors. The signal stays where activations work well, gradients keep their size, and higher learning rates become
      possible.`),
  },
  clip: {
    name: "Gradient clipping",
    text: flow(`Scales a gradient that is longer than a limit down to it and keeps its direction. Rare, huge gradients can then no
      longer throw the weights far away. The limit comes from the measured norms.`),
  },
  optimizer: {
    name: "Different optimiser",
    text: flow(`Changes the rule that turns gradients into steps. Adam tracks the gradients of each weight and adapts its step
      size, so that weights with small gradients move too.`),
  },
  "learning-rate": {
    name: "Different learning rate",
    text: flow(`Changes the size of a step. A short test raises the rate from very small to very large and finds where the loss
      falls fastest and where it starts to rise.`),
  },
  dropout: {
    name: "Dropout",
    text: flow(`Drops random units in every training step. No unit can rely on particular others, so the network learns what holds
      without them and memorises less.`),
  },
  l2: {
    name: "L2 regularisation",
    text: flow(`Adds the squares of the weights to the loss, so that large weights have a cost. The network prefers smooth answers
      to ones that pass through every sample.`),
  },
  "early-stopping": {
    name: "Early stopping",
    text: flow(`Ends training when the loss on unseen samples no longer falls, and keeps the best weights. The network does not
      reach the epochs in which it would only memorise.`),
  },
  "output-activation": {
    name: "Different output activation",
    text: flow(`Gives the last layer the activation that the loss and the targets expect: softmax for one of several classes,
      sigmoid for yes or no, none for values.`),
  },
  loss: {
    name: "Different loss",
    text: flow(`Replaces the loss with the one made for these targets: cross-entropy for classes, squared error for values. Its
      gradient then says what is wrong and does not fade when the network is far off.`),
  },
  "scale-inputs": {
    name: "Scaled inputs",
    text: flow(`Scales each input feature to mean 0 and standard deviation 1, as measured on the training samples. All directions
      are then about equally steep, and one learning rate suits them.`),
  },
  "scale-targets": {
    name: "Scaled targets",
    text: flow(`Scales the values to predict to mean 0 and standard deviation 1 for training, and scales predictions back. Loss and
      gradient then have an ordinary size.`),
  },
  "batch-size": {
    name: "Different batch size",
    text: flow(
      `Changes the number of samples per step. More samples make the gradient steadier; fewer give more steps in the same time.`,
    ),
  },
  "more-epochs": {
    name: "More epochs",
    text: flow(`Passes over the samples more often. This helps if the network was still learning when the run ended.`),
  },
  "more-data": {
    name: "More data",
    text: flow(`Adds more samples, or more varied ones. This is the surest protection against memorising, and no setting can
      replace it.`),
  },
  architecture: {
    name: "Different architecture",
    text: flow(`Uses a network of another size or kind: more units or layers if it cannot represent the task, shortcut connections
      if it is too deep, gated units if sequences are long.`),
  },
  "data-fault": {
    name: "Repair the data",
    text: flow(`The fault is in the data and must be repaired there: check the labels, fill in missing values, match inputs and
      labels again. No change of the training can do it.`),
  },
} as const satisfies Texts["remedies"];
