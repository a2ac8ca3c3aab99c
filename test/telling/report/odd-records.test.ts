import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Diagnosis, Trial } from "../../../src/doctor/diagnosis.ts";
import { renderHtml } from "../../../src/telling/report/html.ts";
import { diagnosisJson } from "../../../src/telling/report/json.ts";
import { renderTerminal } from "../../../src/telling/report/terminal.ts";
import type { LayerCensus, RunRecord } from "../../../src/watch/record.ts";
import { CURED, TRIAL } from "./sample.ts";

const odd = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e-320, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const layer: fc.Arbitrary<LayerCensus> = fc.record({
  path: fc.constantFrom("0", "1", "2.layers.0"),
  type: fc.constantFrom("linear", "relu", "lstm"),
  isActivation: fc.boolean(),
  hasParameters: fc.boolean(),
  mean: odd,
  variance: odd,
  zeros: odd,
  dead: odd,
  distinct: odd,
  histogram: fc.record({ low: odd, high: odd, counts: fc.array(fc.nat(99), { maxLength: 4 }) }),
  outputGradientNorm: odd,
  outputGradientVariance: odd,
  gradientNorm: some(odd),
  weightDeviation: some(odd),
  throughTime: some(fc.array(odd, { maxLength: 4 })),
});
const census = fc.record({
  step: fc.nat(9),
  samples: fc.nat(9),
  loss: odd,
  layers: fc.array(layer, { maxLength: 3 }),
});
const score = fc.record({
  metric: fc.constantFrom("accuracy" as const, "r2" as const),
  value: odd,
  chance: odd,
  samples: fc.nat(9),
});
const reading = fc.record({
  step: fc.nat(9),
  epoch: fc.nat(9),
  loss: odd,
  layers: fc.dictionary(fc.constantFrom("0", "1"), fc.record({ gradientNorm: some(odd) })),
});
const epoch = fc.record({
  epoch: fc.nat(9),
  step: fc.nat(9),
  trainLoss: odd,
  validationLoss: some(odd),
  validationAccuracy: some(odd),
});
const run: fc.Arbitrary<RunRecord> = fc.record({
  seed: some(fc.nat(9)),
  steps: fc.nat(9),
  readings: fc.array(reading, { maxLength: 4 }),
  epochs: fc.array(epoch, { maxLength: 4 }),
  failure: some(fc.record({ step: fc.nat(9), epoch: fc.nat(9), tensor: fc.constant("loss") })),
  start: some(census),
  end: some(census),
  score: some(score),
  trainScore: some(score),
  validationLoss: some(odd),
  seconds: odd,
});
const arm = fc.record({ runs: fc.array(run, { maxLength: 3 }), mean: odd, deviation: odd });
const trial: fc.Arbitrary<Trial> = fc
  .tuple(arm, arm, odd, odd, fc.constantFrom("accuracy" as const, "r2" as const, "validation-loss" as const))
  .map(([control, treated, gain, needed, measure]) => ({ ...TRIAL, control, treated, gain, needed, measure }));
const diagnosis: fc.Arbitrary<Diagnosis> = fc
  .tuple(fc.array(run, { maxLength: 2 }), fc.array(trial, { maxLength: 2 }), odd, odd)
  .map(([runs, trials, value, threshold]) => ({
    ...CURED,
    runs,
    trials,
    findings: CURED.findings.map((finding) => ({
      ...finding,
      evidence: finding.evidence.map((each) => ({ ...each, value, threshold })),
    })),
  }));

test("reports render any measurements: non-finite numbers, empty lists, missing parts", () => {
  fc.assert(
    fc.property(diagnosis, fc.constantFrom("en" as const, "ko" as const), (each, lang) => {
      assert.doesNotMatch(renderTerminal(each, { lang, details: true }), /undefined|\[object/);
      const html = renderHtml(each, { lang });
      assert.doesNotMatch(
        html,
        /undefined|\[object| (?:d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|points|transform)="[^"]*(?:NaN|Infinity)/,
      );
      assert.ok(html.endsWith("</html>\n"));
      JSON.stringify(diagnosisJson(each, { lang }));
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
