import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnosisJson } from "../../../src/telling/report/json.ts";
import { CURED, NOT_CURABLE, SETTINGS } from "./sample.ts";

// biome-ignore lint/suspicious/noExplicitAny: the test reads the parsed answer field by field
const parsed = (value: unknown): any => JSON.parse(JSON.stringify(value));

test("a diagnosis survives JSON unchanged, with its schema and sentences", () => {
  const json: unknown = diagnosisJson(CURED);
  assert.deepEqual(parsed(json), json);
  const again = parsed(json);
  assert.equal(again.schema, "gradus-diagnosis/1");
  assert.equal(again.verdict, "cured");
  assert.deepEqual(
    again.findings.map(({ problem, layer, since }: Record<string, unknown>) => [problem, layer, since]),
    [
      ["vanishing-gradient", "0", 1],
      ["poor-initialisation", "0", 0],
    ],
  );
  const [evidence] = again.findings[0].evidence;
  assert.equal(evidence.measure, "gradient-ratio");
  assert.equal(evidence.value, 6.19e-10);
  assert.equal(evidence.threshold, 1e-3);
  assert.match(evidence.text, /^Relative to its weights/);
  assert.deepEqual(again.prescriptions[1].remedies, ["batch-norm", "init"]);
  assert.deepEqual(again.prescriptions[1].experiment.optimizer, SETTINGS.optimizer);
  assert.equal(again.trials.length, 2);
  assert.equal(again.trials[1].control.runs.length, 3);
  assert.equal(again.trials[1].treated.runs[0].score.value, again.trials[1].treated.runs[0].trainScore.value);
  assert.equal(again.remarks[0].problem, "oscillating-loss");
  assert.deepEqual([again.share, parsed(diagnosisJson({ ...CURED, share: 0.25 })).share], [1, 0.25]);
});

test("numbers that JSON cannot represent become text; absent values are null or left out", () => {
  const [finding] = NOT_CURABLE.findings;
  assert.ok(finding);
  const again = parsed(
    diagnosisJson(
      {
        ...NOT_CURABLE,
        findings: [
          {
            ...finding,
            evidence: [
              { measure: "loss-growth", value: Number.POSITIVE_INFINITY, threshold: 2, values: { last: Number.NaN } },
            ],
          },
        ],
      },
      { lang: "ko" },
    ),
  );
  const [evidence] = again.findings[0].evidence;
  assert.equal(evidence.value, "Infinity");
  assert.equal(evidence.values.last, "NaN");
  assert.match(evidence.text, /손실이 처음의 ∞배/);
  assert.equal(again.findings[0].layer, null);
  assert.ok(!("experiment" in again.prescriptions[0]));
  assert.equal(again.runs[0].failure.tensor, "gradient of weight");
  assert.ok(!("name" in again));
});
