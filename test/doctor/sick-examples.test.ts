import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { trainingOf } from "../../src/cli/doctor/training-of.ts";
import { checkExperiment, readExperiment } from "../../src/cli/experiment.ts";
import { examine } from "../../src/doctor/examine.ts";
import type { Problem, RemedyName } from "../../src/doctor/words.ts";
import { skipNative } from "../runtime/native-machine.ts";

interface Expected {
  /** At least one of them must be found. */
  readonly problems: readonly Problem[];
  /** Each of them is a cure; the first is the one that the experiment was made for. Which one is tried first may depend on the machine:
   *  rates come from tests that last a second. */
  readonly remedies: readonly RemedyName[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  initialisation: { problems: ["poor-initialisation"], remedies: ["init"] },
  activation: { problems: ["vanishing-gradient"], remedies: ["activation", "batch-norm"] },
  "batch-normalisation": { problems: ["vanishing-gradient"], remedies: ["batch-norm", "activation"] },
  clipping: { problems: ["exploding-gradient"], remedies: ["clip", "learning-rate", "init"] },
  adam: { problems: ["slow-convergence"], remedies: ["optimizer", "learning-rate"] },
  dropout: { problems: ["overfitting"], remedies: ["dropout", "early-stopping", "l2"] },
  output: { problems: ["output-activation-mismatch"], remedies: ["output-activation"] },
  overfitting: { problems: ["overfitting"], remedies: ["dropout", "early-stopping", "l2"] },
  rate: { problems: ["learning-rate-too-high"], remedies: ["learning-rate", "optimizer"] },
  vanishing: { problems: ["vanishing-gradient"], remedies: ["activation", "batch-norm"] },
};

test("every sick example has its diagnosis here", () => {
  const names = readdirSync("examples/sick").map((name) => name.replace(/\.json$/, ""));
  assert.deepEqual(names.sort(), Object.keys(EXPECTED).sort());
});

for (const [name, { problems, remedies }] of Object.entries(EXPECTED)) {
  test(`examples/sick/${name}.json: correctly diagnosed, and cured`, { skip: skipNative }, async () => {
    const file = join("examples/sick", `${name}.json`);
    const { training } = await trainingOf(file, checkExperiment(file, await readExperiment(file)), () => {});
    const diagnosis = await examine(training, { budgetSeconds: 300, backend: "native" });
    const found = diagnosis.findings.map(({ problem }) => problem);
    assert.ok(
      problems.some((each) => found.includes(each)),
      `found: ${found}`,
    );
    assert.equal(diagnosis.verdict, "cured");
    const cure = diagnosis.trials.at(-1)?.prescription.remedies ?? [];
    assert.ok(
      cure.some((each) => remedies.includes(each)),
      `cured by: ${cure}`,
    );
  });
}
