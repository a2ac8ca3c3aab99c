import { signal } from "@preact/signals";
import type { Finding } from "gradus/doctor";
import type { EpochRecord, Failure, Histogram, Reading } from "gradus/watch";
import type { ChangeMark, Filters, NetworkFrame, NetworkView, OutputView } from "../lab/protocol.ts";
import type { NetworkHistory } from "./history.ts";
import { thin } from "./thin.ts";

/** Most points of each kind that a history keeps. A run of an hour takes no more memory than one of a minute. */
export const MOST_LOSSES = 1000;
export const MOST_READINGS = 400;
export const MOST_EPOCHS = 1000;
export const MOST_MARKS = 200;

/** Least time between two calm changes, in ms. */
const CALM_MS = 150;

/** Thinning leaves at most 3 items per part, and 2: so a list is thinned once in a third of its length or more. */
const partsFor = (most: number) => Math.floor((most * 2) / 9);

type Growing<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A history that frames extend. */
export class History implements NetworkHistory {
  readonly version = signal(0);
  readonly calm = signal(0);
  #calmAt = Number.NEGATIVE_INFINITY;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  view: NetworkView;
  step = 0;
  epoch = 0;
  stepsPerSecond = 0;
  hasFinished = false;
  lossSteps: readonly number[] = [];
  losses: readonly number[] = [];
  epochs: readonly EpochRecord[] = [];
  readings: readonly Reading[] = [];
  histograms: Readonly<Record<string, Histogram>> = {};
  output: OutputView | undefined;
  filters: Filters | undefined;
  failure: Failure | undefined;
  findings: readonly Finding[];
  marks: readonly ChangeMark[] = [];

  constructor(view: NetworkView, findings: readonly Finding[] = []) {
    this.view = view;
    this.findings = findings;
  }

  /** Takes over what is new. Lists grow in place, since thirty frames a second would otherwise copy them thirty times. */
  append(frame: NetworkFrame): void {
    // a run that failed begins anew after a change
    if (frame.step < this.step) this.#clear();
    this.step = frame.step;
    this.epoch = frame.epoch;
    this.stepsPerSecond = frame.stepsPerSecond;
    this.hasFinished = frame.hasFinished;
    this.failure = frame.failure;
    if (frame.histograms !== undefined) this.histograms = frame.histograms;
    if (frame.output !== undefined) this.output = frame.output;
    if (frame.filters !== undefined) this.filters = frame.filters;
    if (frame.findings !== undefined) this.findings = frame.findings;
    this.#appendLosses(frame.losses);
    this.epochs = extended(this.epochs, frame.epochs, MOST_EPOCHS, ({ step, trainLoss, validationLoss }) => [
      step,
      validationLoss ?? trainLoss,
    ]);
    this.readings = extended(this.readings, frame.readings, MOST_READINGS, ({ step, gradientNorm, loss }) => [
      step,
      gradientNorm ?? loss,
    ]);
    this.#changed();
  }

  /** A change in the middle of the run: marked, and the network may have other layers now. */
  change(marks: readonly ChangeMark[], view: NetworkView): void {
    const all = [...this.marks, ...marks];
    // the first changes of very many say least
    this.marks = all.slice(-MOST_MARKS);
    this.view = view;
    this.hasFinished = false;
    this.#changed();
  }

  #changed(): void {
    this.version.value++;
    this.#waiting ??= setTimeout(
      () => {
        this.#waiting = undefined;
        this.#calmAt = performance.now();
        this.calm.value++;
      },
      Math.max(0, this.#calmAt + CALM_MS - performance.now()),
    );
  }

  #clear(): void {
    this.lossSteps = [];
    this.losses = [];
    this.epochs = [];
    this.readings = [];
    this.marks = [];
  }

  #appendLosses(added: NetworkFrame["losses"]): void {
    if (added.length === 0) return;
    const steps = this.lossSteps as number[];
    const losses = this.losses as number[];
    for (const { step, loss } of added) {
      steps.push(step);
      losses.push(loss);
    }
    if (steps.length <= MOST_LOSSES) return;
    const points = steps.map((step, index) => ({ step, loss: losses[index] ?? Number.NaN }));
    const kept = thin(
      points,
      partsFor(MOST_LOSSES),
      (point) => point.step,
      (point) => point.loss,
    );
    this.lossSteps = kept.map(({ step }) => step);
    this.losses = kept.map(({ loss }) => loss);
  }
}

function extended<Item>(
  items: readonly Item[],
  added: readonly Item[],
  most: number,
  point: (item: Item) => readonly [at: number, value: number],
): readonly Item[] {
  if (added.length === 0) return items;
  const growing = items as Growing<Item[]>;
  for (const item of added) growing.push(item);
  if (growing.length <= most) return growing;
  return thin(
    growing,
    partsFor(most),
    (item) => point(item)[0],
    (item) => point(item)[1],
  );
}
