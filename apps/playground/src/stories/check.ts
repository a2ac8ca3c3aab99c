import { measureOf, type Run, type Window } from "./measures.ts";
import type { Bound, StoryPromise } from "./story.ts";

/** waiting: not judged yet. */
export type Verdict = "waiting" | "kept" | "broken";

export interface Checked {
  readonly promise: StoryPromise;
  readonly verdict: Verdict;
  /** The measure now, or when it was judged. Undefined: nothing is known yet. */
  readonly value: number | undefined;
}

/** Judges a promise by what a run has shown so far. Epochs count from the last change in the middle of the run. Once judged, a promise
 *  stays as it is, since nothing that comes later is read. */
export function check(promise: StoryPromise, run: Run): Checked {
  const { measure: name, bound, afterEpochs } = promise;
  const measure = measureOf(name);
  const from = run.marks.at(-1) ?? { step: 0, epoch: 0 };
  const to = from.epoch + afterEpochs;
  const value = measure.of(windowOf(run, from, to));
  const hasFailed = run.failure !== undefined;
  const isOver = run.epoch >= to || run.hasFinished || hasFailed;
  if (value === undefined) return { promise, value, verdict: isOver ? "broken" : "waiting" };
  const isKept = holds(bound, value);
  const isSettled = isOver || isDecided(bound, value, measure.trend);
  return { promise, value, verdict: isSettled ? (isKept ? "kept" : "broken") : "waiting" };
}

/** Whether a value lies within a bound; NaN lies in none. */
export function holds(bound: Bound, value: number): boolean {
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = endsOf(bound);
  return value >= atLeast && value <= atMost;
}

export function endsOf(bound: Bound): { readonly atLeast?: number; readonly atMost?: number } {
  return bound;
}

/** Whether what comes later cannot change the answer: a best accuracy that has passed its bound never falls below it again. */
function isDecided(bound: Bound, value: number, trend: "rises" | "falls" | undefined): boolean {
  const { atLeast, atMost } = endsOf(bound);
  if (trend === "rises") return atMost === undefined ? holds(bound, value) : value > atMost;
  if (trend === "falls") return atLeast === undefined ? holds(bound, value) : value < atLeast;
  return false;
}

function windowOf(
  { view, epochs, readings, failure }: Run,
  from: { readonly step: number; readonly epoch: number },
  to: number,
): Window {
  const isInside = ({ step, epoch }: { readonly step: number; readonly epoch: number }) =>
    step > from.step && epoch <= to;
  return {
    layers: view.layers,
    epochs: epochs.filter(isInside),
    readings: readings.filter(isInside),
    hasFailed: failure !== undefined && isInside(failure),
  };
}
