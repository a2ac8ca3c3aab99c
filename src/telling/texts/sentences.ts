import type { TrialMeasure } from "../../doctor/diagnosis.ts";
import type { Evidence, Finding } from "../../doctor/finding.ts";
import { fill, type Gaps } from "./fill.ts";
import { formatNumber } from "./numbers.ts";
import type { Texts } from "./texts.ts";

/** A sentence with the measured value and its limit.
 *  @param metric of the scores in the evidence, unless the evidence names it itself. */
export function evidenceSentence(evidence: Evidence, texts: Texts, metric?: string): string {
  const { measure, value, threshold, values } = evidence;
  const gaps: Gaps = { ...(metric === undefined ? {} : { metric }), ...values, value, threshold };
  return fill(texts.evidence[measure], gaps, texts);
}

/** Place and time of a finding: "in layer 0 (linear), since step 1".
 *  @param types of layers by path. */
export function findingLine({ layer, since }: Finding, types: ReadonlyMap<string, string>, texts: Texts): string {
  const { phrases, comma } = texts;
  const where = layer === undefined ? [] : [fill(phrases.inLayer, { layer, type: types.get(layer) }, texts)];
  const when = since === 0 ? phrases.beforeFirstStep : fill(phrases.sinceStep, { step: since }, texts);
  return [...where, when].join(comma);
}

/** A value of the measure that a trial compares: accuracy as a percentage, others as a number. */
export function formatMeasure(value: number, measure: TrialMeasure, texts: Texts): string {
  return measure === "accuracy" ? `${(100 * value).toFixed(1)}${texts.percent}%` : formatNumber(value);
}

/** Mean and standard deviation: "96.0 \u00b1 0.2 %". */
export function formatSpread(mean: number, deviation: number, measure: TrialMeasure, texts: Texts): string {
  const first = measure === "accuracy" ? (100 * mean).toFixed(1) : formatNumber(mean);
  return `${first} \u00b1 ${formatMeasure(deviation, measure, texts)}`;
}

/** A difference of two values of a measure; that of percentages is in points. */
export function formatGain(gain: number, measure: TrialMeasure, texts: Texts): string {
  return measure === "accuracy" ? `${(100 * gain).toFixed(1)}${texts.points}` : formatNumber(gain);
}

/** A name as written inside a sentence: "Vanishing gradient" -> "vanishing gradient", but "L2 regularisation". */
export function inSentence(name: string): string {
  return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}
