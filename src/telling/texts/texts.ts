import type { TrialMeasure, Verdict } from "../../doctor/diagnosis.ts";
import type { EvidenceName } from "../../doctor/evidence.ts";
import type { Attainable } from "../../doctor/patient.ts";
import type { Problem, RemedyName } from "../../doctor/words.ts";

export const LANGUAGES = ["en", "ko"] as const;

export type Language = (typeof LANGUAGES)[number];

/** A name and one paragraph. */
export interface Article {
  readonly name: string;
  readonly text: string;
}

/** A sentence with gaps, which `fill` (fill.ts) fills: `{value}` a number or a word, `{value%}` a share as a percentage, `{value#}` a
 *  count, `{value@}` a score: a share as a percentage unless the gap `metric` is "r2". A part in square brackets is left out if one of
 *  its gaps has no value. `{name|을/를}` appends the Korean particle that fits the value. */
export type Template = string;

/** Phrases of the reports, without names, paragraphs and evidence. */
export interface Phrases {
  // headings
  readonly diagnosis: string;
  readonly findings: string;
  readonly remarks: string;
  readonly prescription: string;
  readonly otherPrescriptions: string;
  readonly proof: string;
  readonly trials: string;
  readonly triedBefore: string;
  readonly charts: string;
  readonly runs: string;
  readonly aboutProblems: string;
  readonly aboutRemedies: string;
  readonly lookedAt: string;
  // a finding's line
  readonly inLayer: Template; // layer, type
  readonly beforeFirstStep: string;
  readonly sinceStep: Template; // step
  readonly rule: Template; // source
  readonly andOthers: Template; // count
  readonly remarksMeaning: string;
  // prescriptions
  readonly against: Template; // problems
  readonly adviceOnly: string;
  readonly chosenBy: Template; // values
  readonly manyLayers: Template; // count
  // trials
  readonly untouched: string;
  readonly treated: string;
  readonly seeds: Template; // count
  readonly meanAndSpread: string;
  readonly gain: string;
  readonly needed: string;
  readonly result: string;
  readonly gainSentence: Template; // gain, needed
  readonly proven: string;
  readonly notProven: string;
  readonly remaining: Template; // problems
  readonly shareOfSteps: Template; // share
  readonly cutHopeless: string;
  readonly cutBudget: string;
  readonly noTrial: string;
  readonly trialOrder: string;
  // runs
  readonly seed: string;
  readonly steps: string;
  readonly trainScore: string;
  readonly validationScore: string;
  readonly brokeOff: Template; // step, layer, tensor
  readonly attainable: Template; // score, learner
  readonly reached: Template; // score, metric, chance
  readonly observed: Template; // runs, steps
  readonly runsCut: Template; // share
  readonly nothingFound: string;
  readonly nothingInLog: string;
  readonly seconds: Template; // seconds
  readonly moreDetails: string;
  // charts
  readonly dataTable: string;
  readonly arm: string;
  readonly gradientByLayer: string;
  readonly gradientByLayerCaption: string;
  readonly histograms: string;
  readonly histogramsCaption: string;
  readonly start: string;
  readonly end: string;
  readonly lossCurves: string;
  readonly lossCaption: string;
  readonly differentLosses: string;
  readonly scoreCurves: string;
  readonly scoreCaption: string;
  readonly throughTime: Template; // layer
  readonly throughTimeCaption: string;
  readonly gradientNorm: string;
  readonly layerAxis: string;
  readonly timeAxis: string;
  readonly step: string;
  readonly epoch: string;
  readonly trainingLoss: string;
  readonly validationLoss: string;
  readonly validationAccuracy: string;
  readonly layer: string;
}

/** All texts of the doctor in one language. */
export interface Texts {
  readonly language: Language;
  readonly evidence: Readonly<Record<EvidenceName, Template>>;
  readonly problems: Readonly<Record<Problem, Article>>;
  readonly remedies: Readonly<Record<RemedyName, Article>>;
  readonly verdicts: Readonly<Record<Verdict, Article>>;
  readonly measures: Readonly<Record<TrialMeasure, string>>;
  readonly learners: Readonly<Record<Attainable["learner"], string>>;
  /** Words that evidence contains: tensors, measures, kinds of task. Words that are missing here, such as names from the user's
   *  configuration, stay unchanged. `*` stands for any word, which is kept in its place. */
  readonly words: Readonly<Record<string, string>>;
  /** What a prescription is based on, from its values; an item is left out unless all its gaps are known. */
  readonly basis: readonly Template[];
  readonly phrases: Phrases;
  /** Separator between a number and the percent sign. */
  readonly percent: string;
  /** The unit of differences between percentages. */
  readonly points: string;
  /** Separator between the items of a list. */
  readonly comma: string;
}
