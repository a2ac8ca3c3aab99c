import { largest, smallest } from "../../core/extremes.ts";
import type { Diagnosis } from "../../doctor/diagnosis.ts";
import { plottedLinear } from "../../report/axes.ts";
import { type Curve, linesChart } from "../../report/lines.ts";
import type { EpochRecord, RunRecord } from "../../watch/record.ts";
import type { Texts } from "../texts/texts.ts";
import type { ChartArm } from "./arms.ts";
import type { Drawing } from "./gradients.ts";
import { decidingTrial } from "./parts.ts";

type Points = Curve["points"];

/** Ratio of the largest loss to the smallest above which the chart uses a log scale. */
const WIDE = 100;

/** Training loss of every run: by epoch if every run has more than two epochs, otherwise by step. */
export function lossCurves(diagnosis: Diagnosis, arms: readonly ChartArm[], texts: Texts): readonly Drawing[] {
  const { phrases } = texts;
  const byEpoch = arms.every(({ runs }) => runs.every(({ epochs }) => epochs.length > 2));
  const pointsOf = ({ epochs, readings }: RunRecord): Points =>
    byEpoch
      ? epochs.map(({ epoch, trainLoss }) => [epoch, trainLoss] as const)
      : readings.map(({ step, loss }) => [step, loss] as const);
  const drawing = curvesChart(arms, pointsOf, {
    title: phrases.lossCurves,
    xName: byEpoch ? phrases.epoch : phrases.step,
    yName: phrases.trainingLoss,
    caption: areLossesAlike(diagnosis) ? phrases.lossCaption : `${phrases.lossCaption} ${phrases.differentLosses}`,
  });
  return drawing === undefined ? [] : [drawing];
}

/** Accuracy of every run on unseen samples, or the loss if no run has an accuracy. */
export function scoreCurves(arms: readonly ChartArm[], texts: Texts): readonly Drawing[] {
  const { phrases } = texts;
  const hasAccuracy = arms.some(({ runs }) =>
    runs.some(({ epochs }) => epochs.some(({ validationAccuracy }) => validationAccuracy !== undefined)),
  );
  const field: keyof EpochRecord = hasAccuracy ? "validationAccuracy" : "validationLoss";
  const drawing = curvesChart(
    arms,
    ({ epochs }) => epochs.map((each) => [each.epoch, each[field] ?? Number.NaN] as const),
    {
      title: phrases.scoreCurves,
      xName: phrases.epoch,
      yName: hasAccuracy ? phrases.validationAccuracy : phrases.validationLoss,
      caption: phrases.scoreCaption,
    },
  );
  return drawing === undefined ? [] : [drawing];
}

interface Names {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly caption: string;
}

function curvesChart(
  arms: readonly ChartArm[],
  pointsOf: (run: RunRecord) => Points,
  { title, xName, yName, caption }: Names,
): Drawing | undefined {
  const curves = arms.flatMap(({ name, role, runs }) =>
    runs.map((run): Curve => ({ name, role, points: pointsOf(run) })),
  );
  const values = curves.flatMap(({ points }) => points.map(([, y]) => plottedLinear(y))).filter((y) => y !== "-");
  if (values.length < 2) return undefined;
  const [low, high] = [smallest(values), largest(values)];
  const isWide = low > 0 && high / low > WIDE;
  const chart = linesChart(
    curves.filter(({ points }) => points.length > 0),
    {
      label: title,
      xName,
      yName,
      yLog: isWide,
      ...(low < 0 ? { yMin: Math.floor(low) } : {}),
    },
  );
  return { title, chart, caption };
}

/** Whether the runs with and without the remedy minimise the same loss. */
function areLossesAlike(diagnosis: Diagnosis): boolean {
  const { training } = diagnosis;
  const treated = decidingTrial(diagnosis)?.prescription.settings;
  if (training === undefined || treated === undefined) return true;
  const targetsOf = ({ loss, standardizeTargets = false }: typeof treated) =>
    JSON.stringify([loss, standardizeTargets]);
  return targetsOf(training.settings) === targetsOf(treated);
}
