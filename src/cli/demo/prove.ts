import type { Dataset } from "../../data/dataset.ts";
import type { Trial } from "../../doctor/diagnosis.ts";
import { changesBetween } from "../../doctor/diff.ts";
import type { Prescription } from "../../doctor/finding.ts";
import { compareRuns, knownLook } from "../../doctor/trial/compare-runs.ts";
import { measured, measuredByLoss } from "../../doctor/trial/measure.ts";
import type { Runner } from "../../doctor/trial/pool.ts";
import { looksFor, meanOf } from "../../doctor/trial/statistics.ts";
import type { Settings } from "../../train/training.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Patient, Rival, RivalName } from "./patients/patient.ts";

/** The number of pairs of runs: seeds 1, 2, 3. */
export const PAIRS = 3;

/** The seed for choosing rates; no pair uses it. */
const CHOOSING_SEED = 0;

/** One optimiser at its best rate. */
export interface RivalResult {
  readonly name: RivalName;
  readonly rate: number;
  /** Loss on unseen samples for each rate that was tried, with a separate seed. NaN if the run stopped early. */
  readonly tried: readonly { readonly rate: number; readonly loss: number }[];
  readonly runs: readonly RunRecord[];
}

/** The outcome of a patient's runs. */
export interface Cure {
  readonly patient: Patient;
  /** Runs without and with the remedy, and the doctor's statistics of the pairs. */
  readonly trial: Trial;
  /** All competing optimisers, including the cured one; empty for other patients. */
  readonly rivals: readonly RivalResult[];
}

export interface ProveOptions {
  readonly runner: Pick<Runner, "run">;
  readonly signal: AbortSignal;
  /** Training images, of which a patient takes the first ones, and images that no network trains on. */
  readonly data: { readonly train: Dataset; readonly validation: Dataset };
  /** Receives the completed share of the patient's work, 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** The runs of one patient, in parallel as far as cores allow. */
class Bench {
  readonly #options: ProveOptions;
  readonly #data: ProveOptions["data"];
  readonly #total: number;
  readonly #parts = new Map<number, number>();
  #next = 0;

  constructor(samples: number, total: number, options: ProveOptions) {
    this.#options = options;
    this.#data = { ...options.data, train: options.data.train.take(samples) };
    this.#total = total;
  }

  run(settings: Settings, seed: number, withProbes = true): Promise<RunRecord> {
    const { runner, signal, onProgress } = this.#options;
    const job = this.#next++;
    const report = (done: number): void => {
      this.#parts.set(job, done);
      onProgress([...this.#parts.values()].reduce((sum, each) => sum + each, 0) / this.#total);
    };
    const made = runner.run({
      training: { settings, data: this.#data },
      options: { seed, withProbes },
      signal,
      onProgress: report,
    });
    return made.then((record) => {
      report(1);
      return record;
    });
  }

  arm(settings: Settings): Promise<readonly RunRecord[]> {
    return Promise.all(Array.from({ length: PAIRS }, (_, index) => this.run(settings, 1 + index)));
  }
}

/** Trains a patient without and with its remedy in three pairs of runs that share seeds and samples, and compares them as the doctor
 *  does.
 *  @throws GradusError `interrupted` if the signal aborts. */
export async function prove(patient: Patient, options: ProveOptions): Promise<Cure> {
  const started = performance.now();
  const { rivals = [] } = patient;
  const choices = rivals.reduce((sum, { rates }) => sum + rates.length, 0);
  const bench = new Bench(patient.samples, choices + PAIRS * Math.max(2, rivals.length), options);
  if (rivals.length > 0) return proveAgainst(patient, rivals, bench, started);
  const [control, treated] = await Promise.all([bench.arm(patient.sick), bench.arm(patient.cured)]);
  return { patient, rivals: [], trial: trialOf(patient, patient.sick, patient.cured, control, treated, started) };
}

/** Compares the cured optimiser with the best of the others, each at its best rate. */
async function proveAgainst(patient: Patient, rivals: readonly Rival[], bench: Bench, started: number): Promise<Cure> {
  const results = await Promise.all(
    rivals.map(async (rival): Promise<RivalResult> => {
      const tried = await Promise.all(
        rival.rates.map(async (rate) => {
          const { validationLoss = Number.NaN } = await bench.run(
            atRate(patient.sick, rival, rate),
            CHOOSING_SEED,
            false,
          );
          return { rate, loss: validationLoss };
        }),
      );
      const { rate } = tried.reduce((best, each) => (each.loss < best.loss || Number.isNaN(best.loss) ? each : best));
      return { name: rival.name, rate, tried, runs: await bench.arm(atRate(patient.sick, rival, rate)) };
    }),
  );
  const treated = results.at(-1) as RivalResult;
  const others = results.slice(0, -1);
  const lossOf = ({ runs }: RivalResult) => {
    const loss = meanOf(runs.map(({ validationLoss = Number.NaN }) => validationLoss));
    return Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss;
  };
  const control = others.reduce((best, each) => (lossOf(each) < lossOf(best) ? each : best));
  const settingsOf = ({ name, rate }: RivalResult) =>
    atRate(patient.sick, rivals.find((each) => each.name === name) as Rival, rate);
  const trial = trialOf(patient, settingsOf(control), settingsOf(treated), control.runs, treated.runs, started);
  return { patient, rivals: results, trial };
}

function atRate(settings: Settings, { optimizer }: Rival, learningRate: number): Settings {
  return { ...settings, optimizer: { ...optimizer, learningRate } as Settings["optimizer"] };
}

function trialOf(
  { problem, remedy, rivals }: Patient,
  sick: Settings,
  cured: Settings,
  control: readonly RunRecord[],
  treated: readonly RunRecord[],
  started: number,
): Trial {
  const prescription: Prescription = {
    remedies: [remedy],
    against: [problem],
    settings: cured,
    changes: changesBetween(sick, cured),
  };
  // all of these optimisers learn; the loss shows how far each one gets
  const by = rivals ? measuredByLoss(control, treated) : measured(control, treated, prescription, sick, undefined);
  const look = compareRuns(by, looksFor(PAIRS));
  return {
    prescription,
    ...knownLook(look, control, treated),
    remaining: [],
    verdict: look.comparison.decision === "better" && look.holds ? "cured" : "not-proven",
    share: 1,
    seconds: (performance.now() - started) / 1000,
  };
}
