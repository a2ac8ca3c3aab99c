// A convolutional network that recognises clothes: Fashion-MNIST, 60,000 training pictures and 10,000 test pictures.
//   npx tsx examples/fashion-cnn/main.ts
import { cnn32x64, createModel, evaluate, fit, progress } from "../../src/index.ts";
import { loadFashionMnist } from "../../src/node.ts";
import { type ExampleOptions, given, percent, runExample } from "../common.ts";

/** Share of test pictures classified correctly, and the loss of each epoch. */
export interface FashionCnnResult {
  readonly accuracy: number;
  readonly losses: readonly number[];
  readonly summary: string;
}

export async function trainFashionCnn(
  options: ExampleOptions & { readonly download?: boolean },
): Promise<FashionCnnResult> {
  const { epochs, samples, testSamples, seed, backend, threads, output, download = true } = options;
  const { train, test } = await loadFashionMnist({
    layout: "image",
    download,
    ...given({ train: samples, test: testSamples, notify: output && ((text: string) => output.write(`${text}\n`)) }),
  });
  const model = createModel(cnn32x64({ dropout: 0.4 }));
  const { state, history } = await fit(model, {
    // the test pictures are used once, at the end: they influence no choice
    data: train,
    loss: "softmaxCrossEntropy",
    // rises to twice the usual rate and falls to zero within the run
    optimizer: { type: "adam", learningRate: 2e-3 },
    schedule: { type: "oneCycle", warmup: 0.2, cycleMomentum: false },
    // a shoe is a shoe from both sides
    augment: ["flip"],
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

const ABOUT = {
  name: "fashion-cnn",
  title: "A convolutional network that recognises clothes (Fashion-MNIST)",
  epochs: 12,
};

await runExample(import.meta.url, ABOUT, async (options) => {
  const { accuracy, summary } = await trainFashionCnn(options);
  return [summary, `test accuracy: ${percent(accuracy)}`];
});
