import assert from "node:assert/strict";
import { test } from "node:test";
import { seedsAgainst } from "../../../src/cli/demo/arms.ts";
import { cureLine } from "../../../src/cli/demo/figures.ts";
import { CURES } from "../../../src/cli/demo/patients/patient.ts";
import { PATIENTS } from "../../../src/cli/demo/patients/patients.ts";
import { PAIRS, prove } from "../../../src/cli/demo/prove.ts";
import { cureLines } from "../../../src/cli/demo/terminal-lines.ts";
import { DEMO_TEXTS } from "../../../src/cli/demo/texts/languages.ts";
import { blobs } from "../../../src/data/synthetic/blobs.ts";
import type { RunJob } from "../../../src/doctor/trial/job.ts";
import { run } from "../../telling/report/sample.ts";
import { FORMULA_RUNNER, sampleCures } from "./sample.ts";

const data = { train: blobs({ samples: 40, seed: 1 }), validation: blobs({ samples: 40, seed: 2 }) };
const { signal } = new AbortController();

test("six cures: pairs with the same seeds, reported as numbers", async () => {
  const cures = await sampleCures();
  assert.deepEqual(
    cures.map(({ patient }) => patient.cure),
    [...CURES],
  );
  for (const cure of cures) {
    const { control, treated } = cure.trial;
    for (const { runs } of [control, treated])
      assert.deepEqual(
        runs.map(({ seed }) => seed),
        [1, 2, 3],
      );
    const line = cureLine(cure);
    assert.deepEqual([line.without.length, line.with.length, line.proven], [PAIRS, PAIRS, true]);
  }
});

test("each optimiser takes the rate with the lowest loss, chosen with a seed that no pair uses", async () => {
  const chosenWith = new Set<number>();
  const runner = {
    run: async (job: RunJob) => {
      const { optimizer } = job.training.settings as unknown as { optimizer: { type: string; learningRate: number } };
      if (job.options.withProbes === false) chosenWith.add(job.options.seed);
      // best at the second rate of each list; later optimisers are better
      const rates = PATIENTS.adam.rivals?.flatMap(({ rates: own }) => own[1] as number) ?? [];
      const isBest = rates.includes(optimizer.learningRate);
      const base = optimizer.type === "adam" ? 0.2 : optimizer.type === "rmsprop" ? 0.4 : 1;
      return { ...run(job.options.seed, true), validationLoss: base + (isBest ? 0 : 0.5) + 0.001 * job.options.seed };
    },
  };
  const { rivals, trial } = await prove(PATIENTS.adam, { runner, signal, data, onProgress: () => {} });
  assert.deepEqual([...chosenWith], [0]);
  assert.deepEqual(
    rivals.map(({ name, rate }) => [name, rate]),
    [
      ["sgd", 1],
      ["momentum", 0.2],
      ["rmsprop", 0.006],
      ["adam", 0.006],
    ],
  );
  // compared with the best of the others
  assert.ok(Math.abs(trial.control.mean - 0.402) < 1e-9 && Math.abs(trial.gain - 0.2) < 1e-9);
});

test("a seed without a gain is named in both languages, and the figures show it", async () => {
  const runner = {
    // the second pair is no better with the remedy than without
    run: async (job: RunJob) => (job.options.seed === 2 ? run(2, false) : FORMULA_RUNNER.run(job)),
  };
  const cure = await prove(PATIENTS.clipping, { runner, signal, data, onProgress: () => {} });
  const { verdict } = cure.trial;
  assert.equal(verdict, "not-proven");
  assert.deepEqual(seedsAgainst(cure.trial), [2]);
  assert.ok(
    cureLines(cure, DEMO_TEXTS.en).includes("Seed 2 contradicts the claim: its run was no better with the remedy."),
  );
  assert.ok(cureLines(cure, DEMO_TEXTS.ko).some((line) => line.startsWith("시드 2의 결과는 주장과 맞지 않습니다.")));
  assert.equal(cureLine(cure).proven, false);
});

test("progress never goes back and ends at 1", async () => {
  const told: number[] = [];
  await prove(PATIENTS.dropout, { runner: FORMULA_RUNNER, signal, data, onProgress: (done) => told.push(done) });
  assert.ok(told.every((done, index) => index === 0 || done >= (told[index - 1] as number)));
  assert.equal(told.at(-1), 1);
});
