/** The guided stories, in the order of a course: diseases, remedies, and the same through time. */
export const STORY_NAMES = [
  "vanishingGradient",
  "explodingGradient",
  "overfitting",
  "initialisation",
  "activations",
  "batchNormalisation",
  "clipping",
  "optimisers",
  "dropout",
  "recurrence",
] as const;
export type StoryName = (typeof STORY_NAMES)[number];

/** What a story promises about, measured in a run. */
export const MEASURE_NAMES = [
  "gradientRatio",
  "largestGradient",
  "hasFailed",
  "signalRatio",
  "bestTestAccuracy",
  "accuracyGap",
  "testLossRise",
  "lowestTrainLoss",
  "lowestTestLoss",
] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];

/** What a story's buttons change. */
export const CHANGE_NAMES = [
  "reluAndHe",
  "he",
  "glorot",
  "lecun",
  "relu",
  "leakyRelu",
  "batchNorm",
  "clipNorm",
  "clipValue",
  "momentum",
  "rmsprop",
  "adam",
  "moreSamples",
  "l2",
  "dropout",
  "lstm",
  "gru",
] as const;
export type ChangeName = (typeof CHANGE_NAMES)[number];

/** Where on the page a story is seen. */
export const WATCH_NAMES = ["gradients", "signal", "curves", "plane"] as const;
export type WatchName = (typeof WATCH_NAMES)[number];

/** The formulas, whose LaTeX is in stories/latex.ts. */
export const FORMULA_NAMES = [
  "backpropagation",
  "sigmoidSlope",
  "gain",
  "gap",
  "weightDecay",
  "glorot",
  "he",
  "lecun",
  "leakyRelu",
  "normalize",
  "scaleAndShift",
  "clip",
  "momentum",
  "rmsprop",
  "adamMoments",
  "adamStep",
  "dropout",
  "throughTime",
  "cellState",
] as const;
export type FormulaName = (typeof FORMULA_NAMES)[number];
