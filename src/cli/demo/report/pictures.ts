import type { Diagnosis } from "../../../doctor/diagnosis.ts";
import { median } from "../../../doctor/rules/learning.ts";
import { meanOf } from "../../../doctor/trial/statistics.ts";
import { type Curve, linesChart } from "../../../report/lines.ts";
import { logBarsChart } from "../../../report/log-bars.ts";
import type { Role } from "../../../report/theme.ts";
import type { ChartArm } from "../../../telling/report/arms.ts";
import { lossCurves, scoreCurves } from "../../../telling/report/curves.ts";
import { type Drawing, gradientByLayer } from "../../../telling/report/gradients.ts";
import { fill } from "../../../telling/texts/fill.ts";
import { TEXTS } from "../../../telling/texts/languages.ts";
import type { Census, RunRecord } from "../../../watch/record.ts";
import type { CureName } from "../patients/patient.ts";
import type { Cure } from "../prove.ts";
import type { DemoTexts } from "../texts/texts.ts";

/** The runs of a patient without and with the remedy, in the colours of all reports. */
function armsOf({ trial }: Cure, texts: DemoTexts): readonly ChartArm[] {
  return [
    { name: texts.without, role: "second", runs: trial.control.runs },
    { name: texts.with, role: "first", runs: trial.treated.runs },
  ];
}

/** The charts that show what went wrong inside the network and what the remedy changed: wide ones and pairs. */
export interface Pictures {
  readonly wide: readonly Drawing[];
  readonly pair: readonly Drawing[];
}

export function picturesOf(cure: Cure, texts: DemoTexts): Pictures {
  return PICTURES[cure.patient.cure](cure, texts);
}

const PICTURES = {
  initialisation: (cure, texts) => ({
    wide: [signalByLayer(cure, texts), ...gradients(cure, texts)],
    pair: curves(cure, texts),
  }),
  activation: (cure, texts) => ({ wide: gradients(cure, texts), pair: curves(cure, texts) }),
  "batch-normalisation": (cure, texts) => ({
    wide: [signalByLayer(cure, texts), ...gradients(cure, texts)],
    pair: curves(cure, texts),
  }),
  clipping: (cure, texts) => ({
    wide: [normOverSteps(cure, texts)],
    pair: [...backThroughTime(cure, texts), ...curves(cure, texts)],
  }),
  adam: (cure, texts) => ({ wide: [updateByLayer(cure, texts), race(cure, texts)], pair: [] }),
  dropout: (cure, texts) => ({ wide: [gap(cure, texts)], pair: [] }),
} as const satisfies Record<CureName, (cure: Cure, texts: DemoTexts) => Pictures>;

const gradients = (cure: Cure, texts: DemoTexts) => gradientByLayer(armsOf(cure, texts), TEXTS[texts.language]);

function curves(cure: Cure, texts: DemoTexts): readonly Drawing[] {
  const words = TEXTS[texts.language];
  const arms = armsOf(cure, texts);
  const diagnosis: Diagnosis = {
    findings: [],
    remarks: [],
    prescriptions: [],
    trials: [cure.trial],
    verdict: cure.trial.verdict,
    runs: cure.trial.control.runs,
    share: 1,
    seconds: 0,
  };
  return [...lossCurves(diagnosis, arms, words), ...scoreCurves(arms, words)];
}

/** How much the outputs of every activation differ between images before the first step. */
function signalByLayer(cure: Cure, texts: DemoTexts): Drawing {
  const arms = armsOf(cure, texts);
  const layersOf = ({ runs }: ChartArm) => (runs[0]?.start?.layers ?? []).filter(({ isActivation }) => isActivation);
  const chart = logBarsChart(
    arms.map((arm) => ({
      name: arm.name,
      role: arm.role,
      // the part of the mean square that varies between samples
      values: layersOf(arm).map(({ mean, variance, distinct }) => Math.sqrt(distinct * (mean ** 2 + variance))),
    })),
    {
      label: texts.signalTitle,
      // a remedy that adds layers moves the others; layers are named by their position without it
      categories: layersOf(arms[0] as ChartArm).map(({ path }) => path),
      xName: TEXTS[texts.language].phrases.layerAxis,
      yName: texts.signalAxis,
    },
  );
  return { title: texts.signalTitle, chart, caption: texts.signalCaption };
}

