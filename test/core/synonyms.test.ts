import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName, suggestion } from "../../src/core/suggest.ts";
import { SYNONYM_TARGETS } from "../../src/core/synonyms.ts";
import { datasets } from "../../src/datasets/registry.ts";
import { INITIALIZERS } from "../../src/nn/init/init.ts";
import { LAYERS } from "../../src/nn/layers.ts";
import { LOSSES } from "../../src/nn/losses/losses.ts";
import { CLIPS } from "../../src/optim/clip.ts";
import { OPTIMIZERS } from "../../src/optim/optimizers.ts";
import { SCHEDULES } from "../../src/optim/schedules.ts";

const layers = [...Object.keys(LAYERS), "activation"];
const losses = Object.keys(LOSSES);
const optimizers = Object.keys(OPTIMIZERS);
const initializers = ["auto", ...Object.keys(INITIALIZERS)];
const schedules = Object.keys(SCHEDULES);
const metrics = ["accuracy", "meanSquaredError", "meanAbsoluteError", "top5"];
const fitFields = [
  "data",
  "loss",
  "optimizer",
  "clip",
  "schedule",
  "regularizer",
  "epochs",
  "batchSize",
  "earlyStopping",
  "backend",
];
const adam = ["learningRate", "l2", "l1", "decoupledWeightDecay", "beta1", "beta2", "epsilon"];
const conv = ["filters", "kernel", "stride", "padding", "dilation", "bias", "init", "biasInit", "groups"];

/** What users type, and the suggested name. */
const CASES: readonly (readonly [table: readonly string[], given: string, meant: string])[] = [
  [layers, "dense", "linear"],
  [layers, "Dense", "linear"],
  [layers, "nn.Linear", "linear"],
  [layers, "fullyConnected", "linear"],
  [layers, "fully_connected", "linear"],
  [layers, "fc", "linear"],
  [layers, "ReLU", "relu"],
  [layers, "leaky_relu", "leakyRelu"],
  [layers, "swish", "silu"],
  [layers, "Conv2D", "conv2d"],
  [layers, "MaxPooling2D", "maxPool2d"],
  [layers, "averagePooling2d", "avgPool2d"],
  [layers, "GlobalAveragePooling2D", "globalAvgPool"],
  [layers, "batchNormalization", "batchNorm"],
  [layers, "BatchNorm2d", "batchNorm"],
  [layers, "layer_normalization", "layerNorm"],
  [layers, "Conv2DTranspose", "convTranspose2d"],
  [layers, "SimpleRNN", "rnn"],
  [layers, "residual", "skip"],
  [losses, "crossEntropy", "softmaxCrossEntropy"],
  [losses, "CrossEntropyLoss", "softmaxCrossEntropy"],
  [losses, "sparse_categorical_crossentropy", "softmaxCrossEntropy"],
  [losses, "categoricalCrossentropy", "categoricalCrossEntropy"],
  [losses, "NLLLoss", "nll"],
  [losses, "MSELoss", "mse"],
  [losses, "meanSquaredError", "mse"],
  [losses, "mean_absolute_error", "mae"],
  [losses, "L1Loss", "mae"],
  [losses, "BCEWithLogitsLoss", "binaryCrossEntropyWithLogits"],
  [losses, "binary_crossentropy", "binaryCrossEntropy"],
  [losses, "SmoothL1Loss", "smoothL1"],
  [optimizers, "momentum", "sgd"],
  [optimizers, "Adam", "adam"],
  [optimizers, "AdamW", "adamw"],
  [optimizers, "RMSProp", "rmsprop"],
  [optimizers, "AdamOptimizer", "adam"],
  [initializers, "he", "heNormal"],
  [initializers, "kaiming", "heNormal"],
  [initializers, "kaiming_uniform", "heUniform"],
  [initializers, "xavier", "glorotUniform"],
  [initializers, "glorot", "glorotUniform"],
  [initializers, "glorot_uniform", "glorotUniform"],
  [initializers, "xavier_normal_", "glorotNormal"],
  [initializers, "random_normal", "normal"],
  [schedules, "CosineAnnealingLR", "cosine"],
  [schedules, "StepLR", "step"],
  [schedules, "ReduceLROnPlateau", "plateau"],
  [schedules, "OneCycleLR", "oneCycle"],
  [schedules, "exponential_decay", "exponential"],
  [metrics, "acc", "accuracy"],
  [metrics, "mse", "meanSquaredError"],
  [metrics, "top_k_accuracy", "top5"],
  [fitFields, "lr", "optimizer.learningRate"],
  [fitFields, "learning_rate", "optimizer.learningRate"],
  [fitFields, "batch_size", "batchSize"],
  [fitFields, "numEpochs", "epochs"],
  [fitFields, "patience", "earlyStopping.patience"],
  [fitFields, "validation_data", "data.validation"],
  [fitFields, "criterion", "loss"],
  [fitFields, "device", "backend"],
  [fitFields, "lr_scheduler", "schedule"],
  [fitFields, "clipnorm", "clip.maxNorm"],
  [adam, "lr", "learningRate"],
  [adam, "beta_1", "beta1"],
  [adam, "betas", "beta1"],
  [adam, "eps", "epsilon"],
  [conv, "out_channels", "filters"],
  [conv, "kernel_size", "kernel"],
  [conv, "strides", "stride"],
  [conv, "use_bias", "bias"],
  [conv, "kernelInitializer", "init"],
  [["train", "validation"], "valid", "validation"],
  [["train", "validation"], "val", "validation"],
  [Object.keys(datasets), "fashionMnist", "fashion-mnist"],
  [Object.keys(datasets), "make_moons", "moons"],
];

test("names from other libraries lead to ours", () => {
  for (const [table, given, meant] of CASES) {
    assert.equal(nearestName(given, table), meant, given);
    assert.match(suggestion(given, table), new RegExp(`Did you mean "${meant.replace(".", "\\.")}"`));
  }
});

test("a word with two meanings suggests both", () => {
  assert.equal(suggestion("betas", adam), ' Did you mean "beta1" or "beta2"?');
  assert.equal(suggestion("weight_decay", adam), ' Did you mean "l2" or "decoupledWeightDecay"?');
});

test("known words without a counterpart get advice, others the list", () => {
  assert.match(suggestion("activation", ["units", "bias"]), /a separate layer/);
  assert.match(suggestion("zebra", losses), /Known: softmaxCrossEntropy/);
  assert.match(suggestion("constructor", ["units", "bias"]), /Known: units, bias/);
  assert.match(suggestion("x".repeat(100_000), losses), /Known/);
});

test("a name of a table leads to itself", () => {
  for (const table of [
    layers,
    losses,
    optimizers,
    initializers,
    schedules,
    Object.keys(CLIPS),
    Object.keys(datasets),
  ]) {
    for (const name of table) assert.equal(nearestName(name.toUpperCase(), table), name);
  }
  assert.ok(SYNONYM_TARGETS.length > 100);
});
