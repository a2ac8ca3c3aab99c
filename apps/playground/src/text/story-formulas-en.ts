import type { FormulaName } from "./story-names.ts";
import type { FormulaText } from "./story-texts.ts";

export const FORMULAS_EN: Readonly<Record<FormulaName, FormulaText>> = {
  backpropagation: {
    spoken:
      "The gradient of the loss with respect to the activations of layer l is the product, over all layers k above it, of the transposed weights of layer k times the diagonal of the slopes of its activation, times the gradient at the highest layer D.",
    note: "L loss, h activations, z sums before the activation f, W weights, D depth",
  },
  sigmoidSlope: {
    spoken:
      "The slope of the sigmoid at z equals sigmoid of z times one minus sigmoid of z, which is at most one quarter.",
    note: "largest at z = 0",
  },
  gain: {
    spoken:
      "The gain of a ReLU layer, g, is the standard deviation s times the root of n over two; depth D makes it g to the power of D.",
    note: "s standard deviation of the weights, n inputs of a unit, D depth",
  },
  gap: {
    spoken: "The gap equals the mean loss on test samples minus the mean loss on training samples.",
    note: "large: overfitting",
  },
  weightDecay: {
    spoken: "The objective is the loss plus one half lambda times the sum of all squared weights.",
    note: "λ strength of weight decay",
  },
  glorot: {
    spoken: "Glorot: the variance of a weight is two over the number of inputs plus the number of outputs.",
    note: "Glorot: for tanh and sigmoid",
  },
  he: {
    spoken: "He: the variance of a weight is two over the number of inputs.",
    note: "He: for ReLU, which halves the mean square",
  },
  lecun: {
    spoken: "LeCun: the variance of a weight is one over the number of inputs.",
    note: "LeCun: for SELU",
  },
  leakyRelu: {
    spoken: "LeakyReLU of x is the larger of x and alpha x; its slope is one for positive x, alpha for negative x.",
    note: "ReLU: α = 0; LeakyReLU: α = 0.01",
  },
  normalize: {
    spoken: "x hat equals x minus the mean of the batch, over the root of the variance of the batch plus epsilon.",
    note: "B batch, ε a small number that avoids division by zero",
  },
  scaleAndShift: {
    spoken: "y equals gamma times x hat plus beta.",
    note: "γ and β are learned",
  },
  clip: {
    spoken: "g becomes g times the smaller of one and c over the norm of g.",
    note: "g all gradients as one vector, c the largest norm allowed",
  },
  momentum: {
    spoken: "Momentum: v becomes mu v plus g; w becomes w minus eta v.",
    note: "momentum: g gradient, η learning rate, μ = 0.9",
  },
  rmsprop: {
    spoken:
      "RMSProp: s becomes rho s plus one minus rho times g squared; w becomes w minus eta g over the root of s plus epsilon.",
    note: "RMSProp: ρ = 0.9",
  },
  adamMoments: {
    spoken:
      "Adam's moments: m becomes beta one m plus one minus beta one times g; s becomes beta two s plus one minus beta two times g squared.",
    note: "Adam: β₁ = 0.9, β₂ = 0.999",
  },
  adamStep: {
    spoken:
      "Adam's step: w becomes w minus eta times m over one minus beta one to the t, divided by the root of s over one minus beta two to the t, plus epsilon.",
    note: "t steps so far; the fractions correct for the start at zero",
  },
  dropout: {
    spoken:
      "y equals m times h, element by element, over one minus p; each m is one with probability one minus p, and zero otherwise.",
    note: "p share of dropped units, drawn anew in each step; in prediction y = h",
  },
  throughTime: {
    spoken:
      "The gradient of the loss with respect to the state at time t is the product, over all later times k, of the transposed recurrent weights times the diagonal of the slopes, times the gradient at the last time T.",
    note: "U recurrent weights, the same in every step",
  },
  cellState: {
    spoken:
      "The cell state at time t equals the forget gate times the cell state before, plus the input gate times the candidate.",
    note: "f forget gate, i input gate, c̃ candidate; ⊙ element by element",
  },
};
