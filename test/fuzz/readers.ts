import { dirname, join } from "node:path";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { checkExperiment, readExperiment } from "../../src/cli/experiment.ts";
import { prepareData } from "../../src/cli/prepare-data.ts";
import { runCli } from "../../src/cli/program.ts";
import { GradusError } from "../../src/core/errors.ts";
import { imageFolder } from "../../src/datasets/image-folder.ts";
import { readCheckpoint, readCsv, readIdx, readNpy, readSafetensors } from "../../src/files/files.ts";
import { createModel } from "../../src/nn/model.ts";
import { preparePlan } from "../../src/train/prepare.ts";

/** All file readers as users call them. They return a promise or a value if the file was read, and throw a GradusError if not. */
export const READERS = {
  safetensors: (file) => readSafetensors(file),
  checkpoint: (file) => readCheckpoint(file),
  predict: (file) => commandLine(["predict", file, "--data", join(dirname(file), "rows.csv"), "--samples", "2"]),
  npy: (file) => readNpy(file),
  idx: (file) => readIdx(file),
  csv: (file) => readCsv(file),
  picture: (file) => imageFolder(dirname(dirname(file)), { size: [4, 4], broken: "skip" }),
  events: (file) => commandLine(["doctor", "--log", file, "--json"]),
  "csv-log": (file) => commandLine(["doctor", "--log", file, "--json"]),
  "json-log": (file) => commandLine(["doctor", "--log", file]),
  experiment: (file) => experiment(file),
} satisfies Readonly<Record<string, (file: string) => unknown>>;

export type Kind = keyof typeof READERS;

/** Runs the command line in this process; throws on an internal error or a control character in the terminal output. */
async function commandLine(words: readonly string[]): Promise<void> {
  const shown: string[] = [];
  const stream = { write: (text: string) => shown.push(text) > 0 };
  // output to a file or a pipe is unchanged
  const out = { ...stream, isTTY: true } as unknown as NodeJS.WriteStream;
  const status = await runCli(words, { out, errors: stream as unknown as NodeJS.WriteStream });
  const text = shown.join("");
  if (status === EXIT.internal) throw new Error(text);
  const control = [...text].find(
    (character) => character !== "\n" && character !== "\t" && (character < " " || character === "\x7f"),
  );
  if (control !== undefined) throw new Error(`a control character was not escaped: ${JSON.stringify(text)}`);
  if (status !== EXIT.ok && status !== EXIT.sick) throw new GradusError("bad-data", text);
}

/** Everything that is checked before the first step: the file, its data, its network, its optimiser. */
async function experiment(file: string): Promise<void> {
  const given = checkExperiment(file, await readExperiment(file));
  if (takesLong(given.data)) return;
  const { train } = await prepareData(given, () => {});
  const { name: _, model: config, data: __, standardize, standardizeTargets, pca, ...options } = given;
  const model = createModel({ ...config, inputShape: config.inputShape ?? train.inputShape });
  preparePlan(model, { ...options, data: { train }, backend: "reference" });
}

/** Whether drawing the samples takes seconds just because of their number, although it is allowed. */
function takesLong(data: unknown): boolean {
  const { samples = 0, testSamples = 200, features = 2 } = data as Readonly<Record<string, number | undefined>>;
  const numbers = (samples + testSamples) * features;
  return numbers > 200_000 && numbers < 200_000_000;
}
