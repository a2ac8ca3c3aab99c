import assert from "node:assert/strict";
import { test } from "node:test";
import { modelOrder } from "../../../src/watch/log/layer-series.ts";
import { meaningOf } from "../../../src/watch/log/names.ts";

/** `loss train epoch`, `gradient fc1`, or nothing. */
function said(name: string, isDistribution = false): string | undefined {
  const meaning = meaningOf(name, isDistribution);
  return (
    meaning &&
    Object.values(meaning)
      .filter((part) => part !== undefined)
      .join(" ")
  );
}

const CURVES = {
  loss: "loss train",
  "train/loss": "loss train",
  "Loss/train": "loss train",
  trainLoss: "loss train",
  train_loss_step: "loss train step",
  train_loss_epoch: "loss train epoch",
  epoch_loss: "loss train epoch",
  batch_loss: "loss train step",
  val_loss: "loss validation",
  "validation/loss": "loss validation",
  "eval/loss": "loss validation",
  evaluation_loss_vs_iterations: "loss validation step",
  valid_loss: "loss validation",
  test_loss: "loss test",
  "Loss/loss": "loss train",
  accuracy: "accuracy train",
  val_acc: "accuracy validation",
  val_sparse_categorical_accuracy: "accuracy validation",
  epoch_binary_accuracy: "accuracy train epoch",
  val_top1: "accuracy validation",
  epoch: "epoch",
  "train/epoch": "epoch",
  step: "step",
  global_step: "step",
  "trainer/global_step": "step",
  learning_rate: "other",
  "lr-Adam": "other",
  epoch_learning_rate: "other",
  time_per_batch: "other",
};

test("curves by their names in common tools", () => {
  for (const [name, expected] of Object.entries(CURVES)) assert.equal(said(name), expected, name);
});

const LAYERS = {
  grad_norm: "gradient",
  "train/grad_norm": "gradient",
  global_grad_norm: "gradient",
  "grad_2.0_norm_total": "gradient",
  "gradients/global_norm": "gradient",
  "grad_norm/layers.3": "gradient layers.3",
  "grad_2.0_norm/fc1.weight": "gradient fc1",
  "gradient_norm/dense_1": "gradient dense_1",
  "layers.3.weight.grad": "gradient layers.3",
  "grad/batch_norm.bias": "gradient batch_norm",
  "weight_norm/fc2": "weight fc2",
  "update_norm/fc2": "update fc2",
  "activations/relu1/zeros": "zeros relu1",
  "zero_fraction/relu1": "zeros relu1",
  "dead/relu2": "dead relu2",
  "saturated/tanh": "saturated tanh",
};

test("layers by their names in common tools", () => {
  for (const [name, expected] of Object.entries(LAYERS)) assert.equal(said(name), expected, name);
});

const HISTOGRAMS = {
  "gradients/fc1.weight": "gradient fc1",
  "gradients/norm.weight": "gradient norm",
  "dense_1/kernel_0": "weight dense_1",
  "dense_1/kernel:0": "weight dense_1",
  "sequential/dense/kernel/histogram": "weight sequential/dense",
  "dense_1/kernel_0_grad": "gradient dense_1",
  dense_1_out: "activation dense_1",
  "activations/relu1": "activation relu1",
  "relu1/activations": "activation relu1",
  "lstm.weight_hh_l0": "weight lstm",
  "encoder.layers.2.linear1.weight": "weight encoder.layers.2.linear1",
  "weights/fc1": "weight fc1",
  "parameters/fc1.bias": "weight fc1",
  "bn/moving_mean_0": "other",
  "bn.running_var": "other",
};

test("histograms by their names in common tools", () => {
  for (const [name, expected] of Object.entries(HISTOGRAMS)) assert.equal(said(name, true), expected, name);
});

test("similar names are not understood", () => {
  for (const name of ["box_loss", "reward", "f1", "grad/fc1/max", "fc1.weight", "loss_scale", "accuracy_gap", ""]) {
    assert.equal(said(name), undefined, name);
  }
  assert.equal(said("images", true), undefined);
});

test("layers keep their order in the log, unless their names were sorted as text or logged backwards", () => {
  const logged = ["stem", "block.conv", "block.bn", "head"];
  assert.deepEqual(modelOrder(logged), logged);
  assert.deepEqual(modelOrder(["fc1", "fc10", "fc2", "out"]), ["fc1", "fc2", "fc10", "out"]);
  assert.deepEqual(modelOrder(["layers.2", "layers.1", "layers.0"]), ["layers.0", "layers.1", "layers.2"]);
  assert.deepEqual(modelOrder(["dense_2", "dense_1", "dense"]), ["dense", "dense_1", "dense_2"]);
});
