import {
  adam,
  conv,
  dense,
  digits,
  flatten,
  linear,
  type Program,
  pool,
  sgd,
  sick,
  sigmoid,
  softmax,
  table,
  times,
  type WrittenCase,
} from "./write.ts";

const hidden = times(2, dense(32, "relu", "heNormal"));

const clouds: Program = {
  data: table("clouds", { classes: 5 }),
  model: [...hidden, softmax(5)],
  loss: "categoricalCrossentropy",
  optimizer: adam(0.002),
  batchSize: 32,
  epochs: 15,
};

const moons: Program = {
  data: table("moons"),
  model: [...times(2, dense(16, "relu", "heNormal")), sigmoid],
  loss: "binaryCrossentropy",
  optimizer: adam(0.005),
  batchSize: 32,
  epochs: 30,
};

const friedman: Program = {
  data: table("friedman"),
  model: [...hidden, linear],
  loss: "meanSquaredError",
  optimizer: adam(0.01),
  batchSize: 32,
  epochs: 60,
};

const saddle: Program = { ...friedman, data: table("saddle"), optimizer: adam(0.005), epochs: 40 };

const withOutput = (program: Program, units: number, activation: string): Program => ({
  ...program,
  model: [...program.model.slice(0, -1), dense(units, activation, "glorotUniform")],
});

const LABELS = ["label-fault"] as const;

/** Faults of data, output and loss. */
export const DATA_AND_LOSS: readonly WrittenCase[] = [
  sick(
    "survey-units",
    "a table in its own units",
    ["unscaled-input", "exploding-gradient", "dead-units"],
    ["scale-inputs", "batch-norm"],
    {
      data: table("survey", { classes: 3 }),
      model: [...hidden, softmax(3)],
      loss: "categoricalCrossentropy",
      optimizer: adam(0.005),
      batchSize: 32,
      epochs: 40,
    },
  ),
  sick(
    "digits-bytes-sigmoid",
    "bytes into sigmoids",
    ["unscaled-input", "saturated-units"],
    ["scale-inputs", "batch-norm"],
    {
      data: digits(3000, { scale: false }),
      model: [flatten, dense(64, "sigmoid", "glorotUniform"), softmax(10)],
      loss: "categoricalCrossentropy",
      optimizer: sgd(0.1),
      batchSize: 32,
      epochs: 4,
    },
  ),
  sick("absolute-error-classes", "absolute error on classes", ["loss-mismatch", "slow-convergence"], ["loss"], {
    ...clouds,
    loss: "meanAbsoluteError",
    optimizer: sgd(0.05),
  }),
  sick(
    "squared-error-digits",
    "squared error on sigmoids, digits",
    ["loss-mismatch", "slow-convergence", "output-activation-mismatch"],
    ["loss"],
    {
      data: digits(2000),
      model: [conv(8, "relu", "heNormal"), pool, flatten, dense(10, "sigmoid", "glorotUniform")],
      loss: "meanSquaredError",
      optimizer: sgd(0.02),
      batchSize: 32,
      epochs: 4,
    },
  ),
  sick(
    "sigmoid-regression",
    "sigmoid before targets up to 28",
    ["output-activation-mismatch"],
    ["output-activation"],
    withOutput(friedman, 1, "sigmoid"),
  ),
  sick(
    "tanh-regression",
    "tanh before targets up to 28",
    ["output-activation-mismatch"],
    ["output-activation"],
    withOutput(friedman, 1, "tanh"),
  ),
  sick(
    "relu-regression",
    "relu before targets of both signs",
    ["output-activation-mismatch", "dead-units"],
    ["output-activation"],
    withOutput(saddle, 1, "relu"),
  ),
  sick(
    "bare-classes",
    "no softmax before cross-entropy",
    ["output-activation-mismatch", "numerical-error"],
    ["output-activation", "loss"],
    withOutput(clouds, 5, "linear"),
  ),
  sick(
    "bare-binary",
    "no sigmoid before cross-entropy",
    ["output-activation-mismatch", "numerical-error"],
    ["output-activation", "loss"],
    { ...withOutput(moons, 1, "linear"), data: table("xor"), optimizer: sgd(0.1) },
  ),
  sick(
    "lonely-softmax",
    "softmax of one unit",
    ["output-activation-mismatch"],
    ["output-activation"],
    withOutput(moons, 1, "softmax"),
  ),
  sick(
    "relu-binary",
    "relu before binary cross-entropy",
    ["output-activation-mismatch", "dead-units", "numerical-error"],
    ["output-activation"],
    { ...withOutput(moons, 1, "relu"), optimizer: sgd(0.5) },
  ),
  sick(
    "tags-softmax",
    "softmax over marks that do not exclude each other",
    ["output-activation-mismatch", "loss-mismatch"],
    ["output-activation", "loss"],
    {
      data: table("tags", { multilabel: true }),
      model: [dense(48, "relu", "heNormal"), dense(4, "softmax", "glorotUniform")],
      loss: "categoricalCrossentropy",
      optimizer: adam(0.01),
      batchSize: 32,
      epochs: 25,
    },
  ),
  sick(
    "level-of-a-thousand",
    "targets about 1000",
    ["unscaled-target", "slow-convergence", "underfitting", "learning-rate-too-low"],
    ["scale-targets"],
    {
      ...friedman,
      data: table("level"),
      optimizer: adam(0.001),
      epochs: 40,
    },
  ),
  sick(
    "thousandfold",
    "targets a thousand times too large",
    ["unscaled-target", "exploding-gradient", "numerical-error", "learning-rate-too-high"],
    ["scale-targets", "clip", "learning-rate", "optimizer"],
    {
      ...saddle,
      data: table("saddle", { targetScale: 1000 }),
      optimizer: sgd(0.02),
    },
  ),
  sick("lottery", "labels drawn by lot", [...LABELS, "overfitting"], ["data-fault"], {
    ...clouds,
    data: table("lottery", { classes: 4 }),
    model: [...hidden, softmax(4)],
    epochs: 40,
  }),
  sick("digits-divided", "labels divided by 255 with the pixels", LABELS, ["data-fault"], {
    data: digits(2000, { labelDivisor: 255 }),
    model: [flatten, dense(64, "relu", "heNormal"), softmax(10)],
    loss: "sparseCategoricalCrossentropy",
    optimizer: adam(0.002),
    batchSize: 32,
    epochs: 3,
  }),
  sick("from-one", "classes counted from 1", LABELS, ["data-fault"], {
    ...clouds,
    data: table("from-one", { classes: 3 }),
    model: [...hidden, softmax(3)],
    loss: "sparseCategoricalCrossentropy",
  }),
  sick("gaps", "inputs that were never measured", ["numerical-error", "label-fault"], ["data-fault"], {
    ...clouds,
    data: table("gaps", { classes: 3 }),
    model: [...hidden, softmax(3)],
  }),
  sick("monotone", "one class alone", LABELS, ["data-fault"], { ...moons, data: table("monotone"), epochs: 15 }),
  sick("unplugged", "every input the same", [...LABELS, "underfitting", "unscaled-input"], ["data-fault"], {
    ...moons,
    data: table("unplugged"),
    epochs: 15,
  }),
];
