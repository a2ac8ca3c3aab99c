import { checkOptions } from "../../core/fields.ts";
import type { Arm, Diagnosis, Trial } from "../../doctor/diagnosis.ts";
import type { Finding, Prescription } from "../../doctor/finding.ts";
import type { RunRecord } from "../../watch/record.ts";
import { TEXTS } from "../texts/languages.ts";
import { evidenceSentence } from "../texts/sentences.ts";
import type { Language } from "../texts/texts.ts";
import { LANGUAGE, requireDiagnosis } from "./fields.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A diagnosis as plain data for other programs, under the schema `gradus-diagnosis/1`. Numbers that JSON cannot represent become text:
 *  "NaN", "Infinity", "-Infinity". Runs contain their results; the readings of single steps are left out.
 *  @param lang of the sentences. Default en. */
export function diagnosisJson(diagnosis: Diagnosis, options: { readonly lang?: Language } = {}): Json {
  requireDiagnosis("diagnosisJson", diagnosis);
  checkOptions<typeof options>("diagnosisJson", options, { lang: LANGUAGE });
  const { lang = "en" } = options;
  const { name, verdict, findings, remarks, prescriptions, trials, runs, share, attainable, seconds } = diagnosis;
  const asJson = (each: Finding) => findingJson(each, metricOf(diagnosis), lang);
  return plain({
    schema: "gradus-diagnosis/1",
    name,
    verdict,
    findings: findings.map(asJson),
    remarks: remarks.map(asJson),
    prescriptions: prescriptions.map((each) => prescriptionJson(each)),
    trials: trials.map((each) => trialJson(each)),
    attainable,
    runs: runs.map(runJson),
    share,
    seconds,
  });
}

/** The metric of the scores of a diagnosis. */
export function metricOf({ runs, attainable }: Diagnosis): string | undefined {
  return runs.find(({ score }) => score !== undefined)?.score?.metric ?? attainable?.score.metric;
}

function findingJson(finding: Finding, metric: string | undefined, lang: Language) {
  const { problem, layer, since, evidence, weight, source } = finding;
  return {
    problem,
    layer: layer ?? null,
    since,
    evidence: evidence.map((each) => ({ ...each, text: evidenceSentence(each, TEXTS[lang], metric) })),
    weight,
    source,
  };
}

function prescriptionJson({ remedies, against, changes, settings, values }: Prescription) {
  return { remedies, against, changes, values, experiment: settings };
}

function trialJson(trial: Trial) {
  const { prescription, measure, control, treated, gain, spread, needed, remaining, verdict, share, cut, seconds } =
    trial;
  return {
    remedies: prescription.remedies,
    measure,
    control: armJson(control),
    treated: armJson(treated),
    gain,
    spread,
    needed,
    remaining,
    verdict,
    share,
    cut,
    seconds,
  };
}

function armJson({ runs, mean, deviation }: Arm) {
  return { mean, deviation, runs: runs.map(runJson) };
}

function runJson({
  seed,
  steps,
  plannedSteps,
  epochs,
  failure,
  score,
  trainScore,
  validationLoss,
  cut,
  seconds,
}: RunRecord) {
  return { seed, steps, plannedSteps, epochs, failure, score, trainScore, validationLoss, cut, seconds };
}

/** A value as JSON can hold it: without undefined fields and functions, non-finite numbers as text, typed arrays as lists. */
function plain(value: unknown): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain);
  if (typeof value !== "object" || value === null) return null;
  const known = Object.entries(value).filter(([, part]) => part !== undefined && typeof part !== "function");
  return Object.fromEntries(known.map(([name, part]) => [name, plain(part)]));
}
