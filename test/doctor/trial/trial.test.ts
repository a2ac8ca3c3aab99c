import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Trial } from "../../../src/doctor/diagnosis.ts";
import type { Prescription } from "../../../src/doctor/finding.ts";
import { isAtChance } from "../../../src/doctor/rules/learning.ts";
import type { RunJob } from "../../../src/doctor/trial/job.ts";
import { Runner } from "../../../src/doctor/trial/pool.ts";
import { type TrialOptions, tryPrescription } from "../../../src/doctor/trial/trial.ts";
import type { Problem } from "../../../src/doctor/words.ts";
import type { Settings, Training } from "../../../src/train/training.ts";
import type { RunRecord } from "../../../src/watch/record.ts";
import { circlesTraining } from "./small.ts";

const remedied = (settings: Settings, against: readonly Problem[] = ["vanishing-gradient"]): Prescription => ({
  remedies: ["activation"],
  against,
  settings,
  changes: [],
});

describe("a prescription on trial", () => {
  const runner = new Runner({ backend: "wasm", threads: 1, inProcess: true });
  after(() => runner.dispose());
  const sick = circlesTraining("sigmoid");
  const controls = Promise.all(
    [5, 6, 7].map((seed) => runner.run({ training: sick, options: { seed, withProbes: false } })),
  );
  // without probes, which take longer than these runs
  const bare = {
    size: runner.size,
    run: (job: RunJob) => runner.run({ ...job, options: { ...job.options, withProbes: false } }),
  };
  // a run at chance is not cured
  const isSymptomatic = ({ score }: RunRecord): readonly Problem[] =>
    score === undefined || isAtChance(score) ? ["vanishing-gradient"] : [];
  const tryOn = async (prescription: Prescription, more: Partial<TrialOptions> = {}): Promise<Trial> =>
    tryPrescription(sick, prescription, await controls, { runner: bare, budgetSeconds: 600, isSymptomatic, ...more });

  it("cures a deep stack of sigmoids with rectifiers and He's weights, in three pairs", async () => {
    const done: number[] = [];
    const trial = await tryOn(remedied(circlesTraining("relu").settings), { onProgress: (share) => done.push(share) });
    assert.equal(trial.verdict, "cured", JSON.stringify({ ...trial, control: 0, treated: trial.treated.mean }));
    assert.equal(trial.measure, "accuracy");
    assert.deepEqual(
      trial.treated.runs.map(({ seed }) => seed),
      trial.control.runs.map(({ seed }) => seed),
    );
    assert.equal(trial.treated.runs.length, 3);
    assert.ok(trial.treated.mean > 0.9 && trial.control.mean < 0.7 && trial.gain > trial.needed);
    assert.ok(Math.abs(trial.gain - (trial.treated.mean - trial.control.mean)) < 1e-12);
    assert.equal(done.at(-1), 1);
    // each seed draws new weights
    assert.equal(new Set(trial.treated.runs.map(({ validationLoss }) => validationLoss)).size, 3);
  });

  it("does not call a change without effect a cure, and stops early", async () => {
    const placebo = remedied({ ...sick.settings, evaluationBatchSize: 77 });
    const trial = await tryOn(placebo);
    assert.equal(trial.verdict, "not-proven");
    assert.equal(trial.cut, "hopeless");
    assert.deepEqual(trial.remaining, ["vanishing-gradient"]);
    assert.equal(trial.gain, 0);
    assert.ok(trial.treated.runs.length < 3);
  });

  it("abandons runs with values that are not finite, and settings that cannot run", async () => {
    const { settings } = circlesTraining("relu");
    const wild = await tryOn(remedied({ ...settings, optimizer: { type: "sgd", learningRate: 1e30 } }));
    assert.deepEqual([wild.verdict, wild.cut], ["not-proven", "hopeless"]);
    assert.equal(wild.treated.runs.length, 1);
    const refused = await tryOn(remedied({ ...settings, batchSize: 0 }));
    assert.deepEqual([refused.verdict, refused.cut, refused.treated.runs.length], ["not-proven", "hopeless", 0]);
  });

  it("stays within its budget", async () => {
    const long = remedied(circlesTraining("relu", 100_000).settings);
    const trial = await tryOn(long, { budgetSeconds: 3 });
    assert.ok(trial.seconds < 30, `${trial.seconds}`);
    assert.ok(trial.treated.runs.every(({ cut }) => cut === "budget"));
  });

  it("is refused if there is nothing to try", async () => {
    const { settings: _, ...advice } = remedied(sick.settings);
    await assert.rejects(tryOn(advice), { code: "bad-argument" });
  });
});

