import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import type { Diagnosis } from "../doctor/diagnosis.ts";
import type { Finding, Prescription } from "../doctor/finding.ts";
import type { Problem, RemedyName } from "../doctor/words.ts";
import { LANGUAGE } from "./report/fields.ts";
import { basisLine, changeLines, remedyNames } from "./report/parts.ts";
import { fill } from "./texts/fill.ts";
import { TEXTS } from "./texts/languages.ts";
import { evidenceSentence, findingLine, formatGain } from "./texts/sentences.ts";
import type { Language, Texts } from "./texts/texts.ts";

/** @throws GradusError `bad-argument` for another language. */
function textsIn(language: Language): Texts {
  requireArgument(LANGUAGE.accepts(language), `expected ${LANGUAGE.expected} as language, got ${describe(language)}.`, {
    language,
  });
  return TEXTS[language];
}

/** A finding in words. */
export interface FindingText {
  /** The problem's name: "Vanishing gradient". */
  readonly name: string;
  /** "in layer 0 (linear), since step 1" */
  readonly place: string;
  /** One sentence per measurement, the strongest first. */
  readonly evidence: readonly string[];
  /** What the problem is. */
  readonly about: string;
  readonly source: string;
}

/** Puts a finding into words.
 *  @param types of layers by path, to be named beside the path. Default: none. */
export function describeFinding(
  finding: Finding,
  language: Language,
  types: ReadonlyMap<string, string> = new Map(),
): FindingText {
  const texts = textsIn(language);
  const { name, text } = texts.problems[finding.problem];
  return {
    name,
    place: findingLine(finding, types, texts),
    evidence: finding.evidence.map((each) => evidenceSentence(each, texts)),
    about: text,
    source: finding.source,
  };
}

/** A prescription in words. */
export interface PrescriptionText {
  /** The names of the remedies: "Different activation + batch normalisation". */
  readonly name: string;
  /** What each remedy does. */
  readonly about: readonly string[];
  /** The changes to the settings, as lines that begin with ~, + or -. */
  readonly changes: readonly string[];
  /** The measured numbers that the choice rests on, if there are any. */
  readonly basis?: string | undefined;
}

/** Puts a prescription into words. */
export function describePrescription(prescription: Prescription, language: Language): PrescriptionText {
  const texts = textsIn(language);
  return {
    name: remedyNames(prescription, texts),
    about: prescription.remedies.map((remedy) => texts.remedies[remedy].text),
    changes: changeLines(prescription, texts),
    basis: basisLine(prescription, texts),
  };
}

/** The name of a problem or a remedy. */
export function nameOf(what: Problem | RemedyName, language: Language): string {
  const { problems, remedies } = textsIn(language);
  return what in problems ? problems[what as Problem].name : remedies[what as RemedyName].name;
}

/** A verdict in words. */
export interface VerdictText {
  /** "Sick, cure proven" */
  readonly name: string;
  readonly about: string;
  /** For a trial: "The gain is 12.5 points; to rule out chance, it had to exceed 3.1 points." */
  readonly proof?: string | undefined;
}

/** Puts the verdict of an examination into words, with the numbers of the trial that it rests on. */
export function describeVerdict(
  { verdict, trials }: Pick<Diagnosis, "verdict" | "trials">,
  language: Language,
): VerdictText {
  const texts = textsIn(language);
  const { name, text } = texts.verdicts[verdict];
  const trial = trials.at(-1);
  if (trial === undefined) return { name, about: text };
  const { gain, needed, measure } = trial;
  const values = { gain: formatGain(gain, measure, texts), needed: formatGain(needed, measure, texts) };
  return { name, about: text, proof: fill(texts.phrases.gainSentence, values, texts) };
}
