import { largest } from "../core/extremes.ts";
import { sizeOf } from "../core/shape.ts";
import type { Training } from "../train/training.ts";
import { askNeighbours, NEIGHBOURS } from "./learners/neighbours.ts";
import { applyLinear, fitRidge, STRENGTHS } from "./learners/ridge.ts";
import { atMost, columnsOf, FeatureMap, pickRows, readInputs, type Samples, takeRows } from "./learners/samples.ts";
import { meanCorrelation, scoreColumns } from "./learners/score-columns.ts";
import type { Attainable } from "./patient.ts";
import { type Task, taskOf } from "./task.ts";

/** Samples that learners are given: some tenths of a second's work in all. */
const MOST_TRAINING = 1000;
const MOST_VALIDATION = 400;
/** Of the training samples, those on which ways to look and numbers of neighbours are compared. */
const MOST_COMPARED = 600;
/** Target columns; where there are more, as of long sequences or pictures, samples become fewer. */
const MOST_NUMBERS = 2_000_000;

/** What simple learners make of the training samples alone. */
export interface Learnt {
  readonly task: Task;
  /** On the validation part. */
  readonly attainable: Attainable;
  /** Samples that the evidence below is from. */
  readonly samples: number;
  /** Cross-validated on the training part: correlation of what a learner tells with what is so, over all target columns; of each
   *  learner. */
  readonly correlations: readonly { readonly learner: string; readonly value: number }[];
  /** Cross-validated score of the best learner. */
  readonly crossValidated: Attainable["score"];
}

const known = new WeakMap<Training["data"], Map<string, Learnt>>();

/** What simple learners reach on the validation part: a bar that a network that learns should take.
 *    nearest neighbours   1, 5 or 15, of features standardised one by one or together, whichever is best on the training part
 *    linear               least squares with a penalty, chosen likewise; classes as columns of 0 and 1
 *  From at most 1000 training samples, on at most 400 of validation; where these are the training samples, each is told by the
 *  others. The same measures as `scoreState`. Answers for one set of samples are kept.
 *  @throws GradusError as `taskOf`. */
export function attainable(training: Training): Attainable {
  return learnSimply(training).attainable;
}

/** The same, with what else was learnt on the way. */
export function learnSimply(training: Training): Learnt {
  const task = taskOf(training);
  const key = JSON.stringify(task);
  const before = known.get(training.data) ?? new Map<string, Learnt>();
  known.set(training.data, before);
  const answer = before.get(key) ?? learn(training.data, task);
  before.set(key, answer);
  return answer;
}

/** Enough to see what is plain to see, in some hundredths of a second. */
const GLANCE = 200;

/** Do simple learners make something of a few of the training samples? Their strongest cross-validated |correlation| * sqrt(samples):
 *  about 1 where the inputs say nothing about the targets. */
export function glance(training: Training): number {
  const task = taskOf(training);
  const train = atMost(training.data.train, GLANCE);
  const seen = readInputs(train);
  const map = new FeatureMap(seen, sizeOf(train.inputShape), false);
  const { y, count: columns } = columnsOf(train, task);
  const samples: Samples = { count: train.length, features: map.size, x: map.apply(seen), columns, y };
  const told = [...askNeighbours(samples), ...foldedRidge(samples)];
  return largest(told.map((each) => Math.abs(meanCorrelation(each, y, columns)))) * Math.sqrt(train.length);
}

function isSameSet({ train, validation }: Training["data"]): boolean {
  return train === validation || (train.storage === validation.storage && train.length === validation.length);
}

function learn(data: Training["data"], task: Task): Learnt {
  const width = task.positions * (task.kind === "classes" ? task.classes : 1);
  const affordable = Math.max(50, Math.floor(MOST_NUMBERS / Math.max(width, sizeOf(data.train.inputShape))));
  const train = atMost(data.train, Math.min(MOST_TRAINING, affordable));
  const isSelf = isSameSet(data);
  const validation = isSelf ? train : atMost(data.validation, Math.min(MOST_VALIDATION, affordable));
  const [seen, asked] = [readInputs(train), isSelf ? undefined : readInputs(validation)];
  const { y, count: columns } = columnsOf(train, task);
  const truth = isSelf ? y : columnsOf(validation, task).y;
  const features = sizeOf(train.inputShape);

  const compare = Math.min(train.length, MOST_COMPARED);
  const looks = [false, true].map((together) => {
    const map = new FeatureMap(seen, features, together);
    const samples: Samples = { count: train.length, features: map.size, x: map.apply(seen), columns, y };
    const part = takeRows(samples, compare);
    const told = askNeighbours(part);
    const values = told.map((each) => scoreColumns(each, part.y, columns, task).value);
    const best = values.indexOf(largest(values));
    return { map, samples, part, told: told[best] as Float64Array, k: best, value: values[best] as number };
  });
  const look = looks.reduce((a, b) => (b.value > a.value ? b : a));
  const standardised = looks[0] as (typeof looks)[number];

  const linear = foldedRidge(standardised.samples);
  const ridgeValues = linear.map((each) => scoreColumns(each, y, columns, task).value);
  const strength = ridgeValues.indexOf(largest(ridgeValues));
  const linearTold = linear[strength] as Float64Array;

  const ask = (validationInputs: Float32Array): readonly [Float64Array, Float64Array] => {
    const near = askNeighbours(look.samples, look.map.apply(validationInputs))[look.k] as Float64Array;
    const ridge = fitRidge(standardised.samples)[strength] as ReturnType<typeof fitRidge>[number];
    return [near, applyLinear(ridge, standardised.map.apply(validationInputs))];
  };
  const [near, straight] = asked === undefined ? [look.told, linearTold] : ask(asked);
  const nearScore = scoreColumns(near, asked === undefined ? look.part.y : truth, columns, task);
  const linearScore = scoreColumns(straight, truth, columns, task);
  const isNear = nearScore.value >= linearScore.value;
  const crossNear = scoreColumns(look.told, look.part.y, columns, task);
  const crossLinear = scoreColumns(linearTold, y, columns, task);
  return {
    task,
    attainable: {
      score: isNear ? nearScore : linearScore,
      learner: isNear ? "nearest-neighbours" : "linear",
    },
    samples: compare,
    correlations: [
      ...looks.map(({ told, part, k }) => ({
        learner: `${NEIGHBOURS[k]} neighbours`,
        value: meanCorrelation(told, part.y, columns),
      })),
      ...linear.map((told, index) => ({
        learner: `linear, ${STRENGTHS[index]}`,
        value: meanCorrelation(told, y, columns),
      })),
    ],
    crossValidated: crossNear.value >= crossLinear.value ? crossNear : crossLinear,
  };
}

/** Each half of the samples told by a map that was fitted to the other half, for each strength. */
function foldedRidge(samples: Samples): readonly Float64Array[] {
  const { count, columns } = samples;
  const results = STRENGTHS.map(() => new Float64Array(count * columns));
  // rows by turns: data are often sorted
  for (const half of [0, 1]) {
    const rows = Array.from({ length: count }, (_, row) => row);
    const inside = rows.filter((row) => row % 2 === half);
    const outside = rows.filter((row) => row % 2 !== half);
    if (inside.length === 0 || outside.length === 0) continue;
    const fitted = fitRidge(pickRows(samples, inside));
    const others = pickRows(samples, outside).x;
    fitted.forEach((map, index) => {
      const told = applyLinear(map, others);
      outside.forEach((row, place) => {
        (results[index] as Float64Array).set(told.subarray(place * columns, (place + 1) * columns), row * columns);
      });
    });
  }
  return results;
}