/** The gradient that reaches each time step: before the first step, when both networks are the same, and at the end. */
function backThroughTime({ trial }: Cure, texts: DemoTexts): readonly Drawing[] {
  const { phrases } = TEXTS[texts.language];
  const { control, treated } = trial;
  const drawing = (when: string, curves: readonly Curve[]): Drawing => {
    const title = `${texts.backThroughTime}, ${when}`;
    const options = { label: title, xName: phrases.timeAxis, yName: phrases.gradientNorm, yLog: true };
    return { title, chart: linesChart(curves, options), caption: texts.backThroughTimeCaption };
  };
  return [
    drawing(texts.atFirst, [{ name: texts.without, role: "second", points: byTimeStep(control.runs[0]?.start) }]),
    drawing(texts.atEnd, [
      { name: texts.without, role: "second", points: byTimeStep(control.runs[0]?.end) },
      { name: texts.with, role: "first", points: byTimeStep(treated.runs[0]?.end) },
    ]),
  ];
}

const byTimeStep = (census: Census | undefined) =>
  (census?.layers ?? []).flatMap(({ throughTime = [] }) => throughTime.map((norm, step) => [step + 1, norm] as const));

function normOverSteps(cure: Cure, texts: DemoTexts): Drawing {
  const { phrases } = TEXTS[texts.language];
  const chart = linesChart(
    armsOf(cure, texts).flatMap(({ name, role, runs }) =>
      runs.map(({ readings }) => ({
        name,
        role,
        points: readings.map(({ step, gradientNorm = Number.NaN }) => [step, gradientNorm] as const),
      })),
    ),
    { label: texts.normOverSteps, xName: phrases.step, yName: phrases.gradientNorm, yLog: true },
  );
  return { title: texts.normOverSteps, chart, caption: texts.normOverStepsCaption };
}

const RACE_ROLES: readonly Role[] = ["quiet", "fourth", "second", "first"];

/** How far a step moves the weights of each layer with each optimiser. */
function updateByLayer({ rivals, trial }: Cure, texts: DemoTexts): Drawing {
  const paths = (trial.control.runs[0]?.start?.layers ?? [])
    .filter(({ weightDeviation }) => weightDeviation !== undefined)
    .map(({ path }) => path);
  const share = (runs: readonly RunRecord[], path: string): number => {
    const shares = runs.flatMap(({ readings }) =>
      readings.map(({ layers }) => (layers[path]?.updateNorm ?? Number.NaN) / (layers[path]?.weightNorm ?? Number.NaN)),
    );
    return median(shares.filter(Number.isFinite));
  };
  const chart = logBarsChart(
    rivals.map(({ name, runs }, index) => ({
      name: texts.rivals[name],
      role: RACE_ROLES[index] ?? "quiet",
      values: paths.map((path) => share(runs, path)),
    })),
    {
      label: texts.updateTitle,
      categories: paths,
      xName: TEXTS[texts.language].phrases.layerAxis,
      yName: texts.updateAxis,
    },
  );
  return { title: texts.updateTitle, chart, caption: texts.updateCaption };
}

/** Every optimiser at its best rate. */
function race({ rivals }: Cure, texts: DemoTexts): Drawing {
  const { phrases } = TEXTS[texts.language];
  const chart = linesChart(
    rivals.flatMap(({ name, runs }, index) =>
      runs.map(({ epochs }) => ({
        name: texts.rivals[name],
        role: RACE_ROLES[index] ?? "quiet",
        points: epochs.map(({ epoch, validationLoss = Number.NaN }) => [epoch, validationLoss] as const),
      })),
    ),
    { label: texts.raceTitle, xName: phrases.epoch, yName: phrases.validationLoss },
  );
  return { title: texts.raceTitle, chart, caption: texts.raceCaption };
}

/** Loss on training and on unseen images: means over the runs. */
function gap(cure: Cure, texts: DemoTexts): Drawing {
  const words = TEXTS[texts.language];
  const [control, treated] = armsOf(cure, texts) as [ChartArm, ChartArm];
  const line = (template: string, { name, runs }: ChartArm, role: Role, field: "trainLoss" | "validationLoss") => ({
    name: fill(template, { arm: name }, words),
    role,
    points: meanOverRuns(runs, field),
  });
  const chart = linesChart(
    [
      line(texts.onTraining, control, "quiet", "trainLoss"),
      line(texts.onUnseen, control, "second", "validationLoss"),
      line(texts.onTraining, treated, "fourth", "trainLoss"),
      line(texts.onUnseen, treated, "first", "validationLoss"),
    ],
    { label: texts.gapTitle, xName: words.phrases.epoch, yName: texts.loss },
  );
  return { title: texts.gapTitle, chart, caption: texts.gapCaption };
}

function meanOverRuns(runs: readonly RunRecord[], field: "trainLoss" | "validationLoss") {
  const [first] = runs;
  return (first?.epochs ?? []).map(({ epoch }, index) => {
    const values = runs.map(({ epochs }) => epochs[index]?.[field] ?? Number.NaN);
    return [epoch, meanOf(values)] as const;
  });
}
