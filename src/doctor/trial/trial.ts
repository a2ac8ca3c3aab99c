import { GradusError } from "../../core/errors.ts";
import type { Settings, Training } from "../../train/training.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Trial } from "../diagnosis.ts";
import type { Prescription } from "../finding.ts";
import type { Attainable } from "../patient.ts";
import type { Problem } from "../words.ts";
import { compareRuns, knownLook, type Look } from "./compare-runs.ts";
import type { RunJob } from "./job.ts";
import { halfwayBar, measured } from "./measure.ts";
import { FIRST_PAIRS, looksFor, MOST_PAIRS, meanOf } from "./statistics.ts";

export interface TrialOptions {
  /** Makes the runs: a `Runner`. */
  readonly runner: { readonly size: number; run(job: RunJob): Promise<RunRecord> };
  /** Seconds for the whole trial. */
  readonly budgetSeconds: number;
  /** The problems that a treated run still has. */
  readonly isSymptomatic: (run: RunRecord, treated: Training) => readonly Problem[];
  /** Share of the planned steps in the controls. Default 1. */
  readonly share?: number | undefined;
  /** The score of simple learners: the controls' distance from it determines the smallest relevant gain. */
  readonly attainable?: Attainable | undefined;
  /** When it aborts, the trial ends with the present pairs. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the completed share, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Share of the treated runs that may still show a cured problem: a rule may err in one run of five or seven. */
const TOLERATED = 0.2;

/** At this share of its epochs a run at chance level is aborted, if its control is above. */
const HALFWAY = 0.5;

/** Share of the remaining time reserved for the current step and the scores after it. */
const RESERVE = 0.05;

/** Tries a prescription: pairs of runs with and without it that share seed, samples and their order, and the budget of epochs. Each seed
 *  draws new weights. The controls are the unchanged runs that were watched before; more are made if more pairs are needed.
 *  Three pairs, then two more at a time up to seven while it is undecided (`comparePairs`).
 *    cured: the gain exceeds the bound, and none of the treated problems shows in more than a fifth of the treated runs
 *    cut "hopeless": values that are not finite; two treated runs with the problem; a run at chance halfway while its control is not; a
 *    spread that more pairs would not overcome; settings that cannot run
 *    cut "budget": undecided when the time was over, or when the trial was aborted
 *  If the controls ran a share of their steps, treated runs get the same share of theirs: the same number of samples for any batch size.
 *  More epochs as a remedy change the budget itself: those runs get their own epochs, and so more steps than their controls.
 *  A treated run that exceeds its time is measured where it ends, to its disadvantage.
 *  @throws GradusError `interrupted` if the runner aborts its runs without `signal`; what a control throws. */
export async function tryPrescription(
  training: Training,
  prescription: Prescription,
  controls: readonly (RunRecord | undefined)[],
  options: TrialOptions,
): Promise<Trial> {
  const { settings } = prescription;
  if (settings === undefined) {
    throw new GradusError(
      "bad-argument",
      "tryPrescription: expected a prescription with settings, got advice. Try only prescriptions with settings.",
    );
  }
  const course = new Course(training, { ...training, settings }, prescription, controls, options);
  return course.run();
}

class Course {
  readonly #training: Training;
  readonly #treatment: Training;
  readonly #prescription: Prescription;
  readonly #options: TrialOptions;
  readonly #controls: (RunRecord | undefined)[];
  readonly #treated: (RunRecord | undefined)[] = [];
  /** For each treated run, the treated problems that still show. */
  readonly #remaining: (readonly Problem[])[] = [];
  readonly #giveUp = new AbortController();
  readonly #started = performance.now();
  #isHopeless = false;
  #finished = 0;
  #planned = 0;

  constructor(
    training: Training,
    treatment: Training,
    prescription: Prescription,
    controls: readonly (RunRecord | undefined)[],
    options: TrialOptions,
  ) {
    this.#training = training;
    this.#treatment = treatment;
    this.#prescription = prescription;
    this.#options = options;
    this.#controls = controls.slice(0, MOST_PAIRS);
  }

  /** 0 after an abort. */
  get #secondsLeft(): number {
    if (this.#options.signal?.aborted) return 0;
    return this.#options.budgetSeconds - (performance.now() - this.#started) / 1000;
  }

