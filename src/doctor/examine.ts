import { GradusError } from "../core/errors.ts";
import { smallest } from "../core/extremes.ts";
import {
  COUNT,
  callback,
  checkOptions,
  type Fields,
  FLAG,
  field,
  POSITIVE,
  recordField,
  SIGNAL,
  TEXT,
  THREADS,
} from "../core/fields.ts";
import { createModel } from "../nn/model.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { requireTraining, type Training } from "../train/training.ts";
import type { RunRecord } from "../watch/record.ts";
import { attainable } from "./attainable.ts";
import type { Diagnosis, Trial, Verdict } from "./diagnosis.ts";
import type { Finding, Prescription } from "./finding.ts";
import { CERTAIN, joined, weighed } from "./judge.ts";
import type { Attainable, Patient } from "./patient.ts";
import { overfitOneBatch } from "./preflight/one-batch.ts";
import { preflight } from "./preflight/preflight.ts";
import { prescribe as prescribeRemedies } from "./prescribe.ts";
import { learnsWell } from "./rules/learning.ts";
import { applyRules } from "./rules/rules.ts";
import type { OpenPlace } from "./trial/places.ts";
import { Runner } from "./trial/pool.ts";
import { meanOf } from "./trial/statistics.ts";
import { tryPrescription } from "./trial/trial.ts";

/** Progress of an examination. */
export interface ExamineEvent {
  readonly phase: "preflight" | "runs" | "rules" | "prescribe" | "trial" | "done";
  /** Completed share of the phase, 0 to 1. */
  readonly done?: number | undefined;
  /** Findings so far, after `preflight` and `rules`. */
  readonly findings?: readonly Finding[] | undefined;
  /** The prescription on trial. */
  readonly prescription?: Prescription | undefined;
}

export interface ExamineOptions {
  readonly name?: string | undefined;
  /** Seconds for everything. Runs that would take longer are shortened equally with and without the remedy. Default 120. */
  readonly budgetSeconds?: number | undefined;
  /** Try the prescriptions. Default true. */
  readonly trial?: boolean | undefined;
  /** Runs to observe before the rules apply, with consecutive seeds. Default 3. */
  readonly seeds?: number | undefined;
  readonly backend?: BackendName | "auto" | undefined;
  readonly threads?: number | undefined;
  /** When it aborts, the results so far are returned. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: ExamineEvent) => void) | undefined;
  /** Opens places for runs outside this thread. Default: processes in Node, none elsewhere. */
  readonly places?: OpenPlace | undefined;
  /** Makes the runs; the caller disposes of it. Its processes stay warm for several examinations. Default: a new one. */
  readonly runner?: Runner | undefined;
  /** Custom prescriptions. Default: the table of remedies. */
  readonly prescribe?: typeof prescribeRemedies | undefined;
}

/** Share of the budget that one of the observed runs may take; trials get the rest. */
const SHARE_FOR_RUN = 0.25;

/** From this weight on, a finding explains why samples were refused. */
const LIKELY = 0.5;

/** Most prescriptions to try. */
const MOST_TRIALS = 6;

export const EXAMINE_FIELDS: Fields<ExamineOptions> = {
  name: TEXT,
  budgetSeconds: POSITIVE,
  trial: FLAG,
  seeds: COUNT,
  backend: field('the name of a backend, or "auto"', (value) => typeof value === "string"),
  threads: THREADS,
  signal: SIGNAL,
  onProgress: callback(),
  places: callback(),
  runner: recordField("a Runner"),
  prescribe: callback(),
};

/** Examines a training: inspects it before the first step, watches it with several seeds, applies the rules, prescribes, and tries the
 *  prescriptions against the unchanged training until one is proven.
 *    const diagnosis = await examine({ settings, data: { train, validation } }, { budgetSeconds: 60 })
 *  @throws GradusError if the training cannot be built or run at all: as `createModel` and `fit`. */
