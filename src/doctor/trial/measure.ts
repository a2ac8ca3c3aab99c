import { largest } from "../../core/extremes.ts";
import { resolveLoss } from "../../nn/losses/losses.ts";
import type { Settings } from "../../train/training.ts";
import type { RunRecord, Score } from "../../watch/record.ts";
import type { TrialMeasure } from "../diagnosis.ts";
import type { Prescription } from "../finding.ts";
import type { Attainable } from "../patient.ts";
import { isAtChance, standardError } from "../rules/learning.ts";
import { meanOf } from "./statistics.ts";

/** Least gain, as a share of the gap between the unchanged runs and simple learners. */
const SHARE_OF_LACK = 0.1;

/** The measure that compares pairs: one number per run, larger is better, and the smallest relevant gain. */
export interface Measured {
  readonly measure: TrialMeasure;
  readonly control: readonly number[];
  readonly treated: readonly number[];
  readonly least: number;
  /** The scores, if they are not the measure: they must not have become worse by an amount that would count as better. */
  readonly guard?: Pick<Measured, "control" | "treated" | "least"> | undefined;
}

/** The score, except for prescriptions against overfitting, which shows in the validation loss long before a class is predicted
 *  wrongly: there the loss proves the cure, if both arms minimise the same loss in the same units. The score must not become worse.
 *  @param control, treated runs with the same seeds, in order. */
export function measured(
  control: readonly RunRecord[],
  treated: readonly RunRecord[],
  prescription: Prescription,
  settings: Settings,
  attainable: Attainable | undefined,
): Measured {
  const byScore = measuredByScore(control, treated, attainable);
  const isOverfitting = prescription.against[0] === "overfitting";
  const areKnown = lossesOf([...control, ...treated]).every(Number.isFinite) && control.length > 0;
  const isSame = prescription.settings !== undefined && haveSameLoss(settings, prescription.settings);
  return isOverfitting && areKnown && isSame ? measuredByLoss(control, treated, byScore) : byScore;
}

/** The loss on unseen samples, which both arms minimise in the same units.
 *  @param guard the scores, which must not become worse. */
export function measuredByLoss(
  control: readonly RunRecord[],
  treated: readonly RunRecord[],
  guard: Measured = measuredByScore(control, treated, undefined),
): Measured {
  const after = lossesOf(treated);
  return {
    measure: "validation-loss",
    control: lossesOf(control).map((loss) => -loss),
    treated: after.map((loss) => -loss),
    // the error of a mean over n samples, if each loss is about as uncertain as it is large
    least: meanOf(after.map(Math.abs)) / Math.sqrt(samplesOf([...control, ...treated])),
    guard,
  };
}

const lossesOf = (runs: readonly RunRecord[]) => runs.map(({ validationLoss = Number.NaN }) => validationLoss);

function measuredByScore(
  control: readonly RunRecord[],
  treated: readonly RunRecord[],
  attainable: Attainable | undefined,
): Measured {
  const example = [...treated, ...control].find(({ score }) => score !== undefined)?.score;
  const values = (runs: readonly RunRecord[]) => runs.map(({ score }) => score?.value ?? example?.chance ?? 0);
  const [before, after] = [values(control), values(treated)];
  const metric = example?.metric ?? "accuracy";
  const luck = example === undefined ? 0 : standardError({ ...example, value: meanOf([...before, ...after]) });
  const isComparable = attainable?.score.metric === metric && before.length > 0;
  const lack = isComparable ? attainable.score.value - meanOf(before) : 0;
  return {
    measure: metric,
    control: before,
    treated: after,
    least: Math.max(luck, SHARE_OF_LACK * lack),
  };
}

function samplesOf(runs: readonly RunRecord[]): number {
  return Math.max(1, largest(runs.map(({ score }) => score?.samples ?? 1)));
}

function haveSameLoss(a: Settings, b: Settings): boolean {
  const said = ({ loss, standardizeTargets = false }: Settings) =>
    JSON.stringify([Object.entries(resolveLoss(loss)).sort(([x], [y]) => (x < y ? -1 : 1)), standardizeTargets]);
  return said(a) === said(b);
}

/** The validation accuracy that a treated run must have exceeded by the middle of its epochs, if the unchanged run with the same seed
 *  has learned something: chance plus two standard errors. */
export function halfwayBar(control: RunRecord): number | undefined {
  const { score } = control;
  if (score === undefined || score.metric !== "accuracy" || isAtChance(score)) return undefined;
  const guess: Score = { ...score, value: score.chance };
  return score.chance + 2 * standardError(guess);
}
