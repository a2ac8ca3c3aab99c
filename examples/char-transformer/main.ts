// A small transformer that learns to write a text, character by character.
//   npx tsx examples/char-transformer/main.ts --epochs 60 "The option"
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  characterWindows,
  compile,
  createModel,
  DeviceState,
  decodeText,
  encodeText,
  fit,
  type Model,
  type ModelState,
  openBackend,
  progress,
  type Tensor,
  type Tree,
  transformer,
  type Vocabulary,
  vocabularyOf,
} from "../../src/index.ts";
import { type ExampleOptions, runExample } from "../common.ts";

/** Characters that the transformer sees at once. */
const LENGTH = 64;

/** English text in every installation: the manual of the library that parses the command line. */
export function manual(): string {
  const folder = dirname(createRequire(import.meta.url).resolve("commander"));
  return readFileSync(join(folder, "Readme.md"), "utf8");
}

export interface CharTransformerResult {
  /** Mean cross-entropy per character, in nats, after each epoch: on the training text, and on held-out windows. */
  readonly losses: readonly number[];
  readonly validationLosses: readonly number[];
  readonly model: Model;
  readonly state: ModelState;
  readonly vocabulary: Vocabulary;
}

export async function trainCharTransformer(
  text: string,
  { epochs, samples, testSamples, seed, backend, threads, output }: ExampleOptions,
): Promise<CharTransformerResult> {
  const vocabulary = vocabularyOf(text);
  const windows = characterWindows(text, { vocabulary, length: LENGTH });
  const { train, validation } = windows.split({ validation: 0.1, seed });
  const model = createModel(
    transformer({ vocabulary: vocabulary.characters.length, length: LENGTH, units: 64, heads: 4, dropout: 0.1 }),
  );
  const { state, history } = await fit(model, {
    data: {
      train: samples === undefined ? train : train.take(samples),
      validation: testSamples === undefined ? validation : validation.take(testSamples),
    },
    // classes are the last axis of (N, T, V), as the loss takes them
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adamw", learningRate: 3e-3, decoupledWeightDecay: 0.01 },
    clip: { type: "globalNorm", maxNorm: 1 },
    schedule: { type: "oneCycle", warmup: 0.1, cycleMomentum: false },
    epochs,
    batchSize: 32,
    seed,
    backend,
    threads,
    onEvent: output && progress(output),
  });
  return {
    losses: history.map(({ train: { loss } }) => loss),
    validationLosses: history.map(({ validation: held }) => held?.loss ?? Number.NaN),
    model,
    state,
    vocabulary,
  };
}

type Weights = { readonly parameters: Tree<Tensor> };

/** Continues a beginning, one drawn character after the other.
 *    p(c) ~ exp(logit_c / temperature)
 *  @param random uniform on [0, 1). */
export async function write(
  { model, state, vocabulary }: CharTransformerResult,
  beginning: string,
  count: number,
  random: () => number,
  { backend, threads, temperature = 0.7 }: Pick<ExampleOptions, "backend" | "threads"> & { temperature?: number } = {},
): Promise<string> {
  const device = await openBackend({ backend, threads });
  const weights = await DeviceState.create<Weights>({ parameters: state.parameters as Tree<Tensor> }, device);
  const step = await compile<Weights, { x: Tensor }, { logits: Tensor }>(
    ({ parameters }, { x }) => ({
      outputs: { logits: model.apply({ parameters, buffers: {} } as ModelState, x, { training: false }).output },
      state: { parameters },
    }),
    { state: weights },
  );
  const size = vocabulary.characters.length;
  const written = [...encodeText(vocabulary, beginning)];
  try {
    for (let made = 0; made < count; made++) {
      const seen = written.slice(-LENGTH);
      // a step does not see later steps, so zeros there change nothing
      const x = Float32Array.from({ length: LENGTH }, (_, t) => seen[t] ?? 0);
      const { logits } = step.runSync({ x: { shape: [1, LENGTH], dtype: "float32", data: x } });
      const last = Math.max(0, seen.length - 1) * size;
      written.push(draw(logits.data.subarray(last, last + size), temperature, random()));
    }
  } finally {
    step.dispose();
    weights.dispose();
  }
  return decodeText(vocabulary, written);
}

/** The class in whose part a uniform number falls if [0, 1) is divided in the ratio of exp(logit / temperature). */
function draw(logits: ArrayLike<number>, temperature: number, uniform: number): number {
  const largest = Math.max(...Array.from(logits));
  const shares = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  let left = uniform * shares.reduce((sum, share) => sum + share, 0);
  const found = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return found < 0 ? shares.length - 1 : found;
}

const ABOUT = {
  name: "char-transformer",
  title: "A small transformer that learns to write a text, character by character",
  epochs: 60,
  words: "the beginning of the text",
};

await runExample(import.meta.url, ABOUT, async (options) => {
  const { words = [], seed, backend, threads } = options;
  const result = await trainCharTransformer(manual(), options);
  const beginning = words.length > 0 ? words.join(" ") : "The option";
  const bits = ((result.validationLosses.at(-1) ?? Number.NaN) / Math.LN2).toFixed(2);
  let state = seed;
  // a linear congruential generator, so that a seed gives the same text again (Knuth, "The Art of Computer Programming", volume 2)
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return [
    `held-out text: ${bits} bits per character`,
    "",
    await write(result, beginning, 300, random, { backend, threads }),
  ];
});
