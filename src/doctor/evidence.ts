/** Every kind of evidence. Its sentence in each language is in `texts/`; a name without one does not compile. */
export const EVIDENCE = [
  // before the first step
  "output-activation", // values: activation, loss, expected
  "output-units", // values: units, expected, activation
  "loss-for-task", // values: loss, task, expected
  "input-scale", // value: largest |mean| or deviation of a feature; values: feature, low, high
  "input-spread", // value: size of the largest feature over that of the median one; values: feature
  "input-variation", // value: deviation / size of the median feature: how far inputs differ, against how large they are
  "input-not-finite", // value: share; values: count
  "input-constant", // value: share of constant features
  "target-scale", // value: deviation (or |mean|) of the targets
  "target-not-finite",
  "labels-out-of-range", // values: low, high, classes
  "one-class", // value: share of the most frequent label
  "class-missing", // value: classes never seen; values: classes
  "class-imbalance", // value: share of the most frequent class
  "labels-not-integers",
  "labels-contradict", // value: share of equal inputs with different labels
  "labels-unlearnable", // value: best score that any of the simple learners reaches; values: chance
  "initial-deviation", // value: measured / correct deviation of the weights; values: activation, expected, fanIn
  "initial-constant", // all weights equal; value: the constant
  "initial-twins", // value: share of equal units
  "initial-bias", // value: mean bias
  "initial-dead", // value: share of units dead before the first step
  "initial-saturated", // value: share saturated
  "initial-signal", // value: ratio of deviation of the last hidden layer's output to the first's; values: first, last
  "initial-distinct", // value: distinct of the deepest layer
  "initial-gradient-ratio", // value: lowest layer's gradient over the highest's; values: first, last
  "initial-loss", // value: initial loss; values: expected
  "learning-rate-range", // value: the rate; values: optimizer, low, high
  "hidden-activation", // value: layers with it; values: activation, factor (remaining share of a gradient), limit
  "regularizer-strength", // value: penalty / loss at the start; values: penalty, loss
  "dropout-rate", // value: dropped share
  "batch-size", // value: samples per batch; values: samples
  "one-batch", // one batch could not be overfitted: value: loss after; values: before, steps
  // in the run
  "gradient-ratio", // value: gradient of the lowest layer over that of the highest; values: first, last
  "gradient-norm", // value: norm of the whole gradient; values: median
  "gradient-through-time", // value: gradient at the first step over that at the last
  "gradient-growth",
  "update-ratio", // value: norm of update / norm of weight, median over layers
  "dead-share", // value
  "zero-share",
  "saturated-share",
  "distinct-share",
  "not-finite", // values: tensor, step
  "loss-growth", // value: loss / first loss
  "loss-fall", // value: share by which the training loss fell over the run
  "few-steps", // value: steps of the run; threshold: steps in which weights could move by a third; values: reach
  "loss-still-falling", // value: share by which it fell over the last quarter of the run
  "loss-swing", // value: swings of the loss over its fall
  "score-swing", // value: swing of the validation score from epoch to epoch
  "score-against-attainable", // value: score; values: attainable, learner, chance, metric
  "score-chance", // value: score; values: chance, metric
  "train-score", // value: score on the training part; values: attainable
  "generalisation-gap", // value: training score - validation score
  "validation-loss-rise", // value: last validation loss / lowest; values: epoch
  "other-seeds", // value: share of the runs that show it; values: runs, count
] as const;

export type EvidenceName = (typeof EVIDENCE)[number];