export async function examine(training: Training, options: ExamineOptions = {}): Promise<Diagnosis> {
  requireTraining("examine", training);
  checkOptions<ExamineOptions>("examine", options, EXAMINE_FIELDS);
  const { budgetSeconds = 120, trial = true, signal, onProgress } = options;
  const started = performance.now();
  const secondsLeft = () => budgetSeconds - (performance.now() - started) / 1000;
  const model = createModel(training.settings.model);
  const early = preflight(training, undefined);
  onProgress?.({ phase: "preflight", findings: early });
  const runner =
    options.runner ??
    new Runner({ backend: options.backend, threads: options.threads, places: options.places, signal });
  try {
    const runs = await observe(training, runner, options, early);
    const known = await diagnose(training, runs, { ...options, secondsLeft });
    const { prescriptions, attainable: reach, share } = known;
    const finish = (verdict: Verdict, ordered: readonly Prescription[], trials: readonly Trial[]): Diagnosis => {
      onProgress?.({ phase: "done" });
      return { ...known, prescriptions: ordered, trials, verdict, seconds: (performance.now() - started) / 1000 };
    };
    const canBeTried = prescriptions.filter(({ settings }) => settings !== undefined);
    if (!trial || known.verdict !== "not-tried" || runs.length === 0) return finish(known.verdict, prescriptions, []);
    const patient: Patient = { training, model, attainable: reach, runs };

    // a control must have had as much time as the others
    const controls = runs.map((run) => (share < 1 && run.cut === undefined ? undefined : run));
    const trials: Trial[] = [];
    const candidates = canBeTried.slice(0, MOST_TRIALS);
    for (const [index, prescription] of candidates.entries()) {
      const left = secondsLeft();
      if (left <= 0 || signal?.aborted) break;
      // later ones get the time that earlier ones leave; an early one gets at most half
      const budget = index === candidates.length - 1 ? left : Math.max(left / 2, left / (candidates.length - index));
      const result = await tryPrescription(training, prescription, controls, {
        runner,
        budgetSeconds: budget,
        share,
        attainable: reach,
        isSymptomatic: (run, treated) => problemsOf(patient, run, treated),
        signal,
        onProgress: (done) => onProgress?.({ phase: "trial", prescription, done: (index + done) / candidates.length }),
      });
      // an aborted trial says nothing, unless its pairs sufficed
      if (signal?.aborted && result.verdict !== "cured") break;
      trials.push(result);
      // proven, and as good as expected: the others need no trial
      if (result.verdict === "cured" && result.treated.runs.every((run) => learnsWell(run, reach))) break;
    }
    const best = bestOf(trials);
    if (best === undefined) {
      return finish(trials.length === 0 ? "not-tried" : "not-proven", prescriptions, nearestLast(trials));
    }
    const others = prescriptions.filter((each) => each !== best.prescription);
    return finish("cured", [best.prescription, ...others], [...trials.filter((each) => each !== best), best]);
  } finally {
    if (options.runner === undefined) await runner.dispose();
  }
}

/** Options of `diagnose`. */
export interface DiagnoseOptions extends Omit<ExamineOptions, "budgetSeconds" | "trial" | "seeds" | "backend"> {
  readonly backend?: BackendName | "auto" | Backend | undefined;
  /** Seconds left for further checks. Default: no limit. */
  readonly secondsLeft?: (() => number) | undefined;
}

/** Findings and prescriptions from observed runs, without trials. */
export async function diagnose(
  training: Training,
  runs: readonly RunRecord[],
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const started = performance.now();
  const { name, signal, onProgress, backend, threads, secondsLeft = () => Infinity } = options;
  const model = createModel(training.settings.model);
  const reach = attainable(training);
  const patient: Patient = { training, model, start: runs[0]?.start, attainable: reach, runs };
  const { findings, remarks } = weighed(training, patient);
  const where = { backend, threads, ...(signal === undefined ? {} : { signal }) };
  const isDoubtful = findings.length > 0 && !findings.some(({ weight }) => weight >= CERTAIN) && secondsLeft() > 5;
  const batchFinding = isDoubtful && !signal?.aborted ? await overfitOneBatch(training, where) : undefined;
  const all = joined(batchFinding === undefined ? findings : [...findings, batchFinding]);
  onProgress?.({ phase: "rules", findings: all });
  const known = { name, training, findings: all, remarks, trials: [], attainable: reach, runs, share: shareOf(runs) };
  const seconds = () => (performance.now() - started) / 1000;
  if (all.length === 0) {
    // a run that was cut short may still have failed later
    const isKnown = runs.length > 0 && runs.every((run) => run.cut === undefined || learnsWell(run, reach));
    return { ...known, prescriptions: [], verdict: isKnown ? "healthy" : "undecided", seconds: seconds() };
  }
  onProgress?.({ phase: "prescribe" });
  const prescriptions = await (options.prescribe ?? prescribeRemedies)(patient, all, where);
  const isBeyond = prescriptions.length > 0 && prescriptions.every(({ settings }) => settings === undefined);
  return { ...known, prescriptions, verdict: isBeyond ? "not-curable" : "not-tried", seconds: seconds() };
}

