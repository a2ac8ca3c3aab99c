import type { Diagnosis, Trial } from "../../doctor/diagnosis.ts";
import type { Finding, Prescription } from "../../doctor/finding.ts";
import type { Problem, RemedyName } from "../../doctor/words.ts";
import type { RunRecord } from "../../watch/record.ts";
import { formatChanges } from "../format-changes.ts";
import { fill } from "../texts/fill.ts";
import { cite, PROBLEM_PAPERS, REMEDY_PAPERS } from "../texts/papers.ts";
import { formatMeasure, inSentence } from "../texts/sentences.ts";
import type { Texts } from "../texts/texts.ts";

/** The trial that the verdict rests on. */
export function decidingTrial({ trials }: Diagnosis): Trial | undefined {
  return trials.at(-1);
}

/** Groups findings by problem, in the order of the first finding of each. */
export function byProblem(findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] {
  const groups = new Map<Problem, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const known = groups.get(finding.problem);
    if (known === undefined) groups.set(finding.problem, [finding]);
    else known.push(finding);
  }
  return [...groups.values()];
}

/** Types of layers by path, as the runs observed them. */
export function layerTypes({ runs }: Diagnosis): ReadonlyMap<string, string> {
  const layers = runs.flatMap(({ start, end }) => [start, end]).flatMap((census) => census?.layers ?? []);
  return new Map(layers.map(({ path, type }) => [path, type]));
}

/** The prescription to report first: the one tried last, or else the first one. */
export function mainPrescription(diagnosis: Diagnosis): Prescription | undefined {
  return decidingTrial(diagnosis)?.prescription ?? diagnosis.prescriptions[0];
}

export function remedyNames({ remedies }: Prescription, texts: Texts): string {
  const names = remedies.map((name) => texts.remedies[name].name);
  return names.map((name, index) => (index === 0 ? name : inSentence(name))).join(" + ");
}

export function problemNames(problems: readonly Problem[], texts: Texts): string {
  return problems.map((name) => inSentence(texts.problems[name].name)).join(texts.comma);
}

/** The changes to the settings as lines that begin with ~, + or -. */
export function changeLines({ changes }: Prescription, texts: Texts): readonly string[] {
  return formatChanges(changes, { count: (count) => fill(texts.phrases.manyLayers, { count }, texts) });
}

/** The measured numbers that a choice rests on. */
export function basisLine({ values = {} }: Prescription, texts: Texts): string | undefined {
  const items = texts.basis.map((template) => fill(`[${template}]`, values, texts)).filter((item) => item !== "");
  return items.length === 0 ? undefined : fill(texts.phrases.chosenBy, { values: items.join(texts.comma) }, texts);
}

/** Further remarks on a trial. */
export function trialNotes({ remaining, share, cut }: Trial, texts: Texts): readonly string[] {
  const { phrases } = texts;
  return [
    ...(remaining.length === 0 ? [] : [fill(phrases.remaining, { problems: problemNames(remaining, texts) }, texts)]),
    ...(share < 1 ? [fill(phrases.shareOfSteps, { share }, texts)] : []),
    ...(cut === undefined ? [] : [cut === "hopeless" ? phrases.cutHopeless : phrases.cutBudget]),
  ];
}

/** One line if the budget was too short to observe the runs to their end, otherwise none. */
export function cutLine({ share }: Diagnosis, texts: Texts): readonly string[] {
  return share < 1 ? [fill(texts.phrases.runsCut, { share }, texts)] : [];
}

/** What was examined, and how good the network is. */
export function lookedAt({ training, verdict, runs, attainable }: Diagnosis, texts: Texts): readonly string[] {
  const { phrases } = texts;
  const score = runs.find((run) => run.score !== undefined)?.score;
  const scores = runs.flatMap((run) => (run.score === undefined ? [] : [run.score.value]));
  const steps = runs[0]?.steps ?? 0;
  const of = (value: number, measure: "accuracy" | "r2") => formatMeasure(value, measure, texts);
  return [
    ...(runs.length === 0 ? [] : [fill(phrases.observed, { runs: runs.length, steps }, texts)]),
    ...(score === undefined
      ? []
      : [
          fill(
            phrases.reached,
            {
              score: of(scores.reduce((sum, value) => sum + value, 0) / scores.length, score.metric),
              metric: score.metric,
              chance: of(score.chance, score.metric),
            },
            texts,
          ),
        ]),
    ...(attainable === undefined
      ? []
      : [
          fill(
            phrases.attainable,
            { score: of(attainable.score.value, attainable.score.metric), learner: attainable.learner },
            texts,
          ),
        ]),
    ...(verdict === "healthy" ? [training === undefined ? phrases.nothingInLog : phrases.nothingFound] : []),
  ];
}

/** One run as table cells: seed, steps, training score, validation score, validation loss and, if it failed, where it stopped. */
export function runCells(run: RunRecord, texts: Texts): readonly string[] {
  const { seed, steps, plannedSteps, score, trainScore, validationLoss, failure } = run;
  const written = (each: typeof score) =>
    each === undefined ? "\u2013" : formatMeasure(each.value, each.metric, texts);
  const loss = validationLoss === undefined ? "\u2013" : formatMeasure(validationLoss, "validation-loss", texts);
  const cells = [
    seed === undefined ? "\u2013" : String(seed),
    plannedSteps === undefined || plannedSteps === steps ? String(steps) : `${steps}/${plannedSteps}`,
    written(trainScore),
    written(score),
    loss,
  ];
  return failure === undefined ? cells : [...cells, fill(texts.phrases.brokeOff, { ...failure }, texts)];
}

export function runTitles({ phrases }: Texts): readonly string[] {
  return [phrases.seed, phrases.steps, phrases.trainScore, phrases.validationScore, phrases.validationLoss];
}

export interface Article {
  readonly name: string;
  readonly text: string;
  readonly paper: string;
}

/** One paragraph on each problem found and each remedy prescribed, with its paper. */
export function articles(diagnosis: Diagnosis, texts: Texts): Record<"problems" | "remedies", readonly Article[]> {
  const { findings, remarks, prescriptions } = diagnosis;
  const problems = new Set<Problem>([...findings, ...remarks].map(({ problem }) => problem));
  const remedies = new Set<RemedyName>(prescriptions.flatMap((each) => each.remedies));
  return {
    problems: [...problems].map((name) => ({ ...texts.problems[name], paper: cite(PROBLEM_PAPERS[name]) })),
    remedies: [...remedies].map((name) => ({ ...texts.remedies[name], paper: cite(REMEDY_PAPERS[name]) })),
  };
}
