import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { type ReluConfig, reluRule } from "../../src/nn/activations/rectifiers.ts";
import { ACTIVATIONS } from "../../src/nn/activations.ts";
import type { ActivationRule, LayerRule } from "../../src/nn/layer.ts";
import { LAYERS } from "../../src/nn/layers.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

// Diagnoses, probes and their texts ask `factsOf` and `activationFacts` what a layer is. A list of names here would be wrong for the next
// layer that is added.

const SOURCE = join(import.meta.dirname, "../../src");
const FOLDERS = ["doctor", "watch", "telling"];

/** Places that name a layer, and why. Names that no longer stand there must go from the list. */
const ALLOWED: Readonly<Record<string, { readonly names: readonly string[]; readonly why: string }>> = {
  "doctor/attainable.ts": { names: ["linear"], why: "a simple learner, no layer" },
  "doctor/patient.ts": { names: ["linear"], why: "a simple learner, no layer" },
  "doctor/words.ts": { names: ["dropout"], why: "the name of a remedy" },
  "doctor/treatments.ts": { names: ["dropout"], why: "the name of a remedy" },
  "doctor/preflight/facts/output.ts": { names: ["identity"], why: "stands for no activation" },
  "doctor/preflight/facts/weights.ts": { names: ["identity"], why: "stands for no activation" },
  "doctor/preflight/rules/output-activation.ts": {
    names: ["identity", "logSoftmax", "sigmoid", "softmax"],
    why: "what should be at the end instead",
  },
  "doctor/preflight/rules/output-units.ts": {
    names: ["identity", "sigmoid"],
    why: "what should be at the end instead",
  },
  "doctor/remedies/activation.ts": { names: ["leakyRelu", "relu", "sigmoid", "tanh"], why: "what it writes" },
  "doctor/remedies/batch-norm.ts": { names: ["batchNorm"], why: "what it inserts" },
  "doctor/remedies/dropout.ts": {
    names: ["alphaDropout", "dropout"],
    why: "what it inserts, and of which it raises the rate; a field of recurrent layers",
  },
  "doctor/remedies/output.ts": {
    names: ["identity", "logSoftmax", "sigmoid", "softmax", "tanh"],
    why: "pairs of a loss and an output activation that it writes",
  },
  "doctor/remedies/scale-targets.ts": { names: ["identity"], why: "takes the output activation away" },
  "telling/texts/en.ts": { names: ["identity"], why: "its words" },
  "telling/texts/ko.ts": { names: ["identity"], why: "its words" },
};

/** Names of layers that a file writes as strings, and of activations that are keys of an object. (Layers as keys are left out: `dropout`
 *  is a remedy and a field, too.) */
function namesIn(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "").replace(/(?:from|import)\s+"[^"]*"/g, "");
  const strings = [...code.matchAll(/(["'`])([A-Za-z0-9]+)\1/g)].map((match) => match[2] as string);
  const keys = [...code.matchAll(/(?:^|[{,])\s*([A-Za-z0-9]+):/gm)].map((match) => match[1] as string);
  const layers = strings.filter((name) => Object.hasOwn(LAYERS, name));
  return [...new Set([...layers, ...keys.filter((name) => Object.hasOwn(ACTIVATIONS, name))])].sort();
}

const found = FOLDERS.flatMap((folder) =>
  readdirSync(join(SOURCE, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name)),
)
  .map((path) => [relative(SOURCE, path), namesIn(readFileSync(path, "utf8"))] as const)
  .filter(([, names]) => names.length > 0);

test("diagnoses, probes and texts ask for the facts of layers, and keep no names", () => {
  assert.deepEqual(
    Object.fromEntries(found),
    Object.fromEntries(Object.entries(ALLOWED).map(([path, { names }]) => [path, [...names].sort()])),
  );
});

test("a list of names is found, as strings and as keys; comments and imports are not", () => {
  assert.deepEqual(namesIn('const A = ["relu", `conv2d`]; // "gelu"'), ["conv2d", "relu"]);
  assert.deepEqual(namesIn('/** "selu" */ const A = { sigmoid: 1,\n tanh: 2 };'), ["sigmoid", "tanh"]);
  assert.deepEqual(namesIn('import { dropout } from "elu";'), []);
});

test("a layer or an activation without its facts does not compile", () => {
  const apply = (_: unknown, x: Tensor): Tensor => x;
  const { gain, init, range, source } = reluRule.activation;
  // @ts-expect-error no facts
  const layer: LayerRule<{ readonly type: "new" }> = { fields: {}, apply };
  // @ts-expect-error remedies write an initialiser into sums: without the field it is none
  const sum: LayerRule<{ readonly type: "new" }>["facts"] = { role: "sum", passes: "nothing", unitAxis: "last" };
  // @ts-expect-error no saturation, no place in depth, …
  const activation: ActivationRule<ReluConfig> = { fields: {}, activation: { gain, init, range, source }, apply };
  assert.ok(layer && sum && activation);
});
