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

const clouds: Omit<Program, "optimizer"> = {
  data: table("clouds", { classes: 5 }),
  model: [...times(2, dense(32, "relu", "heNormal")), softmax(5)],
  loss: "categoricalCrossentropy",
  batchSize: 32,
  epochs: 15,
};

const moons: Omit<Program, "optimizer"> = {
  data: table("moons"),
  model: [...times(2, dense(16, "relu", "heNormal")), sigmoid],
  loss: "binaryCrossentropy",
  batchSize: 32,
  epochs: 40,
};

const saddle: Omit<Program, "optimizer"> = {
  data: table("saddle"),
  model: [...times(2, dense(32, "relu", "heNormal")), linear],
  loss: "meanSquaredError",
  batchSize: 32,
  epochs: 40,
};

const TOO_HIGH = [
  "learning-rate-too-high",
  "exploding-gradient",
  "oscillating-loss",
  "dead-units",
  "numerical-error",
] as const;
const TOO_LOW = ["learning-rate-too-low", "slow-convergence", "underfitting"] as const;

/** Faults of optimiser, learning rate, batch and length. */
export const STEPS: readonly WrittenCase[] = [
  sick("adam-at-ten", "Adam at 10", TOO_HIGH, ["learning-rate"], { ...clouds, optimizer: adam(10) }),
  sick("adam-at-a-ten-millionth", "Adam at 1e-7", TOO_LOW, ["learning-rate", "optimizer"], {
    ...clouds,
    optimizer: adam(1e-7),
  }),
  sick("rmsprop-at-one", "RMSProp at 1", TOO_HIGH, ["learning-rate", "optimizer"], {
    ...moons,
    optimizer: { type: "rmsprop", learningRate: 1 },
  }),
  sick("heavy-ball", "momentum of 0.999", TOO_HIGH, ["learning-rate", "optimizer", "clip"], {
    ...moons,
    optimizer: sgd(0.1, 0.999),
  }),
  sick("regression-at-one", "descent at 1 in a regression", TOO_HIGH, ["learning-rate", "optimizer", "clip"], {
    ...saddle,
    optimizer: sgd(1),
  }),
  sick("restless", "Adam at 0.5 in batches of 4", TOO_HIGH, ["learning-rate", "batch-size"], {
    ...moons,
    optimizer: adam(0.5),
    batchSize: 4,
    epochs: 15,
  }),
  sick("digits-at-three", "convolutional net, descent at 3", TOO_HIGH, ["learning-rate", "clip", "optimizer"], {
    data: digits(2000),
    model: [conv(8, "relu", "heNormal"), pool, flatten, dense(32, "relu", "heNormal"), softmax(10)],
    loss: "categoricalCrossentropy",
    optimizer: sgd(3),
    batchSize: 32,
    epochs: 4,
  }),
  sick("adagrad-faint", "AdaGrad at 1e-4", TOO_LOW, ["learning-rate", "optimizer"], {
    ...clouds,
    optimizer: { type: "adagrad", learningRate: 1e-4 },
  }),
  sick("adadelta-faint", "Adadelta at 0.001, a library's default", TOO_LOW, ["learning-rate", "optimizer"], {
    ...clouds,
    optimizer: { type: "adadelta", learningRate: 1e-3 },
  }),
  sick("regression-at-a-millionth", "descent at 1e-6 in a regression", TOO_LOW, ["learning-rate", "optimizer"], {
    ...saddle,
    optimizer: sgd(1e-6),
  }),
  sick("whole-batch", "one step an epoch", TOO_LOW, ["batch-size", "more-epochs", "learning-rate", "optimizer"], {
    ...clouds,
    optimizer: sgd(0.01),
    batchSize: 1000,
    epochs: 20,
  }),
  sick("too-short", "three epochs on spirals", TOO_LOW, ["more-epochs", "learning-rate", "batch-size", "optimizer"], {
    data: table("spirals", { classes: 3 }),
    model: [...times(2, dense(32, "relu", "heNormal")), softmax(3)],
    loss: "categoricalCrossentropy",
    optimizer: adam(0.001),
    batchSize: 32,
    epochs: 3,
  }),
];
