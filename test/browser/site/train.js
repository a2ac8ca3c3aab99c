import { batchNorm, dropout, fit, leakyRelu, linear, openBackend, predict, sequential, spirals } from "gradus";

/** Trains a small network on two threads, or as many as there are. */
export async function train() {
  const backend = await openBackend({ threads: 2 });
  const { train: samples, validation } = spirals({ samples: 800, seed: 1 }).split({ validation: 0.25, seed: 1 });
  const hidden = [linear(64), batchNorm(), leakyRelu(), dropout(0.05)];
  const model = sequential([...hidden, ...hidden, linear(2)], { inputShape: [2] });
  const { state, history } = await fit(model, {
    data: { train: samples, validation },
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adam", learningRate: 0.01 },
    epochs: 30,
    batchSize: 50,
    seed: 1,
    backend,
  });
  const { mean } = await predict(model, state, validation, { backend });
  const { name, threads, description } = backend;
  return { name, threads, description, losses: history.map((epoch) => epoch.train.loss), outputs: [...mean.data] };
}