  async run(): Promise<Trial> {
    await this.#reach(FIRST_PAIRS);
    // the time of the first pairs, not their result, decides how many more are affordable
    const looks = looksFor(FIRST_PAIRS + this.#affordable());
    let result = this.#compare(looks);
    for (const look of looks.slice(1)) {
      if (this.#isHopeless || result.comparison.decision !== "undecided" || this.#secondsLeft <= 0) break;
      await this.#reach(look);
      result = this.#compare(looks);
    }
    return this.#trial(result, looks);
  }

  /** Makes the missing runs up to this number of pairs, as far as time allows. */
  async #reach(pairs: number): Promise<void> {
    const jobs: (() => Promise<void>)[] = [];
    for (let index = 0; index < pairs; index++) {
      if (this.#controls[index] === undefined) jobs.push(() => this.#runControl(index, jobs.length));
      if (this.#treated[index] === undefined) jobs.push(() => this.#runTreated(index, jobs.length));
    }
    this.#planned = this.#finished + jobs.length;
    const lane = async (): Promise<void> => {
      while (jobs.length > 0 && !this.#isHopeless && this.#secondsLeft > 0)
        await (jobs.shift() as () => Promise<void>)();
    };
    await Promise.all(Array.from({ length: Math.min(this.#options.runner.size, jobs.length) }, lane));
  }

  async #runControl(index: number, waiting: number): Promise<void> {
    const record = await this.#job(this.#training, index, waiting, {});
    if (record !== undefined) this.#controls[index] = record;
  }

  async #runTreated(index: number, waiting: number): Promise<void> {
    const control = this.#controls[index];
    const bar = control && halfwayBar(control);
    const hopeless = bar === undefined ? undefined : { afterShare: HALFWAY, accuracy: bar };
    const record = await this.#job(this.#treatment, index, waiting, { hopeless });
    if (record === undefined) return;
    this.#treated[index] = record;
    const problems = this.#options.isSymptomatic(record, this.#treatment);
    // a run below simple learners may still be much better, so the gain decides about underfitting
    const [head, ...others] = this.#prescription.against;
    const against = [head, ...others.filter((problem) => problem !== "underfitting")];
    this.#remaining[index] = against.filter(
      (problem) => problem !== undefined && problems.includes(problem),
    ) as Problem[];
    const suffering = this.#remaining.filter((each) => each !== undefined && each.length > 0).length;
    const isLost = record.failure !== undefined || record.cut === "hopeless";
    if (isLost || suffering > TOLERATED * MOST_PAIRS) this.#stop();
  }

  /** Aborts the other runs of an arm that cannot win any more. */
  #stop(): void {
    this.#isHopeless = true;
    this.#giveUp.abort();
  }

  /** One run; undefined if the trial was aborted meanwhile, or its settings cannot run.
   *  @param waiting number of jobs that have not begun, which share the time. */
  async #job(
    training: Training,
    index: number,
    waiting: number,
    more: Partial<RunJob["options"]>,
  ): Promise<RunRecord | undefined> {
    const { runner, signal, onProgress } = this.#options;
    const rounds = 1 + Math.ceil(waiting / runner.size);
    const seed = this.#controls[index]?.seed ?? this.#training.settings.seed + index;
    try {
      const record = await runner.run({
        training,
        signal: signal === undefined ? this.#giveUp.signal : AbortSignal.any([this.#giveUp.signal, signal]),
        options: {
          seed,
          limitSeconds: ((1 - RESERVE) * this.#secondsLeft) / rounds,
          limitSteps: this.#limitSteps(training.settings, index),
          ...more,
        },
        onProgress: (done) => onProgress?.(Math.min(1, (this.#finished + done) / this.#planned)),
      });
      this.#finished++;
      onProgress?.(this.#finished / this.#planned);
      return record;
    } catch (error) {
      if (this.#isHopeless || signal?.aborted) return undefined;
      const isRefused = error instanceof GradusError && error.code !== "interrupted" && error.code !== "disposed";
      if (training !== this.#treatment || !isRefused) throw error;
      this.#stop();
      return undefined;
    }
  }

  /** The same share of the planned steps as in the control with the same seed. */
  #limitSteps(settings: Settings, index: number): number | undefined {
    const { share = 1 } = this.#options;
    const control = this.#controls[index];
    const isCut = control?.cut === "budget" && control.plannedSteps !== undefined;
    const given = control === undefined ? share : isCut ? control.steps / (control.plannedSteps as number) : 1;
    if (given >= 1) return undefined;
    return Math.max(1, Math.round(given * plannedSteps(settings, this.#training.data.train.length)));
  }

  /** Number of further pairs in the remaining time. */
  #affordable(): number {
    const seconds = [this.#controls, this.#treated].map((runs) => {
      const durations = runs.flatMap((run) => (run === undefined ? [] : [run.seconds]));
      return durations.length === 0 ? Infinity : meanOf(durations);
    });
    const perPair = Math.max(1e-3, (seconds[0] as number) + (seconds[1] as number)) / this.#options.runner.size;
    return Math.max(0, Math.min(MOST_PAIRS - FIRST_PAIRS, Math.floor(this.#secondsLeft / perPair)));
  }

  /** The complete pairs. */
  #pairs(): { readonly control: readonly RunRecord[]; readonly treated: readonly RunRecord[] } {
    const indices = [...this.#treated.keys()].filter((index) => this.#treated[index] && this.#controls[index]);
    return {
      control: indices.map((index) => this.#controls[index] as RunRecord),
      treated: indices.map((index) => this.#treated[index] as RunRecord),
    };
  }

  #compare(looks: readonly number[]): Look {
    const { control, treated } = this.#pairs();
    const by = measured(control, treated, this.#prescription, this.#training.settings, this.#options.attainable);
    return compareRuns(by, looks);
  }

  #trial(look: Look, looks: readonly number[]): Trial {
    const { control, treated } = this.#pairs();
    const { holds } = look;
    const { decision, pairs } = look.comparison;
    const runs = this.#remaining.filter((each) => each !== undefined);
    const remaining = this.#prescription.against.filter(
      (problem) => runs.filter((each) => each.includes(problem)).length > TOLERATED * runs.length,
    );
    const isCured = !this.#isHopeless && decision === "better" && holds && remaining.length === 0;
    const isOver = pairs >= (looks.at(-1) ?? FIRST_PAIRS);
    const isGivenUp = this.#isHopeless || (decision === "not-better" && !isOver);
    const cut = isGivenUp
      ? "hopeless"
      : decision === "undecided" && (!isOver || pairs < MOST_PAIRS)
        ? "budget"
        : undefined;
    return {
      prescription: this.#prescription,
      ...knownLook(look, control, treated),
      remaining,
      verdict: isCured ? "cured" : "not-proven",
      share: this.#options.share ?? 1,
      ...(cut === undefined ? {} : { cut }),
      seconds: (performance.now() - this.#started) / 1000,
    };
  }
}

/** Steps of a whole run, as `fit` counts them. */
function plannedSteps({ epochs, batchSize, dropLast = false }: Settings, samples: number): number {
  return epochs * Math.max(1, Math[dropLast ? "floor" : "ceil"](samples / batchSize));
}
