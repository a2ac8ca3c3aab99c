import { largest } from "../core/extremes.ts";
import { createModel } from "../nn/model.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { preparePlan } from "../train/prepare.ts";
import type { Settings, Training } from "../train/training.ts";
import { changesBetween, isAlike } from "./diff.ts";
import type { Finding, Prescription } from "./finding.ts";
import type { Patient } from "./patient.ts";
import { type RangeTest, rangeTest } from "./range-test.ts";
import { type Direction, directionFor } from "./remedies/learning-rate.ts";
import { rateOf, usualRate } from "./remedies/optimizers.ts";
import { REMEDIES_TABLE } from "./remedies/remedies.ts";
import type { RemedyRule, Treatment } from "./remedies/remedy.ts";
import { fitOptionsOf } from "./run.ts";
import { BURDENS, COMBINATIONS, caseOf, EXPLAINS, ORDER, TREATMENTS } from "./treatments.ts";
import type { RemedyName } from "./words.ts";

export interface PrescribeOptions {
  /** Backend of range tests. */
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  /** When it aborts, no further range test is made. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds for each range test. Default 1.5. */
  readonly rangeTestSeconds?: number | undefined;
}

/** Most prescriptions with settings; advice is added to them. */
const MOST = 6;

/** Most range tests for one patient. */
const MOST_TESTS = 3;

/** Factor by which a remedy's score falls with each place in a problem's list. */
const DECAY = 0.6;

/** Factor on a symptom's weight if its cause was found. */
const EXPLAINED = 0.25;

/** Least weight of a cause, relative to the symptom that it explains. */
const CLEARER = 0.75;

/** Least weight of a cause that explains anything. */
const LIKELY = 0.6;

/** A remedy, its expected gain, and the findings that it treats. */
interface Candidate {
  readonly name: RemedyName;
  readonly score: number;
  readonly against: readonly Finding[];
}

/** Whether a penalty or dropout prevents learning. Dying or fading units are then its effect. */
function isBurden({ evidence }: Finding): boolean {
  return evidence.some(({ measure }) => measure === "regularizer-strength" || measure === "dropout-rate");
}

/** Findings with their weights after causes are known, the heaviest first; with equal weights causes before symptoms. */
export function withoutSymptoms(findings: readonly Finding[]): readonly Finding[] {
  const causes = findings.filter(({ weight }) => weight >= LIKELY);
  const isExplained = (finding: Finding) =>
    !isBurden(finding) &&
    causes.some((cause) => {
      const explains = isBurden(cause) ? BURDENS : EXPLAINS[cause.problem];
      // a vague cause does not explain a clear symptom
      const isClear = cause.weight >= CLEARER * finding.weight;
      return cause.problem !== finding.problem && explains?.includes(finding.problem) === true && isClear;
    });
  return findings
    .map((finding) => (isExplained(finding) ? { ...finding, weight: EXPLAINED * finding.weight } : finding))
    .sort((a, b) => b.weight - a.weight);
}

/** Remedies of all findings: each finding votes for its remedies, most for the first. */
function candidatesFor(settings: Settings, patient: Patient, findings: readonly Finding[]): readonly Candidate[] {
  const about = caseOf(settings, patient, findings);
  const found = new Map<RemedyName, Candidate>();
  for (const finding of findings) {
    TREATMENTS[finding.problem](about, finding).forEach((name, place) => {
      const known = found.get(name);
      const score = (known?.score ?? 0) + finding.weight * DECAY ** place;
      found.set(name, { name, score, against: [...(known?.against ?? []), finding] });
    });
  }
  return [...found.values()].sort((a, b) => b.score - a.score);
}