describe("a trial's course", () => {
  const training: Training = circlesTraining("sigmoid");
  const score = (value: number) => ({ metric: "accuracy" as const, value, chance: 0.5, samples: 100 });
  const record = (seed: number, value: number, more: Partial<RunRecord> = {}): RunRecord => ({
    seed,
    steps: 200,
    plannedSteps: 200,
    readings: [],
    epochs: [],
    score: score(value),
    validationLoss: 1 - value,
    seconds: 0.001,
    ...more,
  });
  /** Runs with predetermined scores, by seed. */
  const told = (treatment: Training["settings"], values: readonly number[], others: readonly number[] = []) => {
    const jobs: RunJob[] = [];
    return {
      jobs,
      size: 2,
      run: async (job: RunJob): Promise<RunRecord> => {
        jobs.push(job);
        const index = job.options.seed - 5;
        const list = job.training.settings === treatment ? values : others;
        return record(job.options.seed, list[index] as number);
      },
    };
  };
  const settings = { ...training.settings, batchSize: 8 };
  const course = (
    controls: readonly RunRecord[],
    runner: ReturnType<typeof told>,
    more: Partial<TrialOptions> = {},
    against: readonly Problem[] = ["poor-initialisation"],
  ) =>
    tryPrescription(training, remedied(settings, against), controls, {
      runner,
      budgetSeconds: 60,
      isSymptomatic: () => [],
      ...more,
    });

  it("continues while it is undecided, with new controls, up to seven pairs", async () => {
    const failing = [0.5, 0.98, 0.5, 0.98, 0.98, 0.5, 0.98];
    const runner = told(
      settings,
      failing.map(() => 0.98),
      failing,
    );
    const trial = await course(
      failing.slice(0, 3).map((value, index) => record(5 + index, value)),
      runner,
    );
    assert.equal(trial.verdict, "cured");
    assert.equal(trial.control.runs.length, 7);
    assert.equal(runner.jobs.filter((job) => job.training.settings !== settings).length, 4);
  });

  it("is not a cure while the symptom shows, whatever the gain", async () => {
    const controls = [0.5, 0.5, 0.5].map((value, index) => record(5 + index, value));
    const isSymptomatic = ({ seed }: RunRecord): readonly Problem[] => (seed === 6 ? ["poor-initialisation"] : []);
    const trial = await course(controls, told(settings, [0.9, 0.9, 0.9]), { isSymptomatic });
    assert.deepEqual([trial.verdict, trial.remaining], ["not-proven", ["poor-initialisation"]]);
    assert.ok(trial.gain > trial.needed);
    // a problem that it does not treat does not count
    const other = await course(controls, told(settings, [0.9, 0.9, 0.9]), { isSymptomatic: () => ["overfitting"] });
    assert.equal(other.verdict, "cured");
  });

  it("requires a larger gain if the controls are far below simple learners", async () => {
    const controls = [0.5, 0.5, 0.5].map((value, index) =>
      record(5 + index, value, { score: { ...score(value), samples: 1e5 } }),
    );
    const attainable = { learner: "linear" as const, score: score(1) };
    const small = await course(controls, told(settings, [0.54, 0.54, 0.54]), { attainable });
    assert.deepEqual([small.verdict, small.needed], ["not-proven", 0.05]);
  });

  it("gives treated runs the same share of their steps as the controls", async () => {
    const cut = { cut: "budget" as const, steps: 50 };
    const runner = told(settings, [0.9, 0.9, 0.9]);
    await course(
      [0, 1, 2].map((index) => record(5 + index, 0.5, cut)),
      runner,
      { share: 0.25 },
    );
    // 20 epochs of 160 samples, 8 per step: 400 steps
    assert.deepEqual(
      runner.jobs.map(({ options }) => options.limitSteps),
      [100, 100, 100],
    );
    const whole = told(settings, [0.9, 0.9, 0.9]);
    await course(
      [0, 1, 2].map((index) => record(5 + index, 0.5)),
      whole,
    );
    assert.deepEqual(
      whole.jobs.map(({ options }) => options.limitSteps),
      [undefined, undefined, undefined],
    );
  });

  it("proves less overfitting by the validation loss, if the score is no worse", async () => {
    const overfitted = [0, 1, 2].map((index) => record(5 + index, 0.9, { validationLoss: 1.5 + 0.1 * index }));
    const calm = told(settings, [0.9, 0.91, 0.9]);
    const trial = await course(overfitted, calm, {}, ["overfitting"]);
    assert.deepEqual([trial.verdict, trial.measure], ["cured", "validation-loss"]);
    assert.ok(trial.control.mean > trial.treated.mean && trial.gain > 1);
    const paid = await course(overfitted, told(settings, [0.6, 0.6, 0.6]), {}, ["overfitting"]);
    assert.deepEqual([paid.verdict, paid.measure], ["not-proven", "validation-loss"]);
  });

  it("aborts a run that is at chance halfway while its control is not", async () => {
    const runner = told(settings, [0.9, 0.9, 0.9]);
    await course(
      [0.9, 0.5, 0.9].map((value, index) => record(5 + index, value)),
      runner,
    );
    const bars = runner.jobs.map(({ options }) => options.hopeless?.accuracy);
    assert.equal(bars[1], undefined);
    assert.ok((bars[0] as number) > 0.5 && (bars[0] as number) < 0.7);
  });

  it("reports that time was too short for more pairs", async () => {
    const controls = [0.5, 0.98, 0.5].map((value, index) => record(5 + index, value, { seconds: 30 }));
    const trial = await course(controls, told(settings, [0.98, 0.98, 0.98]), { budgetSeconds: 10 });
    assert.deepEqual([trial.verdict, trial.cut, trial.treated.runs.length], ["not-proven", "budget", 3]);
  });
});
