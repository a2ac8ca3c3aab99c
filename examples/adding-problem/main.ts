// Gradients through time, on the adding problem: a simple recurrent network cannot carry a number over 60 steps, clipping tames one that
// explodes, LSTM and GRU learn the sum.
//   npx tsx examples/adding-problem/main.ts --epochs 60 [file.csv]
import {
  type Dataset,
  fit,
  GradusError,
  gru,
  type LayerConfig,
  linear,
  lstm,
  type Model,
  type OptimizerConfig,
  openBackend,
  rnn,
  sequential,
  type TrainEvent,
} from "../../src/index.ts";
import { type ExampleOptions, given, runExample } from "../common.ts";
import { type AddingData, addingProblem, readAddingProblem, varianceOf } from "./data.ts";
import { gradientReach } from "./reach.ts";
import { tableOf } from "./table.ts";

const STEPS = 60;
const TRAIN_SAMPLES = 1000;
const VALIDATION_SAMPLES = 200;
const EPOCHS = 60;
const EPOCHS_A_LINE = 10;

/** One network and its training settings. */
export interface Contestant {
  readonly name: string;
  readonly layer: LayerConfig;
  readonly optimizer: OptimizerConfig;
  /** largest norm of a gradient. Default: none */
  readonly maxNorm?: number;
}

/** The four networks, one of them twice.
 *  @param units units of each network. Default 50. */
export function contestants(units = 50): readonly Contestant[] {
  const adam = { type: "adam", learningRate: 0.01 } as const;
  // weights of deviation 1.6 / sqrt(units): half of the units are on, so one step multiplies a signal by 1.6 / sqrt(2) = 1.13 and
  // 60 steps multiply it by 1600
  const recurrentInit = { type: "normal", std: 1.6 / Math.sqrt(units) } as const;
  const growing = {
    layer: rnn(units, { activation: "relu", recurrentInit }),
    optimizer: { type: "sgd", learningRate: 0.05 },
  } as const;
  return [
    { name: "simple RNN", layer: rnn(units), optimizer: adam, maxNorm: 1 },
    { name: "RNN that explodes", ...growing },
    { name: "RNN that explodes, clipped", ...growing, maxNorm: 1 },
    { name: "LSTM", layer: lstm(units), optimizer: adam, maxNorm: 1 },
    { name: "GRU", layer: gru(units), optimizer: adam, maxNorm: 1 },
  ];
}

export interface Outcome {
  readonly name: string;
  /** mean squared error on the validation set after the last epoch; NaN if values became infinite before */
  readonly error: number;
  /** the step after which values were no longer finite; undefined if they stayed finite */
  readonly brokenAt: number | undefined;
  /** the largest norm of a gradient, before clipping */
  readonly largestNorm: number;
  /** see `gradientReach`, before the first step and after the last one (NaN if training broke off) */
  readonly reach: readonly [before: number, after: number];
  readonly seconds: number;
}

/** Options of `train` besides the network. */
export type TrainOptions = Pick<ExampleOptions, "epochs" | "seed" | "backend" | "threads"> & {
  /** receives one line every few epochs */
  readonly say?: (line: string) => void;
};

function lineOf(name: string, event: TrainEvent): string | undefined {
  if (event.type !== "epochEnded" || event.epoch % EPOCHS_A_LINE !== 0) return undefined;
  const errors = `error ${event.train.loss.toPrecision(3)}, validation ${event.validation?.loss.toPrecision(3)}`;
  return `${name}: epoch ${event.epoch}, ${errors}`;
}

/** Trains one network, and measures its gradients. */
export async function train(contestant: Contestant, data: AddingData, options: TrainOptions): Promise<Outcome> {
  const { name, layer, optimizer, maxNorm } = contestant;
  const { epochs, seed, say } = options;
  const backend = await openBackend(given({ backend: options.backend, threads: options.threads }));
  const model: Model = sequential([layer, linear(1)], { inputShape: data.train.inputShape });
  const before = await gradientReach(model, model.initialize(seed), data.validation, backend);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let largestNorm = 0;
  try {
    const { state, history } = await fit(model, {
      data,
      loss: "mse",
      optimizer,
      clip: maxNorm === undefined ? undefined : { type: "globalNorm", maxNorm },
      epochs,
      batchSize: 32,
      seed,
      backend,
      gradientNorms: true,
      onEvent: (event) => {
        if (event.type === "stepEnded") largestNorm = Math.max(largestNorm, event.gradientNorm ?? 0);
        const line = lineOf(name, event);
        if (line !== undefined) say?.(line);
      },
    });
    const trained = seconds();
    const after = await gradientReach(model, state, data.validation, backend);
    const error = history.at(-1)?.validation?.loss ?? Number.NaN;
    return { name, error, brokenAt: undefined, largestNorm, reach: [before, after], seconds: trained };
  } catch (broken) {
    if (!(broken instanceof GradusError) || broken.code !== "not-finite") throw broken;
    say?.(`${name}: ${broken.message}`);
    const brokenAt = Number(broken.values.step);
    return { name, error: Number.NaN, brokenAt, largestNorm, reach: [before, Number.NaN], seconds: seconds() };
  } finally {
    backend.dispose();
  }
}

function dataOf({ words = [], samples, testSamples, seed }: ExampleOptions): AddingData {
  const [file, ...others] = words;
  if (others.length > 0) {
    throw new GradusError("bad-argument", `expected at most one CSV file, got ${words.join(", ")}.`, { words });
  }
  if (file === undefined) {
    return {
      train: addingProblem(samples ?? TRAIN_SAMPLES, STEPS, seed),
      validation: addingProblem(testSamples ?? VALIDATION_SAMPLES, STEPS, seed + 1),
    };
  }
  const { train: all, validation } = readAddingProblem(file);
  const first = (part: Dataset, count: number | undefined): Dataset => (count === undefined ? part : part.take(count));
  return { train: first(all, samples), validation: first(validation, testSamples) };
}

const ABOUT = {
  name: "adding-problem",
  title: "Gradients through time, on the adding problem",
  epochs: EPOCHS,
  words: "a CSV file with columns x0, x1, …, y0, split (default: drawn from the seed)",
};

await runExample(import.meta.url, ABOUT, async (options) => {
  const data = dataOf(options);
  const say = (line: string): void => console.log(line);
  const outcomes: Outcome[] = [];
  for (const contestant of contestants()) outcomes.push(await train(contestant, data, { ...options, say }));
  return ["", ...tableOf(outcomes, varianceOf(data.validation))];
});
