// Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", ICML 2015,
// section 4.1 and figure 1.
//
// Their setting: MNIST, three fully connected hidden layers of 100 sigmoids, weights small random Gaussian, 50,000 steps on batches of
// 60, batch normalisation before each sigmoid. Their figure 1: (a) the network with it is more accurate on the test set at all
// times; (b, c) the 15th, 50th and 85th percentiles of the inputs of the last hidden layer's sigmoids move less over training.
// Here: the same network, fewer steps. The paper gives neither rate nor deviation: here the rate of both networks is 0.1, the deviation of
// the weights 0.1. The paper shows one typical unit; here percentiles and their movement are means over all hundred. Two measures describe a
// unit's movement: how far its median wanders over the course of training, over its last spread; and its widest spread over its narrowest
// one. The spread is the distance between the 15th and the 85th percentile.
import {
  applyUpdates,
  type Backend,
  batches,
  batchNorm,
  compile,
  computeLoss,
  createOptimizer,
  type Dataset,
  DeviceState,
  type HostArray,
  type LayerConfig,
  linear,
  type Model,
  type ModelState,
  sequential,
  sigmoid,
  type Tensor,
  valueAndGrad,
} from "../../src/index.ts";
import { loadMnist } from "../../src/node.ts";
import { percent } from "../common.ts";
import { type About, type Budget, type Result, runPaper, timed } from "./paper.ts";

const ABOUT: About = {
  name: "ioffe-szegedy-2015",
  title: "Ioffe & Szegedy 2015: three layers of sigmoids with and without batch normalisation",
  claim:
    "With batch normalisation the network reaches the same accuracy sooner, " +
    "and the inputs of its last hidden layer's sigmoids are distributed more steadily",
};

const LOSS = "softmaxCrossEntropy";
const BATCH = 60;
const UNITS = 100;
const RATE = 0.1;
const DEVIATION = 0.1;
/** Digits on which the sigmoids' inputs are measured. */
const WATCHED = 600;
const PERCENTILES = [15, 50, 85] as const;

/** Digits, epochs, and looks over a course. */
const SIZES = {
  small: { digits: 6000, testDigits: 1000, epochs: 8, looks: 12 },
  full: { digits: 60_000, testDigits: 10_000, epochs: 20, looks: 20 },
} as const;

/** One look at a network during training. */
export interface Look {
  readonly steps: number;
  /** share of test digits classified correctly */
  readonly accuracy: number;
  /** of each unit's inputs over the watched digits: (units, 3) */
  readonly percentiles: readonly (readonly number[])[];
}

export interface Course {
  readonly name: string;
  readonly looks: readonly Look[];
  /** means over units; see the top of this file */
  readonly medianWanders: number;
  readonly spreadChanges: number;
}

function network(isNormalised: boolean): Model {
  const init = { type: "normal", std: DEVIATION } as const;
  const hidden = (): readonly LayerConfig[] => [
    // batch normalisation would remove a bias again
    linear(UNITS, { init, bias: !isNormalised }),
    ...(isNormalised ? [batchNorm()] : []),
    sigmoid(),
  ];
  return sequential([...hidden(), ...hidden(), ...hidden(), linear(10, { init })], { inputShape: [784] });
}

/** The 15th, 50th and 85th of a hundred, by nearest rank. */
function percentilesOf(values: Float64Array): readonly number[] {
  const sorted = values.toSorted();
  return PERCENTILES.map((percentile) => sorted[Math.round((percentile / 100) * (sorted.length - 1))] as number);
}

type Labelled = { readonly x: Tensor; readonly y: Tensor };

/** Trains a network, with looks at it from time to time. The loop is written out because `fit` does not expose weights during training. */
async function courseOf(
  name: string,
  model: Model,
  data: CourseData,
  looks: number,
  epochs: number,
  seed: number,
): Promise<Course> {
  const { train, test, backend } = data;
  const optimizer = createOptimizer({ type: "sgd", learningRate: RATE });
  const initial = model.initialize(seed);
  const state = await DeviceState.create({ ...initial, optimizer: optimizer.init(initial.parameters) }, backend);
  type State = typeof initial & { readonly optimizer: ReturnType<typeof optimizer.init> };
  const step = await compile<State, Labelled, { readonly loss: Tensor }>(
    (current, { x, y }) => {
      const { value, gradient, auxiliary } = valueAndGrad((parameters: ModelState["parameters"]) => {
        const { output, buffers } = model.apply({ ...current, parameters }, x, { training: true });
        return { value: computeLoss(LOSS, output, y), auxiliary: buffers };
      })(current.parameters);
      const { updates, state: next } = optimizer.update(gradient, current.optimizer, current.parameters);
      return {
        outputs: { loss: value },
        state: { parameters: applyUpdates(current.parameters, updates), buffers: auxiliary, optimizer: next },
      };
    },
    { state },
  );
  const predict = await compile(
    (current: State, { x }: { readonly x: Tensor }) => ({
      outputs: { output: model.apply(current, x, { training: false }).output },
    }),
    { state },
  );
  // the inputs of the last sigmoid, as in training: normalised by the batch's own statistics
  const path = String(model.layers.length - 3);
  const watch = await compile(
    (current: State, { x }: { readonly x: Tensor }) => ({
      outputs: { sums: model.apply(current, x, { training: true }).activations.get(path) as Tensor },
    }),
    { state },
  );
  const tested = test.toArrays();
  const watched = test.take(WATCHED).toArrays().inputs;
  const look = (steps: number): Look => ({
    steps,
    accuracy: accuracyOf(predict.runSync({ x: tested.inputs }).output, tested.targets),
    percentiles: unitPercentiles(watch.runSync({ x: watched }).sums),
  });
  const epoch = batches(train, { batchSize: BATCH, shuffle: true, seed, dropLast: true });
  const last = epochs * epoch.length;
  const seen: Look[] = [];
  let steps = 0;
  for (let pass = 0; pass < epochs; pass++) {
    for (const { inputs, targets, size } of epoch.atEpoch(pass)) {
      step.runSync({
        x: { shape: [size, ...train.inputShape], dtype: "float32", data: inputs },
        y: { shape: [size], dtype: "int32", data: targets },
      });
      steps++;
      if (steps >= ((seen.length + 1) * last) / looks) seen.push(look(steps));
    }
  }
  for (const compiled of [step, predict, watch]) compiled.dispose();
  state.dispose();
  return { name, looks: seen, ...movementOf(seen) };
}

