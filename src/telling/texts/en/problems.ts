import { flow } from "../flow.ts";
import type { Texts } from "../texts.ts";

/** What it is, why it stops training, how it is recognised. */
export const problems = {
  "vanishing-gradient": {
    name: "Vanishing gradient",
    text: flow(`A network learns from a gradient that travels from the output back to the input. Every layer multiplies it; where
      each makes it smaller, next to nothing reaches the lower layers, and they stay as they were at random. It is recognised by
      gradients that shrink by orders of magnitude from the highest layer to the lowest, or from the last time step to the
      first.`),
  },
  "exploding-gradient": {
    name: "Exploding gradient",
    text: flow(`Here every layer, or every time step, makes the gradient larger on its way down. One step then throws the
      weights far away, and the loss jumps or stops being a number. It is recognised by gradients that grow by orders of magnitude
      from layer to layer, or that are suddenly many times larger than usual.`),
  },
  "dead-units": {
    name: "Dead units",
    text: flow(`A unit with ReLU gives 0, and passes no gradient, whenever its input is negative. If that is so for every
      sample, nothing can wake it again: it is dead. Steps that are too large and biases far below zero do this. It is
      recognised by units whose output is exactly 0 for all samples.`),
  },
  "saturated-units": {
    name: "Saturated units",
    text: flow(`Sigmoid and tanh are nearly flat far from zero. A unit that is driven there gives almost the same output for
      every sample and lets almost no gradient through, so the layers below it learn slowly or not at all. It is recognised by
      the share of outputs in these flat ends.`),
  },
  "poor-initialisation": {
    name: "Poor initialisation",
    text: flow(`First weights are drawn at random, and how widely they spread must fit the number of inputs and the activation.
      Too narrow, and the signal dies out from layer to layer; too wide, and it blows up or saturates. It is recognised before
      the first step, by the spread of the weights and the strength of the signal in each layer.`),
  },
  "symmetric-initialisation": {
    name: "Symmetric initialisation",
    text: flow(`Units that start with equal weights compute the same, receive the same gradient and stay equal for ever: a layer
      of a hundred such units is worth one. It is recognised before the first step, by units whose incoming weights are
      identical.`),
  },
  "output-activation-mismatch": {
    name: "Output activation does not fit",
    text: flow(`What the last layer gives must be what the loss and the targets expect: one of several classes needs softmax,
      a yes or no needs sigmoid, a value needs neither. Otherwise the right answer may lie where the network cannot reach, or the
      loss takes its output for something that it is not. It is recognised from the model, the loss and the range of the targets.`),
  },
  "loss-mismatch": {
    name: "Loss does not fit the task",
    text: flow(`The loss says what a good answer is. A loss for values teaches classes slowly, and a loss for classes makes no
      sense of values: the number falls, but the network does not get better at what it is for. It is recognised by comparing the
      loss with the kind of targets.`),
  },
  "unscaled-input": {
    name: "Inputs are not scaled",
    text: flow(`Inputs that are very large, very small, or on very different scales make the loss steep in some directions and
      flat in others: no learning rate fits both, and units saturate or die at once. It is recognised by the mean and the spread of
      each input feature.`),
  },
  "unscaled-target": {
    name: "Targets are not scaled",
    text: flow(`When the values to be predicted are very large or very small, so are the loss and its gradient. Steps become far
      too large or far too small, and the network spends its time getting the scale right. It is recognised by the mean and the
      spread of the targets.`),
  },
  "learning-rate-too-high": {
    name: "Learning rate too high",
    text: flow(`Each step goes so far that it lands beyond the valley it aimed for. The loss swings, stays high, or grows without
      end. It is recognised by steps that are large against the weights, by a loss that rises, and by a short test with smaller
      rates.`),
  },
  "learning-rate-too-low": {
    name: "Learning rate too low",
    text: flow(`Each step is so small that the network hardly moves in the time it is given. The loss falls steadily, but far too
      slowly. It is recognised by steps that are tiny against the weights while the gradient is healthy.`),
  },
  "slow-convergence": {
    name: "Slow convergence",
    text: flow(`The network learns, but the run ends long before it is done. More time, a better optimiser or a better scale of
      the problem would bring more. It is recognised by a training loss that still falls clearly when the run ends, and a score
      below what this data allows.`),
  },
  "oscillating-loss": {
    name: "Oscillating loss",
    text: flow(`The loss goes up and down instead of settling. Steps overshoot, or batches are so small that each pulls another
      way. Where the run happens to end decides how good the network is. It is recognised by swings of loss or score that are large
      against their progress.`),
  },
  overfitting: {
    name: "Overfitting",
    text: flow(`The network learns its samples by heart, noise included, instead of what they have in common. It gets better on
      what it has seen and worse on what it has not. It is recognised by a wide gap between the two scores, and by a validation
      loss that turns and rises while the training loss falls.`),
  },
  underfitting: {
    name: "Underfitting",
    text: flow(`The network does not even learn the samples that it is shown: it is too small, too strongly regularised, or stuck.
      It is recognised by a training score below what simple learners reach on the same data, in a log by a loss that never falls.`),
  },
  "numerical-error": {
    name: "Numerical error",
    text: flow(`A computation left the range of numbers: something was divided by zero, the logarithm of zero was taken, or a value
      grew beyond all limits. From then on every weight it touches is lost. It is recognised by the first value that is
      infinite or not a number, and told with its step and layer.`),
  },
  "label-fault": {
    name: "Fault in the labels",
    text: flow(`Some answers that the network is to learn are wrong: missing, out of range, contradictory, or unrelated to the
      inputs. No setting of the training can make up for that. It is recognised by checks of the labels themselves, and by simple
      learners that do no better than guessing.`),
  },
} as const satisfies Texts["problems"];
