import type { DemoTexts } from "./texts.ts";

export const EN: DemoTexts = {
  language: "en",
  cures: {
    initialisation: {
      name: "Initialisation",
      patient: "ten ReLU layers, all weights drawn with deviation 0.01",
      disease:
        "A unit adds up 100 inputs, each times a weight. With weights of deviation 0.01 the sum is about fourteen times smaller than what came in, and after ten layers nothing of the image is left: every image gets the same answer. The gradient shrinks in the same way on its way down, so no layer learns.",
      remedy:
        "He's initialisation gives the weights of a layer with n inputs the deviation \u221a(2/n). The sum is then as large as what came in (ReLU drops half of it, hence the 2), forwards and backwards, whatever the depth.",
    },
    activation: {
      name: "An activation that does not saturate",
      patient: "eight sigmoid layers, Glorot\u2019s initialisation",
      disease:
        "A sigmoid is flat at both ends: there its slope is nearly 0. Even at its steepest it is only \u00bc. Backpropagation multiplies the gradient by that slope once per layer, so the lower layers get next to nothing and stay as they were drawn.",
      remedy:
        "LeakyReLU has slope 1 for positive inputs and a small slope a, here 0.01, for negative ones. It never saturates, the gradient passes undiminished, and no unit can die, as a plain ReLU\u2019s can.",
    },
    "batch-normalisation": {
      name: "Batch normalisation",
      patient: "twenty sigmoid layers, Glorot\u2019s initialisation",
      disease:
        "Twenty sigmoids, one above the other. Each layer\u2019s outputs hardly differ between images, and the next layer sees even smaller differences. The gradient that reaches the lowest layer is many powers of ten smaller than the one at the top.",
      remedy:
        "Batch normalisation brings every unit\u2019s input to mean 0 and variance 1 over the batch, then lets the network choose scale and shift. The small differences are made large again in every layer, and the sigmoids work where they are steep. For predictions, moving averages of mean and variance take the batch\u2019s place.",
    },
    clipping: {
      name: "Gradient clipping",
      patient: "a recurrent tanh network that reads the image in 28 rows",
      disease:
        "The same recurrent weights are applied 28 times. They are 1.7 times as large as those that keep a signal\u2019s size, so the gradient grows with each step on its way back: at the first row it is hundreds of times what it is at the last. Such steps throw the weights to where every tanh is saturated; there the gradient vanishes, and the network does not come back.",
      remedy:
        "Where the norm of the whole gradient exceeds a threshold, the gradient is scaled down to it. The direction stays, the step stays small, and the same gradient trains the network.",
    },
    adam: {
      name: "Adam",
      patient: "three sigmoid layers, large batches, few steps",
      disease:
        "Each sigmoid takes a part of the gradient away, so the loss is steep along the upper weights and flat along the lower ones. One learning rate for all is too large for the steep ones or too small for the flat ones. Momentum helps along a valley, RMSProp with different scales; here each optimiser runs at the best of several learning rates.",
      remedy:
        "Adam joins both: a moving average of the gradient (momentum) divided by the root of a moving average of its square (RMSProp). Both averages start at 0; dividing by 1 \u2212 \u03b2\u1d57 corrects for that at step t.",
    },
    dropout: {
      name: "Dropout",
      patient: "two wide layers and only 500 images",
      disease:
        "The network has more weights than the images can determine and learns the images by heart: the loss on them goes to 0, while the loss on unseen images turns and rises. That is overfitting.",
      remedy:
        "Dropout leaves out every unit with probability p in each training step: here \u00bd for hidden units, \u2155 for pixels. No unit can rely on a certain other one, so each has to be useful by itself. The units that stay are scaled up by 1/(1 \u2212 p); in predictions nothing is left out.",
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
    proven: "Proven: the gain is {gain}; more than {needed} was needed to be no accident.",
    "not-proven": "Not proven: the gain is {gain}; more than {needed} was needed to be no accident.",
  },
  result: { proven: "proven", "not-proven": "not proven" },
  seedAgainst: "Seed {seed} does not fit the claim: it did no better with the remedy.",
  brokeOff: "broke off in step {step#}",
  togetherTitle: "All six together",
  togetherResult: "test accuracy {accuracy}",
  done: "{time} in all. Charts and explanations: {path}",
  jsonWritten: "figures: {path}",
  title: "Why deep networks do not learn, and six remedies",
  lead: "Six networks that fail, each for want of one remedy, on the handwritten digits of MNIST. Each is trained three times without its remedy and three times with it, from the same random numbers; statistics say whether the difference is proven.",
  quickNote:
    "Made with --quick: each network sees a few hundred images once. The figures mean nothing; run it without.",
  contents: "The six patients",
  remedyColumn: "remedy",
  tileProven: "remedies proven",
  tileTogether: "test accuracy of the same network with all six remedies",
  tilePatient:
    "test accuracy of a network of {depth} sigmoid layers as built before 2010; a guess reaches 11.35\u00a0%",
  diseaseTitle: "What goes wrong",
  remedyTitle: "The remedy",
  changedTitle: "What was changed",
  picturesTitle: "What happened inside",
  figuresTitle: "The proof",
  paper: "Paper: {paper}.",
  seedColumn: "seed",
  meanRow: "mean \u00b1 spread",
  differenceColumn: "difference",
  signalTitle: "How much the outputs differ between images",
  signalAxis: "standard deviation between images",
  signalCaption:
    "Before the first step, log scale. Where it fades, the network gives every image the same answer. Layers are named by their place in the settings of the network without the remedy, counted from 0.",
  atFirst: "before the first step",
  atEnd: "at the end",
  backThroughTime: "Gradient by time step",
  backThroughTimeCaption:
    "What of the gradient reaches each row of the image, log scale, first seed. It is sent back from row 28 to row 1.",
  normOverSteps: "Norm of the gradient, step by step",
  normOverStepsCaption:
    "As computed, before it is clipped, log scale; each line is one run. A line that ends early is a run that broke off at infinite values.",
  rivalsNote: "The difference is that between Adam and the best of the others.",
  updateTitle: "How far a step moves each layer",
  updateAxis: "norm of the update / norm of the weights",
  updateCaption:
    "Median over the runs, log scale. One rate for all moves layers by what their gradient happens to be; RMSProp and Adam divide by its size.",
  raceTitle: "Loss on unseen images",
  raceCaption: "Each optimiser at the best of its learning rates; each line is one run.",
  rateTitle: "How the learning rates were chosen",
  rateColumn: "learning rate",
  optimizerColumn: "optimiser",
  gapTitle: "Training loss and loss on unseen images",
  gapCaption: "Means over the three runs. Where the two part, the network learns by heart.",
  onTraining: "{arm}, training",
  onUnseen: "{arm}, unseen",
  loss: "loss",
  togetherText:
    "The deep network of the third patient with all six remedies, trained on all images for {epochs} epochs: {accuracy} of the 10,000 test images are told right. Every layer gets a gradient of about the same size, from the first step to the last.",
  mapTitle: "Gradient by layer and step: {arm}",
  mapCaption:
    "The same colours in both: from small (dark) to large (light). Layers are named by their place in the settings of the network without the remedies, counted from 0.",
  allSix: "all six remedies",
  deepPatient: "as it is",
  methodTitle: "How this was measured",
  method: {
    data: { name: "data", text: "MNIST, pixels from 0 to 1; unseen: {validation#} test images, together: {test#}" },
    pairs: {
      name: "pairs",
      text: "seeds 1, 2 and 3 draw weights, order and dropout; without and with the remedy they are the same",
    },
    proof: {
      name: "proof",
      text: "the mean gain must exceed what a paired t test asks for at 5 %, the spread of the runs with the remedy, and what luck with the unseen images can give",
    },
    engine: { name: "engine", text: "Gradus {version}, {backend}" },
    machine: { name: "machine", text: "{machine}, {cores} cores, Node {node}" },
    time: { name: "time", text: "{time} in all, {date}" },
    again: { name: "again", text: "npm start" },
  },
  minutes: "{minutes} min {seconds} s",
  seconds: "{seconds} s",
};
