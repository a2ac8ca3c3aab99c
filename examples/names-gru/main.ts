// A GRU that reads a name character by character and recognises its language.
//   npx tsx examples/names-gru/main.ts --epochs 15 Schmetterling papillon
import {
  charGru,
  createModel,
  evaluate,
  fit,
  functional,
  labelledTexts,
  type Model,
  type ModelState,
  predict,
  progress,
  type Vocabulary,
  vocabularyOf,
} from "../../src/index.ts";
import { type ExampleOptions, given, percent, runExample } from "../common.ts";
import { LANGUAGES, namesByLanguage } from "./names.ts";

/** Characters of a name that are read; longer names are cut. */
const LENGTH = 24;
const classNames = Object.values(LANGUAGES);

export interface NamesResult {
  /** Share of names whose language is recognised; training saw none of them in any language. */
  readonly accuracy: number;
  readonly losses: readonly number[];
  readonly model: Model;
  readonly state: ModelState;
  readonly vocabulary: Vocabulary;
}

export async function trainNamesGru(options: ExampleOptions): Promise<NamesResult> {
  const { epochs, samples, testSamples, seed, backend, threads, output } = options;
  const names = namesByLanguage();
  const vocabulary = vocabularyOf(names.train.texts);
  const [train, test] = [names.train, names.test].map(({ texts, labels }) =>
    labelledTexts(texts, labels, { vocabulary, classNames, length: LENGTH, name: "names" }),
  ) as [ReturnType<typeof labelledTexts>, ReturnType<typeof labelledTexts>];
  const model = createModel(
    charGru({ vocabulary: vocabulary.characters.length, length: LENGTH, classes: classNames.length, dropout: 0.3 }),
  );
  const { state, history } = await fit(model, {
    // shuffled, so that a slice has names of all kinds
    data: samples === undefined ? train : train.shuffle(0).take(samples),
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adam", learningRate: 3e-3 },
    clip: { type: "globalNorm", maxNorm: 1 },
    schedule: "cosine",
    epochs,
    batchSize: 64,
    seed,
    backend,
    threads,
    onEvent: output && progress(output),
  });
  const held = testSamples === undefined ? test : test.shuffle(0).take(testSamples);
  const { accuracy = Number.NaN } = await evaluate(model, state, held, {
    loss: "softmaxCrossEntropy",
    ...given({ backend, threads }),
  });
  return { accuracy, losses: history.map(({ train: { loss } }) => loss), model, state, vocabulary };
}

/** The probability of each language, by name. */
export async function languagesOf(
  names: readonly string[],
  { model, state, vocabulary }: NamesResult,
  options: Pick<ExampleOptions, "backend" | "threads"> = {},
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const read = names.map((name) => name.toLowerCase());
  const data = labelledTexts(read, new Int32Array(names.length), { vocabulary, classNames, length: LENGTH });
  const { mean } = await predict(model, state, data, { ...options, transform: (logits) => functional.softmax(logits) });
  return new Map(
    names.map((name, row) => [
      name,
      Object.fromEntries(classNames.map((language, k) => [language, mean.data[row * classNames.length + k] as number])),
    ]),
  );
}

/** Invented countries. */
const BUTTERFLIES = [
  "butterfly islands",
  "Schmetterlingsland",
  "royaume des papillons",
  "islas de las mariposas",
  "isole delle farfalle",
  "wyspy motyli",
  "perhossaaret",
  "pillangók szigete",
];

const ABOUT = {
  name: "names-gru",
  title: "A GRU that recognises which of eight languages a name is in",
  epochs: 15,
  words: "names whose language to recognise",
};

await runExample(import.meta.url, ABOUT, async (options) => {
  const result = await trainNamesGru(options);
  const { words = [], backend, threads } = options;
  const asked = words.length > 0 ? words : BUTTERFLIES;
  const lines = [...(await languagesOf(asked, result, { backend, threads }))].map(([name, shares]) => {
    const ranked = Object.entries(shares).sort(([, a], [, b]) => b - a);
    return `${name}: ${ranked
      .slice(0, 2)
      .map(([language, share]) => `${language} ${percent(share)}`)
      .join(", ")}`;
  });
  return [`accuracy on names that training saw in no language: ${percent(result.accuracy)}`, ...lines];
});
