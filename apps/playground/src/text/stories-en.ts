import { FORMULAS_EN } from "./story-formulas-en.ts";
import type { StoriesTexts } from "./story-texts.ts";

export const STORIES_EN: StoriesTexts = {
  title: "Stories",
  intro:
    "Ten short experiments, in the order of a course: three diseases of deep networks, the six remedies, and the same through time. Each one sets up a network; you train it, change one thing, and see what was promised, or that it was not so.",
  kinds: { disease: "Diseases", remedy: "Remedies", beyond: "Through time" },
  backToList: "All stories",
  close: "Close the stories",
  previous: (title) => `Previous: ${title}`,
  next: (title) => `Next: ${title}`,
  position: (number, count) => `Story ${number} of ${count}`,
  progress: { new: "not begun", begun: "begun", done: "seen" },
  steps: { setUp: "Set up", watch: "Watch", change: "Change", see: "See" },
  setUp: "Set up and train",
  setUpAgain: "Train it again",
  showMe: "Show me where",
  sideBySide: "Side by side",
  sideBySideHint: "Trains both networks at once: A as it was, B with the change",
  isSetUp: "This network is on the page now.",
  isChanged: "The network with the change is on the page now.",
  areSetUp: "Both networks are on the page now: A as it was, B with the change.",
  isEdited: "The page shows another network. This button replaces it; undo brings it back.",
  goesOnFromChange: "The network was changed in the middle of its run, so epochs count from the change.",
  notYet: "nothing yet",
  atMost: (bound) => `at most ${bound}`,
  atLeast: (bound) => `at least ${bound}`,
  between: (low, high) => `between ${low} and ${high}`,
  promised: (bound, afterEpochs) => `Promised: ${bound} by epoch ${afterEpochs}`,
  verdicts: { waiting: "Not judged yet", kept: "Seen", broken: "Not seen" },
  isTrue: "yes",
  isFalse: "no",
  seen: (count, of) => `${count} of ${of} promises seen`,
  remedies: "Its remedies",
  cures: "It cures",
  formulas: "In formulas",
  papers: "Papers",
  stories: {
    vanishingGradient: {
      title: "The vanishing gradient",
      what: "A network learns by sending the gradient of the loss backwards through its layers. On the way, each layer multiplies it by its weights and by the slope of its activation. The slope of a sigmoid is at most 1/4, so after twenty layers hardly a millionth of a millionth is left: the lowest layers do not learn, and the upper ones build on noise.",
      setUp:
        "Twenty dense layers of 50 sigmoid units separate a ring from the disc inside it, a task for which two layers are enough.",
      watch:
        "Look at the gradient of each layer, on a logarithmic scale. The bars fall towards the input like a staircase, and the accuracy stays at 50%: a coin would do as well.",
      change:
        "Give every layer ReLU, whose slope is 1 wherever it is active, and He initialisation, which makes up for the half of the units that are not. The depth stays, and so do the data and the learning rate.",
      see: "The bars become level: the lowest layer's gradient is of the same size as the highest layer's. The boundary closes around the disc.",
    },
    explodingGradient: {
      title: "The exploding gradient",
      what: "The same product can also grow. If each layer makes the signal a little too large, forwards and backwards, then ten layers multiply the excess ten times. The update that follows throws the weights far away, the next output is larger still, and after a few steps no number can hold it.",
      setUp:
        "Ten ReLU layers whose weights are drawn with standard deviation 0.5. Each layer makes the signal about 2.5 times as large, ten layers almost 10,000 times.",
      watch:
        "Take single steps if you like. The gradient of the first step is already beyond a thousand; one or two steps later the loss is infinite or not a number, and the page says where that began.",
      change:
        "Draw the weights as He and colleagues propose: with standard deviation √(2/50) = 0.2, at which the size of the signal stays as it is.",
      see: "The gradient has an ordinary size from the first step on, nothing overflows, and the two moons are separated.",
    },
    overfitting: {
      title: "Overfitting",
      what: "A network with more than 10,000 weights can learn 80 points by heart, their noise included. It then draws a boundary around single points that lie on the wrong side by chance. The loss on the training points goes on falling, while the loss on points that it has not seen turns and rises: the network becomes more and more certain where it is wrong.",
      setUp:
        "Three layers of 100 units learn 80 training points of two overlapping moons. 420 test points are held out.",
      watch:
        "Compare the two curves of the loss, training and test: after the first epochs they part. In the plane, islands and arms grow around single points.",
      change:
        "Weight decay makes large weights costly, and a boundary with sharp bends needs large weights. Dropout hinders units from agreeing on single points. More samples are best of all, where one can get them.",
      see: "The test loss stays near its lowest value, and the boundary stays smooth. The training accuracy is lower, which is right: the noise cannot be predicted.",
    },
    initialisation: {
      title: "Initialisation",
      what: "Before the first step the weights are random, and their size decides what reaches the output. If they are too small, each layer makes the signal smaller, and all samples look alike in the end. If they are too large, it grows. Glorot, He and LeCun chose the variance so that a signal keeps its size: one over the number of inputs, corrected for what the activation takes away.",
      setUp: "Ten ReLU layers, all weights drawn with standard deviation 0.01, as was once usual.",
      watch:
        "Look at the activations layer by layer. Their spread shrinks to a hundredth and less on the way up; at the very first step even to a millionth of a millionth. The output is the same for every point.",
      change:
        "He initialisation fits ReLU: variance 2/inputs. Glorot's takes the mean of inputs and outputs, and suits tanh. LeCun's is 1/inputs, and suits SELU. Try all three here.",
      see: "The spread is nearly the same in all layers, and the network separates the moons within a few epochs.",
    },
    activations: {
      title: "Activations that do not saturate",
      what: "A sigmoid is flat at both ends: a unit that is far out hardly answers to its input, and no gradient passes through it. Even in the middle its slope is only 1/4. ReLU has slope 1 for all positive inputs and never saturates there; LeakyReLU keeps a small slope on the other side too, so that no unit dies.",
      setUp: "Eight sigmoid layers with Glorot initialisation.",
      watch:
        "Look at the gradient of each layer. Each bar is a small fraction of the one above it; eight layers leave a few millionths.",
      change: "Replace the sigmoid with LeakyReLU or ReLU. Nothing else changes, not even the initial weights.",
      see: "The gradients of all layers are of similar size, and the accuracy rises to nearly 100%.",
    },
    batchNormalisation: {
      title: "Batch normalisation",
      what: "Batch normalisation subtracts the mean of the batch from the sum that goes into each unit, and divides by its standard deviation. A scale and a shift, which are learned, follow. Every sigmoid then works where it is steep, whatever the layers below it do. When the network is used later, running averages stand for the mean and deviation of the batch.",
      setUp: "The twenty sigmoid layers of the first story again, with 1,050 training points in batches of 50.",
      watch:
        "The gradient of the lowest layer is a trillionth of the highest layer's, and the accuracy stays at chance.",
      change: "Put batch normalisation before each sigmoid. The sigmoids and their initialisation stay.",
      see: "The bars become level, and twenty sigmoid layers learn. The test accuracy jumps at first: the running averages lag behind the weights, until the learning rate falls.",
    },
    clipping: {
      title: "Gradient clipping",
      what: "A recurrent network uses the same weights in every step of time. If they make a signal twice as large, the gradient is a million times as large twenty steps back. The loss has cliffs then: a step near one goes far astray. Clipping keeps the direction of the gradient and bounds its length, so that no single step can do harm.",
      setUp:
        "A recurrent network reads 20 values of a noisy sine wave and predicts the next one. Its recurrent weights are about twice too large.",
      watch:
        "Look at the curve of the loss, and at the norm of the gradient. Both leap by many powers of ten, and the run may end with values that are not numbers.",
      change:
        "Clip the gradient: by the norm of all gradients together, or each value by itself, which also changes the direction.",
      see: "The gradient before clipping still has its peaks, but the loss falls calmly, far below that of a guess (0.5).",
    },
    optimisers: {
      title: "Optimisers",
      what: "Plain gradient descent uses one rate for all weights. Where the loss is steep one way and flat another, that rate is too large or too small. Momentum adds up what past gradients have in common. RMSProp divides each gradient by its recent size, so that flat directions move as fast as steep ones. Adam does both, and corrects its averages for their start at zero.",
      setUp:
        "Three sigmoid layers: few enough for the gradient to arrive, but it is much smaller in the lower layers. Plain gradient descent, rate 0.1.",
      watch: "Look at the curve of the loss. It lies on a plateau: for twenty epochs and more hardly anything happens.",
      change:
        "Exchange the optimiser for Adam, for RMSProp, or for momentum at the same rate. The network stays as it is.",
      see: "The training loss is below 0.4 within 15 epochs; most of the time within five.",
    },
    dropout: {
      title: "Dropout",
      what: "In each training step, dropout sets a random half of the units to zero and doubles the others. No unit can rely on a certain other one being there, so that they cannot conspire to remember single points. It is as if very many thinned networks were trained and averaged. In prediction all units take part.",
      setUp: "The network of the story of overfitting: 80 training points, three layers of 100 units.",
      watch:
        "The test loss turns and rises to a multiple of its lowest value, and the accuracy on the training points runs away from that on the test points.",
      change: "Drop half of the units after each layer.",
      see: "The test loss stays near its lowest value, and the boundary stays smooth. The training loss is measured with dropout, so that it can even be the higher one.",
    },
    recurrence: {
      title: "Remembering through time",
      what: "A recurrent network is as deep as its sequence is long, and its gradient vanishes backwards through time. A plain one therefore learns what happened just now, and forgets what came long before. The LSTM carries a cell state that is added to rather than multiplied, and gates decide what enters, what stays and what leaves. Its gradient survives along that state.",
      setUp:
        "The adding problem: sequences of 30 random numbers, two of them marked; the network has to give their sum. The first mark lies in the first half, the second in the second.",
      watch:
        "Look at the curve of the test loss. To guess 1 every time costs about 0.17; the plain network gets a little below that and no further.",
      change: "Exchange the recurrent cell for an LSTM or a GRU of the same width.",
      see: "After a time of searching, the test loss falls steeply, below 0.01: the network has found both numbers.",
    },
  },
  measures: {
    gradientRatio: { name: "Gradient of the lowest layer", value: (value) => `${value} of the highest` },
    largestGradient: { name: "Largest gradient norm", value: (value) => value },
    hasFailed: { name: "Values infinite or not a number", value: (value) => value },
    signalRatio: { name: "Spread of the highest layer's activations", value: (value) => `${value} of the lowest` },
    bestTestAccuracy: { name: "Best accuracy on test samples", value: (value) => value },
    accuracyGap: { name: "Accuracy on training minus test samples", value: (value) => value },
    testLossRise: { name: "Test loss", value: (value) => `${value} times its lowest` },
    lowestTrainLoss: { name: "Lowest training loss", value: (value) => value },
    lowestTestLoss: { name: "Lowest test loss", value: (value) => value },
  },
  changes: {
    reluAndHe: "ReLU and He initialisation",
    he: "He initialisation",
    glorot: "Glorot initialisation",
    lecun: "LeCun initialisation",
    relu: "ReLU",
    leakyRelu: "LeakyReLU",
    batchNorm: "Batch normalisation",
    clipNorm: "Clip the whole norm at 0.5",
    clipValue: "Clip each value at 0.02",
    momentum: "Momentum",
    rmsprop: "RMSProp",
    adam: "Adam",
    moreSamples: "1,600 training points",
    l2: "Weight decay",
    dropout: "Dropout",
    lstm: "LSTM",
    gru: "GRU",
  },
  watches: {
    gradients: "the row of gradients in the picture of the network",
    signal: "the row of activations in the picture of the network",
    curves: "the curves of the loss",
    plane: "the decision boundary, and the curves of the loss",
  },
  formulaTexts: FORMULAS_EN,
};
