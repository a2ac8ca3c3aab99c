// An LSTM that reads a handwritten digit row by row, in 28 steps of 28 pixels, and classifies it from the last state.
//   npx tsx examples/mnist-lstm/main.ts --epochs 5
import { createModel, evaluate, fit, progress, rowLstm } from "../../src/index.ts";
import { loadMnist } from "../../src/node.ts";
import { type ExampleOptions, given, percent, runExample } from "../common.ts";

/** Share of test digits classified correctly, and the loss of each epoch. */
export interface MnistLstmResult {
  readonly accuracy: number;
  readonly losses: readonly number[];
  readonly summary: string;
}

export async function trainMnistLstm(options: ExampleOptions): Promise<MnistLstmResult> {
  const { epochs, samples, testSamples, seed, backend, threads, output } = options;
  const { train, test } = await loadMnist(given({ train: samples, test: testSamples }));
  const model = createModel(rowLstm());
  const { state, history } = await fit(model, {
    // 784 pixels in a row are also 28 x 28: the data set takes the shape that the model asks for
    data: train,
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adam", learningRate: 2e-3 },
    // gradients through 28 steps can explode
    clip: { type: "globalNorm", maxNorm: 1 },
    schedule: "cosine",
    epochs,
    batchSize: 128,
    seed,
    backend,
    threads,
    onEvent: output && progress(output),
  });
  const { accuracy = Number.NaN } = await evaluate(model, state, test, {
    loss: "softmaxCrossEntropy",
    ...given({ backend, threads }),
  });
  return { accuracy, losses: history.map(({ train: { loss } }) => loss), summary: model.summary() };
}

const ABOUT = { name: "mnist-lstm", title: "An LSTM that reads handwritten digits row by row", epochs: 5 };

await runExample(import.meta.url, ABOUT, async (options) => {
  const { accuracy, summary } = await trainMnistLstm(options);
  return [summary, `test accuracy: ${percent(accuracy)}`];
});
