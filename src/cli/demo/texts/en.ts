import type { DemoTexts } from "./texts.ts";

export const EN: DemoTexts = {
  language: "en",
  cures: {
    initialisation: {
      name: "Initialisation",
      patient: "ten ReLU layers, all weights drawn with standard deviation 0.01",
      disease:
        "Each unit sums 100 inputs, each multiplied by a weight. With weights of standard deviation 0.01 the sum is about fourteen times smaller than the inputs, and after ten layers nothing of the image is left: every image gets the same answer. The gradient shrinks in the same way as it flows back, so no layer learns.",
      remedy:
        "He initialisation gives the weights of a layer with n inputs the standard deviation \u221a(2/n). The sum is then as large as the inputs (ReLU drops half of it, hence the 2), forwards and backwards, at any depth.",
    },
    activation: {
      name: "Non-saturating activation",
      patient: "eight sigmoid layers, Glorot initialisation",
      disease:
        "A sigmoid is flat at both ends, where its slope is nearly 0. Even at its steepest point the slope is only \u00bc. Backpropagation multiplies the gradient by that slope once per layer, so the lower layers get almost nothing and keep their initial weights.",
      remedy:
        "LeakyReLU has slope 1 for positive inputs and a small slope a, here 0.01, for negative ones. It never saturates, the gradient passes undiminished, and no unit can die as with plain ReLU.",
    },
    "batch-normalisation": {
      name: "Batch normalisation",
      patient: "twenty sigmoid layers, Glorot initialisation",
      disease:
        "Twenty sigmoid layers, one after the other. The outputs of each layer hardly differ between images, and the next layer sees even smaller differences. The gradient that reaches the lowest layer is many orders of magnitude smaller than the one at the top.",
      remedy:
        "Batch normalisation scales the input of every unit to mean 0 and variance 1 over the batch, then lets the network learn a scale and a shift. Small differences become large again in every layer, and the sigmoids work where they are steep. For predictions, moving averages of mean and variance replace those of the batch.",
    },
    clipping: {
      name: "Gradient clipping",
      patient: "a recurrent tanh network that reads the image in 28 rows",
      disease:
        "The same recurrent weights are applied 28 times. They are 1.7 times as large as weights that preserve the size of a signal, so the gradient grows with each step on its way back: at the first row it is hundreds of times as large as at the last. Such steps throw the weights to where every tanh is saturated; there the gradient vanishes, and the network does not recover.",
      remedy:
        "If the norm of the whole gradient exceeds a threshold, the gradient is scaled down to it. The direction stays the same, the step stays small, and the same gradient trains the network.",
    },
    adam: {
      name: "Adam",
      patient: "three sigmoid layers, large batches, few steps",
      disease:
        "Each sigmoid takes away part of the gradient, so the loss is steep along the upper weights and flat along the lower ones. A single learning rate is too large for the steep directions or too small for the flat ones. Momentum helps along a valley, RMSProp with different scales. Here each optimiser runs at the best of several learning rates.",
      remedy:
        "Adam combines both: a moving average of the gradient (momentum) divided by the root of a moving average of its square (RMSProp). Both averages start at 0; dividing by 1 \u2212 \u03b2\u1d57 corrects for that at step t.",
    },
    dropout: {
      name: "Dropout",
      patient: "two wide layers and only 500 images",
      disease:
        "The network has more weights than the images can determine and memorises the images: the loss on them goes to 0, while the loss on unseen images turns and rises. This is overfitting.",
      remedy:
        "Dropout drops every unit with probability p in each training step: here \u00bd for hidden units, \u2155 for pixels. No unit can rely on particular others, so each has to be useful by itself. The remaining units are scaled up by 1/(1 \u2212 p); predictions use all units.",
    },
  },
  rivals: { sgd: "SGD", momentum: "momentum", rmsprop: "RMSProp", adam: "Adam" },
  data: "MNIST: {train#} training images, {test#} test images",
  proving: "{number} of {of}: {name}",
  left: "{time} left",
  finishing: "{signal}: stopping",
  without: "without",
  with: "with",
  verdict: {
    proven: "Proven: the gain is {gain}; to rule out chance, it had to exceed {needed}.",
    "not-proven": "Not proven: the gain is {gain}; to rule out chance, it had to exceed {needed}.",
  },
  result: { proven: "proven", "not-proven": "not proven" },
  seedAgainst: "Seed {seed} contradicts the claim: its run was no better with the remedy.",
  brokeOff: "stopped in step {step#}",
  togetherTitle: "All six together",
  togetherResult: "test accuracy {accuracy}",
  done: "Done in {time}. Charts and explanations: {path}",
  jsonWritten: "Figures: {path}",
  title: "Why deep networks fail to learn, and six remedies",
  lead: "Six networks fail on the handwritten digits of MNIST, each for lack of one remedy. Each is trained three times without its remedy and three times with it, from the same random numbers; statistics decide whether the difference is proven.",
  quickNote:
    "Made with --quick: each network sees a few hundred images once. The figures mean nothing; run it without --quick.",
  contents: "The six patients",
  remedyColumn: "remedy",
  tileProven: "remedies proven",
  tileTogether: "test accuracy of the same network with all six remedies",
  tilePatient:
    "test accuracy of a network of {depth} sigmoid layers as built before 2010; guessing reaches 11.35\u00a0%",
  diseaseTitle: "What goes wrong",
  remedyTitle: "The remedy",
  changedTitle: "What was changed",
  picturesTitle: "Inside the network",
  figuresTitle: "The proof",
  paper: "Paper: {paper}.",
  seedColumn: "seed",
  meanRow: "mean \u00b1 SD",
  differenceColumn: "difference",
  signalTitle: "How much the outputs differ between images",
  signalAxis: "standard deviation between images",
  signalCaption:
    "Before the first step, log scale. Where it fades, the network gives every image the same answer. Layers are named by their position in the settings of the network without the remedy, counted from 0.",
  atFirst: "before the first step",
  atEnd: "at the end",
  backThroughTime: "Gradient by time step",
  backThroughTimeCaption:
    "The gradient that reaches each row of the image, log scale, first seed. It flows back from row 28 to row 1.",
  normOverSteps: "Norm of the gradient, step by step",
  normOverStepsCaption:
    "As computed, before clipping, log scale. Each line is one run; a line that ends early is a run that stopped at infinite values.",
  rivalsNote: "The difference is between Adam and the best of the others.",
  updateTitle: "How far a step moves each layer",
  updateAxis: "norm of the update / norm of the weights",
  updateCaption:
    "Median over the runs, log scale. A single rate moves each layer in proportion to its gradient; RMSProp and Adam divide by the size of the gradient.",
  raceTitle: "Loss on unseen images",
  raceCaption: "Each optimiser at its best learning rate; each line is one run.",
  rateTitle: "How the learning rates were chosen",
  rateColumn: "learning rate",
  optimizerColumn: "optimiser",
  gapTitle: "Loss on training images and on unseen images",
  gapCaption: "Means over the three runs. Where the two curves part, the network memorises.",
  onTraining: "{arm}, training",
  onUnseen: "{arm}, unseen",
  loss: "loss",
  togetherText:
    "The deep network of the third patient with all six remedies, trained on all images for {epochs} epochs: it classifies {accuracy} of the 10,000 test images correctly. Every layer gets a gradient of about the same size, from the first step to the last.",
  mapTitle: "Gradient by layer and step: {arm}",
  mapCaption:
    "Both maps use the same colours, from small (dark) to large (light). Layers are named by their position in the settings of the network without the remedies, counted from 0.",
  allSix: "all six remedies",
  deepPatient: "without remedies",
  methodTitle: "How this was measured",
  method: {
    data: {
      name: "data",
      text: "MNIST, pixels from 0 to 1; unseen images: {validation#} test images for the pairs, {test#} for all six together",
    },
    pairs: {
      name: "pairs",
      text: "seeds 1, 2 and 3 determine the weights, the order of the images and dropout; they are the same without and with the remedy",
    },
    proof: {
      name: "proof",
      text: "the mean gain must exceed what a paired t test requires at the 5\u00a0% level, the standard deviation of the runs with the remedy, and what luck with the unseen images can contribute",
    },
    engine: { name: "engine", text: "Gradus {version}, {backend}" },
    machine: { name: "machine", text: "{machine}, {cores} cores, Node {node}" },
    time: { name: "time", text: "{time} in total, {date}" },
    again: { name: "to repeat", text: "npm start" },
  },
  minutes: "{minutes} min {seconds} s",
  seconds: "{seconds} s",
};
