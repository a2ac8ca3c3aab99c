import { adam, rnn, sgd, sick, sigmoid, softmax, table, type WrittenCase } from "./write.ts";

const waves = {
  data: table("waves", { classes: 3, steps: 30 }),
  loss: "categoricalCrossentropy",
  batchSize: 32,
} as const;

const first = { data: table("first-of-50", { steps: 50 }), loss: "binaryCrossentropy", batchSize: 32 } as const;

/** Faults through time. */
export const RECURRENT: readonly WrittenCase[] = [
  sick(
    "forgetful",
    "recurrent weights of N(0, 0.02): the first of 50 steps is lost",
    ["vanishing-gradient", "poor-initialisation"],
    ["init", "activation", "architecture"],
    { ...first, model: [rnn(24, "tanh", "normal(0.02)"), sigmoid], optimizer: sgd(0.05), epochs: 40 },
  ),
  sick(
    "forgetful-sigmoid",
    "sigmoid through 50 steps",
    ["vanishing-gradient", "saturated-units"],
    ["activation", "architecture"],
    { ...first, model: [rnn(24, "sigmoid", "orthogonal"), sigmoid], optimizer: adam(0.003), epochs: 40 },
  ),
  sick(
    "avalanche",
    "relu, recurrent weights of N(0, 0.5), 30 steps",
    ["exploding-gradient", "numerical-error", "poor-initialisation"],
    ["clip", "init", "activation", "learning-rate"],
    { ...waves, model: [rnn(24, "relu", "normal(0.5)"), softmax(3)], optimizer: sgd(0.05), epochs: 30 },
  ),
  sick(
    "saturated-state",
    "tanh, recurrent weights of N(0, 2), 30 steps",
    ["saturated-units", "exploding-gradient", "poor-initialisation", "vanishing-gradient"],
    ["init", "clip", "activation"],
    { ...waves, model: [rnn(24, "tanh", "normal(2)"), softmax(3)], optimizer: adam(0.003), epochs: 30 },
  ),
  sick(
    "swinging-state",
    "recurrent net, Adam at 0.3",
    ["learning-rate-too-high", "oscillating-loss", "exploding-gradient", "saturated-units"],
    ["learning-rate", "clip"],
    { ...waves, model: [rnn(24, "tanh", "orthogonal"), softmax(3)], optimizer: adam(0.3), epochs: 30 },
  ),
];
