import { largest } from "../core/extremes.ts";
import { sizeOf } from "../core/shape.ts";
import type { Training } from "../train/training.ts";
import { askNeighbours, NEIGHBOURS } from "./learners/neighbours.ts";
import { applyLinear, fitRidge, STRENGTHS } from "./learners/ridge.ts";
import { atMost, columnsOf, FeatureMap, pickRows, readInputs, type Samples, takeRows } from "./learners/samples.ts";
import { meanCorrelation, scoreColumns } from "./learners/score-columns.ts";
import type { Attainable } from "./patient.ts";
import { type Task, taskOf } from "./task.ts";

/** Most samples for the learners: some tenths of a second in all. */
const MOST_TRAINING = 1000;
const MOST_VALIDATION = 400;
/** Most training samples on which feature maps and numbers of neighbours are compared. */
const MOST_COMPARED = 600;
/** Most numbers in features or targets; if there are more, as with long sequences or pictures, fewer samples are used. */
const MOST_NUMBERS = 2_000_000;

/** What simple learners learn from the training samples. */
export interface Learnt {
  readonly task: Task;
  /** On the validation part. */
  readonly attainable: Attainable;
  /** Samples behind the evidence below. */
  readonly samples: number;
  /** Correlation of each learner's predictions with the targets, over all target columns, cross-validated on the training part. */
  readonly correlations: readonly { readonly learner: string; readonly value: number }[];
  /** Cross-validated score of the best learner. */
  readonly crossValidated: Attainable["score"];
}

const known = new WeakMap<Training["data"], Map<string, Learnt>>();

/** The score of simple learners on the validation part: a bar for a network that learns.
 *    nearest neighbours   1, 5 or 15, of features standardised one by one or together, whichever is best on the training part
 *    linear               least squares with a penalty, chosen likewise; classes as columns of 0 and 1
 *  From at most 1000 training samples, on at most 400 validation samples; if these are the training samples, each is predicted from
 *  the others. The same measures as `scoreState`. Results are cached per set of samples.
 *  @throws GradusError as `taskOf`. */
export function attainable(training: Training): Attainable {
  return learnSimply(training).attainable;
}

/** The same, with the correlations and cross-validated scores. */
export function learnSimply(training: Training): Learnt {
  const task = taskOf(training);
  const key = JSON.stringify(task);
  const before = known.get(training.data) ?? new Map<string, Learnt>();
  known.set(training.data, before);
  const answer = before.get(key) ?? learn(training.data, task);
  before.set(key, answer);
  return answer;
}

/** Samples for a first glance: enough for strong relations, in some hundredths of a second. */
const GLANCE = 200;

/** Whether simple learners learn from a few of the training samples: their strongest cross-validated |correlation| * sqrt(samples),
 *  about 1 if the inputs say nothing about the targets. */
export function glance(training: Training): number {
  const task = taskOf(training);
  const train = atMost(training.data.train, GLANCE);
  const seen = readInputs(train);
  const map = new FeatureMap(seen, sizeOf(train.inputShape), false);
  const { y, count: columns } = columnsOf(train, task);
  const samples: Samples = { count: train.length, features: map.size, x: map.apply(seen), columns, y };
  const predicted = [...askNeighbours(samples), ...foldedRidge(samples)];
  return largest(predicted.map((each) => Math.abs(meanCorrelation(each, y, columns)))) * Math.sqrt(train.length);
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
    const predicted = askNeighbours(part);
    const values = predicted.map((each) => scoreColumns(each, part.y, columns, task).value);
    const best = values.indexOf(largest(values));
    return { map, samples, part, predicted: predicted[best] as Float64Array, k: best, value: values[best] as number };
  });
  const look = looks.reduce((a, b) => (b.value > a.value ? b : a));
  const standardised = looks[0] as (typeof looks)[number];

  const linear = foldedRidge(standardised.samples);
  const ridgeValues = linear.map((each) => scoreColumns(each, y, columns, task).value);
  const strength = ridgeValues.indexOf(largest(ridgeValues));
  const linearPredicted = linear[strength] as Float64Array;

  const ask = (validationInputs: Float32Array): readonly [Float64Array, Float64Array] => {
    const near = askNeighbours(look.samples, look.map.apply(validationInputs))[look.k] as Float64Array;
    const ridge = fitRidge(standardised.samples)[strength] as ReturnType<typeof fitRidge>[number];
    return [near, applyLinear(ridge, standardised.map.apply(validationInputs))];
  };
  const [near, straight] = asked === undefined ? [look.predicted, linearPredicted] : ask(asked);
  const nearScore = scoreColumns(near, asked === undefined ? look.part.y : truth, columns, task);
  const linearScore = scoreColumns(straight, truth, columns, task);
  const isNear = nearScore.value >= linearScore.value;
  const crossNear = scoreColumns(look.predicted, look.part.y, columns, task);
  const crossLinear = scoreColumns(linearPredicted, y, columns, task);
  return {
    task,
    attainable: {
      score: isNear ? nearScore : linearScore,
      learner: isNear ? "nearest-neighbours" : "linear",
    },
    samples: compare,
    correlations: [
      ...looks.map(({ predicted, part, k }) => ({
        learner: `${NEIGHBOURS[k]} neighbours`,
        value: meanCorrelation(predicted, part.y, columns),
      })),
      ...linear.map((predicted, index) => ({
        learner: `linear, ${STRENGTHS[index]}`,
        value: meanCorrelation(predicted, y, columns),
      })),
    ],
    crossValidated: crossNear.value >= crossLinear.value ? crossNear : crossLinear,
  };
}

/** Predictions for each half of the samples by a map fitted to the other half, for each strength. */
function foldedRidge(samples: Samples): readonly Float64Array[] {
  const { count, columns } = samples;
  const results = STRENGTHS.map(() => new Float64Array(count * columns));
  // alternating rows, because data are often sorted
  for (const half of [0, 1]) {
    const rows = Array.from({ length: count }, (_, row) => row);
    const inside = rows.filter((row) => row % 2 === half);
    const outside = rows.filter((row) => row % 2 !== half);
    if (inside.length === 0 || outside.length === 0) continue;
    const fitted = fitRidge(pickRows(samples, inside));
    const others = pickRows(samples, outside).x;
    fitted.forEach((map, index) => {
      const predicted = applyLinear(map, others);
      outside.forEach((row, place) => {
        (results[index] as Float64Array).set(predicted.subarray(place * columns, (place + 1) * columns), row * columns);
      });
    });
  }
  return results;
}
