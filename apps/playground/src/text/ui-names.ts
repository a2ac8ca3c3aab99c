import type { ActivationName, InitName, OPTIMIZERS } from "../config/config.ts";

// Names that are the same in every language.

export const ACTIVATION_NAMES: Readonly<Record<ActivationName, string>> = {
  identity: "identity",
  sigmoid: "sigmoid",
  tanh: "tanh",
  relu: "ReLU",
  leakyRelu: "Leaky ReLU",
  prelu: "PReLU",
  elu: "ELU",
  selu: "SELU",
  gelu: "GELU",
  silu: "SiLU",
  softplus: "softplus",
  softsign: "softsign",
};

export const OPTIMIZER_NAMES: Readonly<Record<(typeof OPTIMIZERS)[number], string>> = {
  sgd: "SGD",
  rmsprop: "RMSProp",
  adam: "Adam",
  adamw: "AdamW",
  adagrad: "Adagrad",
  nadam: "Nadam",
};

/** The initialisers that are named after people. */
export const INIT_NAMES: Readonly<Partial<Record<InitName, string>>> = {
  glorotUniform: "Glorot, uniform",
  glorotNormal: "Glorot, normal",
  heUniform: "He, uniform",
  heNormal: "He, normal",
  lecunUniform: "LeCun, uniform",
  lecunNormal: "LeCun, normal",
};

export const NETWORK_NAMES = ["A", "B"] as const satisfies readonly string[];
