import { flow } from "../flow.ts";
import type { Texts } from "../texts.ts";

/** What the problem is, why it stops training, and how it is recognised. */
export const problems = {
  "vanishing-gradient": {
    name: "Vanishing gradient",
    text: flow(`A network learns from a gradient that flows back from the output to the input. Every layer multiplies it. If each
      layer shrinks it, almost nothing reaches the lower layers, and they keep their random initial weights. Signs: gradients that
      shrink by orders of magnitude from the highest layer to the lowest, or from the last time step to the first.`),
  },
  "exploding-gradient": {
    name: "Exploding gradient",
    text: flow(`Every layer, or every time step, makes the gradient larger on its way back. A single step then moves the weights
      far away, and the loss jumps or becomes NaN. Signs: gradients that grow by orders of magnitude from layer to layer, or that
      suddenly are many times larger than usual.`),
  },
  "dead-units": {
    name: "Dead units",
    text: flow(`A ReLU unit outputs 0 and passes no gradient whenever its input is negative. If that holds for every sample,
      nothing can revive the unit: it is dead. Steps that are too large and biases far below zero cause this. Signs: units whose
      output is exactly 0 for all samples.`),
  },
  "saturated-units": {
    name: "Saturated units",
    text: flow(`Sigmoid and tanh are nearly flat far from zero. A unit driven there gives almost the same output for every sample
      and passes almost no gradient, so the layers below it learn slowly or not at all. Signs: a large share of outputs in these
      flat regions.`),
  },
  "poor-initialisation": {
    name: "Poor initialisation",
    text: flow(`Initial weights are drawn at random, and their spread must fit the number of inputs and the activation. If it is
      too small, the signal dies out from layer to layer; if it is too large, the signal explodes or saturates. Signs, before the
      first step: the spread of the weights and the strength of the signal in each layer.`),
  },
  "symmetric-initialisation": {
    name: "Symmetric initialisation",
    text: flow(`Units that start with equal weights compute the same output, receive the same gradient and stay equal forever: a
      layer of a hundred such units is worth one. Signs, before the first step: units with identical incoming weights.`),
  },
  "output-activation-mismatch": {
    name: "Wrong output activation",
    text: flow(`The last layer must output what the loss and the targets expect: one of several classes needs softmax, a yes or no
      needs sigmoid, a value needs neither. Otherwise the right answer may be out of the network's reach, or the loss
      misinterprets the output. It is found by comparing the model, the loss and the range of the targets.`),
  },
  "loss-mismatch": {
    name: "Wrong loss for the task",
    text: flow(`The loss defines what a good answer is. A loss for values teaches classes only slowly, and a loss for classes
      cannot handle values: it falls, but the network does not get better at its task. It is found by comparing the loss with the
      kind of targets.`),
  },
  "unscaled-input": {
    name: "Unscaled inputs",
    text: flow(`Inputs that are very large, very small or on very different scales make the loss steep in some directions and flat
      in others. No learning rate suits both, and units saturate or die at once. It is found from the mean and the standard
      deviation of each input feature.`),
  },
  "unscaled-target": {
    name: "Unscaled targets",
    text: flow(`If the values to predict are very large or very small, so are the loss and its gradient. Steps become far too large
      or far too small, and the network spends its time on matching the scale. It is found from the mean and the standard
      deviation of the targets.`),
  },
  "learning-rate-too-high": {
    name: "Learning rate too high",
    text: flow(`Each step overshoots the minimum that it aims for. The loss swings, stays high or grows without bound. Signs: steps
      that are large relative to the weights, a loss that rises, and a short test with smaller rates.`),
  },
  "learning-rate-too-low": {
    name: "Learning rate too low",
    text: flow(`Each step is so small that the network hardly moves during the run. The loss falls steadily, but far too slowly.
      Signs: steps that are tiny relative to the weights although the gradient is healthy.`),
  },
  "slow-convergence": {
    name: "Slow convergence",
    text: flow(`The network learns, but the run ends long before it has finished. More time, a better optimiser or better scaling
      would take it further. Signs: a training loss that still falls clearly when the run ends, and a score below what the data
      allows.`),
  },
  "oscillating-loss": {
    name: "Oscillating loss",
    text: flow(`The loss goes up and down instead of settling: steps overshoot, or batches are so small that each pulls in a
      different direction. How good the network is depends on where the run happens to end. Signs: swings of the loss or the
      score that are large relative to their progress.`),
  },
  overfitting: {
    name: "Overfitting",
    text: flow(`The network memorises its samples, noise included, instead of learning what they have in common. It gets better on
      the samples that it has seen and worse on others. Signs: a wide gap between the training and the validation score, and a
      validation loss that turns and rises while the training loss falls.`),
  },
  underfitting: {
    name: "Underfitting",
    text: flow(`The network does not even learn its training samples: it is too small, too strongly regularised, or stuck. Signs: a
      training score below what simple learners reach on the same data or, in a log, a loss that never falls.`),
  },
  "numerical-error": {
    name: "Numerical error",
    text: flow(`A computation left the range of numbers: it divided by zero, took the logarithm of zero, or a value grew beyond all
      limits. From then on it ruins every weight that it touches. The report names the first value that is infinite or NaN,
      with its step and layer.`),
  },
  "label-fault": {
    name: "Faulty labels",
    text: flow(`Some of the answers that the network should learn are wrong: missing, out of range, contradictory, or unrelated to
      the inputs. No training setting can make up for that. It is found by checks of the labels themselves, and by simple learners
      that do no better than guessing.`),
  },
} as const satisfies Texts["problems"];