interface CourseData {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly backend: Backend;
}

/** Share of rows whose largest output is at the label. */
function accuracyOf({ data, shape: [, classes = 1] }: HostArray, labels: HostArray): number {
  let right = 0;
  labels.data.forEach((label, row) => {
    const outputs = data.subarray(row * classes, (row + 1) * classes);
    if (outputs.indexOf(Math.max(...outputs)) === label) right++;
  });
  return right / labels.data.length;
}

function unitPercentiles({ data, shape: [digits = 0, units = 0] }: HostArray): readonly (readonly number[])[] {
  return Array.from({ length: units }, (_, unit) =>
    percentilesOf(Float64Array.from({ length: digits }, (_, digit) => data[digit * units + unit] as number)),
  );
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const spreadOf = ([low = 0, , high = 0]: readonly number[]): number => high - low;

function movementOf(looks: readonly Look[]): Pick<Course, "medianWanders" | "spreadChanges"> {
  const units = Array.from({ length: UNITS }, (_, unit) => looks.map(({ percentiles }) => percentiles[unit] ?? []));
  return {
    medianWanders: mean(
      units.map((course) => {
        const medians = course.map(([, median = 0]) => median);
        return (Math.max(...medians) - Math.min(...medians)) / spreadOf(course.at(-1) ?? []);
      }),
    ),
    spreadChanges: mean(
      units.map((course) => {
        const spreads = course.map(spreadOf);
        return Math.max(...spreads) / Math.min(...spreads);
      }),
    ),
  };
}

/** Steps until the test accuracy reaches the given one; undefined if it never does. */
export const stepsUntil = ({ looks }: Course, accuracy: number): number | undefined =>
  looks.find((look) => look.accuracy >= accuracy)?.steps;

function tableOf([plain, normalised]: readonly [Course, Course]): string[][] {
  const percentiles = (look: Look | undefined): string =>
    PERCENTILES.map((_, at) => mean((look?.percentiles ?? []).map((unit) => unit[at] as number)).toFixed(2)).join(" ");
  const head = ["steps", "test accuracy", "percentiles"];
  return [
    [head[0] as string, ...[plain, normalised].flatMap(({ name }) => head.slice(1).map((word) => `${word}, ${name}`))],
    ...plain.looks.map((look, at) => {
      const beside = normalised.looks[at];
      return [
        String(look.steps),
        ...[percent(look.accuracy), percentiles(look)],
        ...[percent(beside?.accuracy ?? Number.NaN), percentiles(beside)],
      ];
    }),
    ...(["medianWanders", "spreadChanges"] as const).map((measure) => [
      { medianWanders: "median wanders", spreadChanges: "spread changes" }[measure],
      ...["", plain[measure].toFixed(2), "", normalised[measure].toFixed(2)],
    ]),
  ];
}

/** Reproduced if the normalised network is more accurate at every look, reaches the plain one's best accuracy at least a quarter
 *  sooner, and both measures of its movement are at most half of the plain network's. */
export function run(budget: Budget): Promise<Result<readonly [plain: Course, normalised: Course]>> {
  const { digits, testDigits, epochs, looks } = SIZES[budget.full ? "full" : "small"];
  return timed(budget, async (backend) => {
    const data = { ...(await loadMnist({ train: digits, test: testDigits })), backend };
    const course = async (name: string, isNormalised: boolean): Promise<Course> => {
      const done = await courseOf(name, network(isNormalised), data, looks, budget.epochs ?? epochs, budget.seed);
      budget.say?.(`${name}: test accuracy ${percent(done.looks.at(-1)?.accuracy ?? Number.NaN)}`);
      return done;
    };
    const [plain, normalised] = [await course("plain", false), await course("normalised", true)];
    const best = plain.looks.reduce((most, look) => (look.accuracy > most.accuracy ? look : most));
    const isAhead = plain.looks.every(({ accuracy }, at) => accuracy < (normalised.looks[at]?.accuracy ?? 0));
    const isSooner = (stepsUntil(normalised, best.accuracy) ?? Number.POSITIVE_INFINITY) <= 0.75 * best.steps;
    const isSteadier =
      normalised.medianWanders <= plain.medianWanders / 2 && normalised.spreadChanges <= plain.spreadChanges / 2;
    return {
      measured: [plain, normalised],
      table: tableOf([plain, normalised]),
      isReproduced: isAhead && isSooner && isSteadier,
    };
  });
}

await runPaper(import.meta.url, ABOUT, run);