/** Turns remedies into prescriptions. */
class Prescriber {
  readonly #patient: Patient;
  readonly #training: Training;
  readonly #options: PrescribeOptions;
  readonly #tests: {
    readonly settings: Settings;
    readonly direction: Direction;
    readonly result: RangeTest | undefined;
  }[] = [];

  constructor(patient: Patient, training: Training, options: PrescribeOptions) {
    this.#patient = patient;
    this.#training = training;
    this.#options = options;
  }

  /** Applies the remedies one after the other. Undefined if one of them does nothing, or the resulting settings cannot run. */
  async treat(candidates: readonly Candidate[]): Promise<Prescription | undefined> {
    const before = this.#training.settings;
    const inOrder = [...candidates].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
    let settings = before;
    const values: Record<string, string | number> = {};
    for (const candidate of inOrder) {
      const treatment = await this.#apply(candidate, settings, settings === before);
      if (treatment === undefined) return undefined;
      settings = treatment.settings;
      Object.assign(values, treatment.values);
    }
    if (!this.#canRun(settings)) return undefined;
    const against = new Set(candidates.flatMap((candidate) => candidate.against.map(({ problem }) => problem)));
    return {
      remedies: candidates.map(({ name }) => name),
      against: [...against],
      settings,
      changes: changesBetween(before, settings),
      ...(Object.keys(values).length === 0 ? {} : { values }),
    };
  }

  async #apply({ name, against }: Candidate, settings: Settings, isFirst: boolean): Promise<Treatment | undefined> {
    const rule: RemedyRule = REMEDIES_TABLE[name];
    // after another remedy, the rate may have to go either way
    const findings = name === "learning-rate" && !isFirst ? [] : against;
    const context = { patient: this.#patient, findings, layer: against[0]?.layer };
    if (name !== "learning-rate") return rule.rewrite(settings, context);
    return rule.rewrite(settings, { ...context, rangeTest: await this.#test(settings, directionFor(context)) });
  }

  async #test(settings: Settings, direction: Direction): Promise<RangeTest | undefined> {
    const known = this.#tests.find((test) => test.direction === direction && isAlike(test.settings, settings));
    if (known !== undefined) return known.result;
    const { backend, threads, signal, rangeTestSeconds: seconds } = this.#options;
    if (this.#tests.length >= MOST_TESTS || signal?.aborted || !this.#canRun(settings)) return undefined;
    const training: Training = { settings, data: this.#training.data };
    const result = await rangeTest(training, { ...rangeOf(settings, direction), seconds, backend, threads, signal });
    this.#tests.push({ settings, direction, result });
    return result;
  }

  #canRun(settings: Settings): boolean {
    try {
      preparePlan(createModel(settings.model), { ...fitOptionsOf(settings), data: this.#training.data });
      return true;
    } catch {
      return false;
    }
  }
}

/** Rates to test. */
function rangeOf({ optimizer }: Settings, direction: Direction): { readonly low: number; readonly high: number } {
  const [current, usual] = [rateOf(optimizer), usualRate(optimizer.type)];
  if (direction === "lower") return { low: 1e-5 * current, high: current };
  if (direction === "higher") return { low: current, high: Math.max(1e4 * current, 1e3 * usual) };
  return { low: 1e-3 * usual, high: 1e3 * usual };
}

/** Pairs whose members are all candidates, and the first remedies of the leading findings together; the most promising first. */
function combinationsOf(
  candidates: readonly Candidate[],
  settings: Settings,
  findings: readonly Finding[],
  patient: Patient,
): (readonly Candidate[])[] {
  const of = (names: readonly RemedyName[]) => {
    const asked = names.flatMap((name) => candidates.find((candidate) => candidate.name === name) ?? []);
    // the correct rate depends on everything else, so another remedy may add it without a finding
    const along =
      asked.length > 0 && names.includes("learning-rate") && !asked.some(({ name }) => name === "learning-rate");
    const members = along
      ? [...asked, { name: "learning-rate" as const, score: 0, against: asked[0]?.against ?? [] }]
      : asked;
    return members.length === names.length ? members : undefined;
  };
  const about = caseOf(settings, patient, findings);
  const leading = findings.slice(0, 3).map((finding) => TREATMENTS[finding.problem](about, finding)[0] as RemedyName);
  const together = [...new Set(leading)];
  const isFound = (each: readonly Candidate[] | undefined) => each !== undefined;
  const pairs = COMBINATIONS.map(of).filter(isFound) as (readonly Candidate[])[];
  const whole = together.length >= 2 ? of(together) : undefined;
  const least = (members: readonly Candidate[]) => members.reduce((sum, { score }) => sum + score, 0);
  return [...pairs, ...(whole === undefined ? [] : [whole])].sort((a, b) => least(b) / b.length - least(a) / a.length);
}

/** Prescriptions for the findings: the largest expected gain comes first, causes before their symptoms, then remedies that work
 *  together, then advice that settings cannot express. Each is the patient's own settings, rewritten; no two are equal, and each can
 *  be built and started. Rates come from range tests, a second or two each.
 *  @returns at most six with settings. Empty without findings, or for a run without settings. If labels that cannot be learned are the
 *    main finding, only the advice of other data. */
export async function prescribe(
  patient: Patient,
  findings: readonly Finding[],
  options: PrescribeOptions = {},
): Promise<readonly Prescription[]> {
  const { training } = patient;
  if (training === undefined || findings.length === 0) return [];
  const { settings } = training;
  const settled = withoutSymptoms(findings);
  const heaviest = largest(settled.map(({ weight }) => weight));
  const faults = settled.filter(({ problem, weight }) => problem === "label-fault" && weight >= CLEARER * heaviest);
  const candidates = candidatesFor(settings, patient, faults.length > 0 ? faults : settled);
  const isAdvice = ({ name }: Candidate) => "isAdvice" in REMEDIES_TABLE[name];
  const prescriber = new Prescriber(patient, training, options);
  const made: Prescription[] = [];
  const seen: Settings[] = [settings];
  const add = async (members: readonly Candidate[]): Promise<boolean> => {
    if (made.length >= MOST) return false;
    const prescription = await prescriber.treat(members);
    const next = prescription?.settings;
    if (prescription === undefined || next === undefined || seen.some((other) => isAlike(other, next))) return false;
    seen.push(next);
    made.push(prescription);
    return true;
  };

  const singles = candidates.filter((candidate) => !isAdvice(candidate));
  const rest = [...singles];
  const addSingles = async (count: number) => {
    for (let added = 0; added < count && rest.length > 0; ) {
      const candidate = rest.shift() as Candidate;
      if (await add([candidate])) {
        added++;
      }
    }
  };
  await addSingles(2);
  // from all candidates, also those already prescribed singly
  const pairs = combinationsOf(singles, settings, settled, patient);
  const addPairs = async (count: number) => {
    for (let added = 0; added < count && pairs.length > 0; )
      if (await add(pairs.shift() as readonly Candidate[])) added++;
  };
  await addPairs(1);
  await addSingles(1);
  await addPairs(1);
  await addSingles(1);
  await addPairs(MOST);
  await addSingles(MOST);
  const advice = candidates.filter(isAdvice).map(({ name, against }): Prescription => {
    return { remedies: [name], against: [...new Set(against.map(({ problem }) => problem))], changes: [] };
  });
  return [...made, ...advice];
}
