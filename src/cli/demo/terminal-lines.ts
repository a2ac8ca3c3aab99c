import { alignColumns } from "../../telling/report/columns.ts";
import { fill } from "../../telling/texts/fill.ts";
import { TEXTS } from "../../telling/texts/languages.ts";
import { formatGain, formatSpread } from "../../telling/texts/sentences.ts";
import { armOfRuns, seedsAgainst } from "./arms.ts";
import type { Cure } from "./prove.ts";
import type { DemoTexts } from "./texts/texts.ts";

/** The result of a patient: both arms, the verdict, and the seeds that contradict it. */
export function cureLines({ trial, rivals }: Cure, texts: DemoTexts): readonly string[] {
  const words = TEXTS[texts.language];
  const { measure, control, treated, gain, needed, verdict } = trial;
  const spread = (arm: typeof control) => formatSpread(arm.mean, arm.deviation, measure, words);
  const rows =
    rivals.length === 0
      ? [
          [texts.without, spread(control)],
          [texts.with, spread(treated)],
        ]
      : rivals.map(({ name, rate, runs }) => [
          `${texts.rivals[name]}, ${texts.rateColumn} ${rate}`,
          spread(armOfRuns(runs, measure)),
        ]);
  const gaps = { gain: formatGain(gain, measure, words), needed: formatGain(needed, measure, words) };
  return [
    ...alignColumns([["", words.measures[measure]], ...rows]).split("\n"),
    fill(texts.verdict[verdict === "cured" ? "proven" : "not-proven"], gaps, words),
    ...seedsAgainst(trial).map((seed) => fill(texts.seedAgainst, { seed }, words)),
  ];
}
