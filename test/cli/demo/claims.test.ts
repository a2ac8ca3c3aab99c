import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { CURES, type Patient } from "../../../src/cli/demo/patients/patient.ts";
import { PATIENTS, TOGETHER } from "../../../src/cli/demo/patients/patients.ts";
import { prove } from "../../../src/cli/demo/prove.ts";
import { loadMnist } from "../../../src/datasets/mnist.ts";
import { Runner } from "../../../src/doctor/trial/pool.ts";
import { meanOf } from "../../../src/doctor/trial/statistics.ts";
import { processPlaces } from "../../../src/processes/run-process.ts";

const { train, test } = await loadMnist({ notify: () => {} });
const { signal } = new AbortController();
const runner = new Runner({ signal, places: processPlaces() });
after(() => runner.dispose());

/** The rates that the demonstration finds best. Here patients use half of the images and optimisers only these rates. */
const BEST_RATES = { sgd: 2, momentum: 0.4, rmsprop: 0.012, adam: 0.012 } as const;

function small(patient: Patient): Patient {
  const { rivals, samples } = patient;
  if (rivals !== undefined)
    return { ...patient, rivals: rivals.map((each) => ({ ...each, rates: [BEST_RATES[each.name]] })) };
  return samples <= 500 ? patient : { ...patient, samples: samples / 2 };
}

describe("the claims of the demonstration, on a small budget", () => {
  for (const name of CURES) {
    it(`${name}: the network fails without the remedy and learns with it; three pairs prove it`, async () => {
      const data = { train, validation: test.take(2_000) };
      const { trial, rivals } = await prove(small(PATIENTS[name]), { runner, signal, data, onProgress: () => {} });
      const told = JSON.stringify([trial.control.mean, trial.treated.mean, trial.gain, trial.needed]);
      assert.equal(trial.verdict, "cured", told);
      if (trial.measure === "accuracy") assert.ok(trial.control.mean < 0.5 && trial.treated.mean > 0.6, told);
      if (rivals.length > 0) {
        const losses = rivals.map(({ runs }) => meanOf(runs.map(({ validationLoss = Number.NaN }) => validationLoss)));
        assert.deepEqual(
          [...losses].sort((a, b) => b - a),
          losses,
          "SGD, momentum, RMSProp, Adam: each is better than the one before",
        );
      }
    });
  }

  it("all together: the deep sigmoid network learns", async () => {
    const settings = { ...TOGETHER, epochs: 3 };
    const data = { train: train.take(20_000), validation: test };
    const { score } = await runner.run({
      training: { settings, data },
      options: { seed: TOGETHER.seed, withProbes: false },
    });
    assert.ok((score?.value ?? 0) > 0.93, `${score?.value}`);
  });
});