/** Watches the unchanged training with several seeds, each for as long as the budget allows. */
async function observe(
  training: Training,
  runner: Runner,
  { budgetSeconds = 120, seeds = 3, signal, onProgress }: ExamineOptions,
  early: readonly Finding[],
): Promise<readonly RunRecord[]> {
  const { seed } = training.settings;
  const limitSeconds = SHARE_FOR_RUN * budgetSeconds;
  const progress = new Array<number>(seeds).fill(0);
  const run = (index: number) =>
    runner.run({
      training,
      options: { seed: seed + index, limitSeconds },
      signal,
      onProgress: (done: number) => {
        progress[index] = done;
        onProgress?.({ phase: "runs", done: progress.reduce((sum, each) => sum + each, 0) / seeds });
      },
    });
  const results = await Promise.allSettled(Array.from({ length: seeds }, (_, index) => run(index)));
  const runs = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined && runs.length === 0) {
    // the findings of the preflight may already explain why it does not run
    const { reason } = failure;
    const isOfData =
      reason instanceof GradusError && (reason.code === "label-out-of-range" || reason.code === "bad-data");
    const isFound = (least: number) => early.some(({ weight }) => weight >= least);
    const isExplained = (isOfData && isFound(LIKELY)) || (reason instanceof GradusError && isFound(CERTAIN));
    if (!isExplained || signal?.aborted) throw failure.reason;
  }
  return runs;
}

/** Share of its own steps in the shortest run, if the budget did not allow all; else 1. */
function shareOf(runs: readonly RunRecord[]): number {
  const shares = runs.map(({ steps, plannedSteps = steps, cut }) => (cut === "budget" ? steps / plannedSteps : 1));
  return Math.min(1, smallest(shares));
}

/** Puts the trial that came closest to a proof last, because it is reported; of equals the one tried first, which changes least. */
export function nearestLast<T extends Pick<Trial, "gain" | "needed">>(trials: readonly T[]): readonly T[] {
  return trials.toReversed().sort((a, b) => a.gain / a.needed - b.gain / b.needed);
}

/** Of the trials that prove a cure, the one whose treated runs have the best scores. */
function bestOf(trials: readonly Trial[]): Trial | undefined {
  const proven = trials.filter(({ verdict }) => verdict === "cured");
  const scored = ({ treated }: Trial) => {
    const values = treated.runs.flatMap(({ score }) => (score === undefined ? [] : [score.value]));
    return values.length === 0 ? 0 : meanOf(values);
  };
  return proven.reduce<Trial | undefined>(
    (best, each) => (best === undefined || scored(each) > scored(best) ? each : best),
    undefined,
  );
}

/** The problems that a treated run still has, in its settings and in its course. */
function problemsOf(patient: Patient, run: RunRecord, treated: Training) {
  const settled: Patient = {
    training: treated,
    model: createModel(treated.settings.model),
    attainable: patient.attainable as Attainable,
    start: run.start,
    runs: [run],
  };
  return weighed(treated, settled).findings.map(({ problem }) => problem);
}

/** Epochs and readings below which a log is too short. */
const FEWEST_EPOCHS = 3;
const FEWEST_READINGS = 5;

function isShort({ epochs, readings }: RunRecord): boolean {
  return epochs.length < FEWEST_EPOCHS && readings.length < FEWEST_READINGS;
}

/** Whether there is anything but the training loss, which also falls in a network that memorises its samples. */
function tells({ epochs, readings, start, end }: RunRecord): boolean {
  const isKnown = (value: number | undefined) => value !== undefined && Number.isFinite(value);
  return (
    start !== undefined ||
    end !== undefined ||
    epochs.some((each) => [each.validationLoss, each.trainAccuracy, each.validationAccuracy].some(isKnown)) ||
    readings.some(({ gradientNorm, layers }) => isKnown(gradientNorm) || Object.keys(layers).length > 0)
  );
}

/** Findings about a run made elsewhere, by the rules that its log allows. There are no trials. */
export function examineLog(record: RunRecord, name?: string): Diagnosis {
  const started = performance.now();
  const findings = applyRules({ runs: [record] });
  return {
    name,
    findings,
    remarks: [],
    prescriptions: [],
    trials: [],
    verdict:
      findings.length > 0
        ? "not-tried"
        : isShort(record)
          ? "undecided"
          : tells(record)
            ? "healthy"
            : "too-little-logged",
    runs: [record],
    share: 1,
    seconds: (performance.now() - started) / 1000,
  };
}
