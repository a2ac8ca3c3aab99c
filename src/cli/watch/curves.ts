import type { MeasureSeries, RunReader } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { formatNumber } from "../../train/progress.ts";
import type { Course, EpochEvent } from "../runs/course.ts";
import { formatMetric, metricOf, type Score, scoreOf } from "../runs/score.ts";
import { type Curve, placesOf, rangeOf } from "./resample.ts";
import { type Line, span } from "./spans.ts";
import { sparkline } from "./sparkline.ts";
import { metricWords, WATCH_WORDS } from "./words.ts";

/** A curve with all that its title says. */
export interface WatchCurve extends Curve {
  readonly title: string;
  readonly format: (value: number) => string;
  /** Steps at the ends of the axis. */
  readonly from: number;
  readonly to: number;
  readonly score?: Score | undefined;
}

/** The curves of a run, the most important first: loss, score, validation loss, learning rate if it changes, gradient norm. */
export function curvesOf(reader: RunReader, course: Course, language: Language): readonly WatchCurve[] {
  const words = WATCH_WORDS[language];
  const to = Math.max(1, course.step);
  const byStep = (name: string, title: string): readonly WatchCurve[] => {
    const series = reader.measures.get(name);
    return series === undefined || series.length === 0
      ? []
      : [{ ...columnsOf(series), title, format: formatNumber, from: 1, to }];
  };
  const score = scoreOf(course.epochs);
  const names = [score?.name, "validation/loss", ...(score?.name === "train/loss" ? [] : ["train/loss"])];
  const byEpoch = [...new Set(names)].flatMap((name) =>
    name === undefined ? [] : epochCurve(course.epochs, name, metricWords(name, language), to),
  );
  const loss = byStep("loss", words.loss);
  const hasSteps = loss.length > 0;
  const rate = byStep("learningRate", words.rate).filter(({ values, length }) => !isConstant(values, length));
  return [
    ...loss,
    // the training loss by epoch says little beside that of every step
    ...byEpoch.filter(({ score: own }) => !(hasSteps && own?.name === "train/loss")),
    ...rate,
    ...byStep("gradientNorm", words.gradientNorm),
  ];
}

function columnsOf({ length, steps, values }: MeasureSeries): Curve {
  return { length, steps, values };
}

function isConstant(values: ArrayLike<number>, length: number): boolean {
  for (let index = 1; index < length; index++) if (values[index] !== values[0]) return false;
  return true;
}

function epochCurve(epochs: readonly EpochEvent[], name: string, title: string, to: number): readonly WatchCurve[] {
  const known = epochs.flatMap((event) => {
    const value = metricOf(event, name);
    return value === undefined ? [] : [{ step: event.step, value }];
  });
  if (known.length === 0) return [];
  return [
    {
      title,
      format: (value) => formatMetric(name, value),
      length: known.length,
      steps: known.map(({ step }) => step),
      values: known.map(({ value }) => value),
      from: 1,
      to,
      score: scoreOf(epochs, name),
    },
  ];
}

/** A title and `rows` lines of blocks.
 *    loss of each step  0.2130   0.1900 … 1.100  log scale */
export function drawCurve(curve: WatchCurve, language: Language, columns: number, rows: number): readonly Line[] {
  const words = WATCH_WORDS[language];
  const { title, format, score } = curve;
  const last = curve.values[curve.length - 1] as number;
  const { low, high, odd } = rangeOf(curve);
  const { lines, isLog } = sparkline(placesOf(curve, columns, curve.from, curve.to), rows);
  const facts = [
    low <= high ? `${format(low)} … ${format(high)}` : "",
    score === undefined ? "" : words.best({ value: format(score.best), epoch: score.bestEpoch }),
    isLog ? words.log : "",
  ].filter((each) => each !== "");
  return [
    [
      span(title, "bold"),
      span(`  ${format(last)}`, Number.isFinite(last) ? undefined : "red"),
      span(facts.map((each) => `   ${each}`).join(""), "dim"),
      span(odd === 0 ? "" : `   ${words.odd({ count: odd })}`, "red"),
    ],
    ...lines,
  ];
}
