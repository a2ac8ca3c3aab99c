import { epochOrder } from "../../src/data/permutation.ts";
import { changesBetween, isAlike } from "../../src/doctor/diff.ts";
import type { Finding, Prescription } from "../../src/doctor/finding.ts";
import type { Patient } from "../../src/doctor/patient.ts";
import type { PrescribeOptions, prescribe } from "../../src/doctor/prescribe.ts";
import { type RangeTest, rangeTest } from "../../src/doctor/range-test.ts";
import { usualRate } from "../../src/doctor/remedies/optimizers.ts";
import { REMEDIES_TABLE } from "../../src/doctor/remedies/remedies.ts";
import type { RemedyRule } from "../../src/doctor/remedies/remedy.ts";
import { fitOptionsOf } from "../../src/doctor/run.ts";
import { REMEDIES, type RemedyName } from "../../src/doctor/words.ts";
import { createModel } from "../../src/nn/model.ts";
import { preparePlan } from "../../src/train/prepare.ts";
import type { Settings, Training } from "../../src/train/training.ts";

/** The baseline that a doctor must beat: every remedy that applies to the patient, one at a time, in random order. These are the doctor's
 *  own remedies, equally well made (the learning rate by a range test); only the choice is random. Advice cannot be drawn. Each patient
 *  has its own order, which is the same for the same seed. */
export function randomPrescriber(seed: number): typeof prescribe {
  let patients = 0;
  return async (patient, findings, options = {}) => {
    const { training } = patient;
    if (training === undefined || findings.length === 0) return [];
    const order = Array.from(epochOrder(REMEDIES.length, seed, patients++), (place) => REMEDIES[place] as RemedyName);
    const prescriptions: Prescription[] = [];
    for (const name of order) {
      const prescription = await apply(name, patient, training, findings, options);
      if (prescription !== undefined) prescriptions.push(prescription);
    }
    return prescriptions;
  };
}

async function apply(
  name: RemedyName,
  patient: Patient,
  training: Training,
  findings: readonly Finding[],
  options: PrescribeOptions,
): Promise<Prescription | undefined> {
  const { settings: before } = training;
  const rule: RemedyRule = REMEDIES_TABLE[name];
  const tested = name === "learning-rate" ? { rangeTest: await testRates(training, options) } : {};
  const treatment = rule.rewrite(before, { patient, findings, ...tested });
  if (treatment === undefined || isAlike(treatment.settings, before) || !canRun({ ...training, ...treatment })) {
    return undefined;
  }
  const { settings } = treatment;
  const against = [...new Set(findings.map(({ problem }) => problem))];
  return { remedies: [name], against, settings, changes: changesBetween(before, settings) };
}

async function testRates(
  training: Training,
  { backend, threads, signal }: PrescribeOptions,
): Promise<RangeTest | undefined> {
  if (!canRun(training)) return undefined;
  const usual = usualRate(training.settings.optimizer.type);
  return rangeTest(training, { low: 1e-3 * usual, high: 1e3 * usual, backend, threads, signal });
}

function canRun({ settings, data }: { readonly settings: Settings; readonly data: Training["data"] }): boolean {
  try {
    preparePlan(createModel(settings.model), { ...fitOptionsOf(settings), data });
    return true;
  } catch {
    return false;
  }
}
