// Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR
// 15, 2014, section 6.1.1, table 2 and figure 4.
//
// Their setting: large fully connected networks on MNIST, ReLUs, dropout of half of the hidden units and a fifth of the inputs,
// momentum, and the length of the weights into each unit limited to 2 or 3. Their table 2: 1.60 % of the test digits wrong for the
// best plain network of sigmoids, 1.25 % for three layers of 1024 ReLUs with dropout, 1.06 % with max-norm added. Figure 4: of two equal
// networks the one with dropout makes clearly fewer errors, whatever their size.
// Here: both networks are equal except for dropout, without max-norm, trained by Adam for the same epochs with a rate that falls to zero.
// In the small budget one layer learns a thousand digits; with far fewer, dropout does not help (their figure 10). Seeds are paired.

import {
  type Backend,
  type Dataset,
  dropout,
  evaluate,
  fit,
  linear,
  type Model,
  relu,
  sequential,
} from "../../src/index.ts";
import { loadMnist } from "../../src/node.ts";
import { percent } from "../common.ts";
import { type About, type Budget, type Result, runPaper, timed } from "./paper.ts";

const ABOUT: About = {
  name: "srivastava-2014",
  title: "Srivastava et al. 2014: a large network on MNIST with and without dropout",
  claim: "Dropout lowers the test error of a large network",
};

const LOSS = "softmaxCrossEntropy";

const SIZES = {
  small: { digits: 1000, testDigits: 2000, units: 256, layers: 1, epochs: 50, rate: 0.003, batchSize: 50, seeds: 2 },
  full: {
    digits: 60_000,
    testDigits: 10_000,
    units: 1024,
    layers: 2,
    epochs: 15,
    rate: 0.001,
    batchSize: 128,
    seeds: 1,
  },
} as const;

/** One seed's two networks. */
export interface Pair {
  readonly seed: number;
  /** shares of test digits classified wrong */
  readonly plain: number;
  readonly dropped: number;
  /** the same for the training digits */
  readonly plainTraining: number;
  readonly droppedTraining: number;
}

function network(units: number, layers: number, isDropped: boolean): Model {
  const drop = (rate: number) => (isDropped ? [dropout(rate)] : []);
  const hidden = Array.from({ length: layers }, () => [linear(units), relu(), ...drop(0.5)]).flat();
  return sequential([...drop(0.2), ...hidden, linear(10)], { inputShape: [784] });
}

interface Task {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly epochs: number;
  readonly rate: number;
  readonly batchSize: number;
  readonly backend: Backend;
}

async function errorsOf(model: Model, seed: number, { train, test, epochs, rate, batchSize, backend }: Task) {
  const { state } = await fit(model, {
    data: train,
    loss: LOSS,
    optimizer: { type: "adam", learningRate: rate },
    schedule: "linear",
    epochs,
    batchSize,
    seed,
    backend,
  });
  const wrong = async (digits: Dataset): Promise<number> =>
    1 - ((await evaluate(model, state, digits, { loss: LOSS, backend })).accuracy ?? Number.NaN);
  return { test: await wrong(test), training: await wrong(train.take(10_000)) };
}

/** Reproduced if for every seed dropout leaves fewer test errors, and at least a twentieth fewer on average. */
export function run(budget: Budget): Promise<Result<readonly Pair[]>> {
  const { digits, testDigits, units, layers, epochs, rate, batchSize, seeds } = SIZES[budget.full ? "full" : "small"];
  return timed(budget, async (backend) => {
    const data = await loadMnist({ train: digits, test: testDigits });
    const task = { ...data, epochs: budget.epochs ?? epochs, rate, batchSize, backend };
    const measured: Pair[] = [];
    for (let seed = budget.seed; seed < budget.seed + seeds; seed++) {
      const plain = await errorsOf(network(units, layers, false), seed, task);
      const dropped = await errorsOf(network(units, layers, true), seed, task);
      measured.push({
        seed,
        ...{ plain: plain.test, dropped: dropped.test },
        ...{ plainTraining: plain.training, droppedTraining: dropped.training },
      });
      budget.say?.(`seed ${seed}: test error ${percent(plain.test)} plain, ${percent(dropped.test)} with dropout`);
    }
    const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    const isReproduced =
      measured.every(({ plain, dropped }) => dropped < plain) &&
      total(measured.map(({ dropped }) => dropped)) <= 0.95 * total(measured.map(({ plain }) => plain));
    const table = [
      ["", "test error, plain", "with dropout", "training error, plain", "with dropout"],
      ...measured.map(({ seed, plain, dropped, plainTraining, droppedTraining }) => [
        `seed ${seed}`,
        ...[plain, dropped, plainTraining, droppedTraining].map(percent),
      ]),
    ];
    return { measured, table, isReproduced };
  });
}

await runPaper(import.meta.url, ABOUT, run);
