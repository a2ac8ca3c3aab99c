// The example of README.md; a test runs it and compares the two.
import { batchNorm, dropout, fit, leakyRelu, linear, predict, sequential, spirals } from "../src/index.ts";

const { train, validation } = spirals({ samples: 800, seed: 1 }).split({ validation: 0.25, seed: 1 });
const hidden = [linear(64), batchNorm(), leakyRelu(), dropout(0.05)];
const model = sequential([...hidden, ...hidden, linear(2)], { inputShape: [2] });
console.log(model.summary());

const { state, history } = await fit(model, {
  data: { train, validation },
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.01 },
  clip: { type: "globalNorm", maxNorm: 1 },
  epochs: 60,
  batchSize: 50,
  seed: 1,
});
console.log(`validation accuracy: ${history.at(-1)?.validation?.accuracy}`);

const points = { shape: [1, 2], dtype: "float32", data: Float32Array.of(0.3, -0.2) } as const;
const { mean, spread } = await predict(model, state, points, { samples: 50 });
console.log(`logits: ${mean.data} (+- ${spread?.data})`);
