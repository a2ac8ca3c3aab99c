import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DEMO, quickPlan } from "../../src/cli/demo/plan.ts";
import { type CaseResult, lossGap, normRatio, typicalNorms } from "../../src/cli/demo/runner.ts";
import { formatGap, formatScale, normBars, resultTable } from "../../src/cli/demo/text.ts";
import { createModel } from "../../src/nn/model.ts";
import { skipNative } from "../runtime/native-machine.ts";
import { runCli } from "./run-cli.ts";

const [patient] = DEMO;

/** A result with these norms by step and layer. */
function result(norms: readonly (readonly number[])[], change: Partial<CaseResult> = {}): CaseResult {
  return {
    case: patient as (typeof DEMO)[number],
    parameterCount: 1,
    losses: [{ step: 1, loss: 2 }],
    norms: norms.map((row, index) => ({ step: index + 1, norms: row })),
    epochs: [],
    train: { loss: 0.1, accuracy: 1 },
    test: { loss: 0.5, accuracy: 0.9 },
    samplesPerSecond: 20_000,
    seconds: 1,
    ...change,
  };
}

test("the plan: a patient, six remedies alone, all together; exploding four ways; overfitting twice", () => {
  const ids = (part: string) => DEMO.filter((each) => each.part === part).map(({ id }) => id);
  assert.deepEqual(ids("remedies"), [
    "patient",
    "he",
    "leaky-relu",
    "batch-norm",
    "clipping",
    "adam",
    "dropout",
    "together",
  ]);
  assert.deepEqual(ids("exploding"), ["exploding", "exploding-clip", "exploding-he", "exploding-both"]);
  assert.deepEqual(ids("overfitting"), ["overfitting", "overfitting-dropout"]);
  for (const { layers } of DEMO) assert.deepEqual(createModel({ inputShape: [784], layers }).outputShape, [10]);
  const { layers } = createModel({ inputShape: [784], layers: patient?.layers ?? [] });
  assert.equal(layers.filter(({ type }) => type === "linear").length, 21);
  assert.equal(layers.filter(({ type }) => type === "sigmoid").length, 20);
  assert.ok(quickPlan().every(({ budget }) => budget.samples <= 512 && budget.epochs === 1));
});

test("typical norms are medians over steps; the ratio is lowest over highest; the gap test less train", () => {
  const odd = result([
    [1, 10],
    [2, 20],
    [300, 3],
  ]);
  assert.deepEqual(typicalNorms(odd), [2, 10]);
  assert.equal(normRatio(odd), 0.2);
  assert.equal(lossGap(odd), 0.4);
  assert.ok(Number.isNaN(normRatio(result([]))));
});

test("bars grow with the logarithm, from the smallest to the largest layer", () => {
  const lines = normBars(result([[1e-12, 1e-6, 1]])).split("\n");
  const lengths = lines.slice(0, 3).map((line) => [...line].filter((character) => character === "\u2588").length);
  assert.deepEqual(lengths, [0, 24, 48]);
  assert.match(lines[3] ?? "", /1e-12 +1e0$/);
  assert.ok(!normBars(result([[0, Number.POSITIVE_INFINITY, 1]])).includes("NaN"));
});

test("numbers for people", () => {
  assert.deepEqual([6.87e-13, 0, 0.0123, 12.3, 1e5, Number.POSITIVE_INFINITY, Number.NaN].map(formatScale), [
    "6.9e-13",
    "0",
    "0.012",
    "12",
    "1.0e+5",
    "infinite",
    "-",
  ]);
  assert.deepEqual([-0.00068, 0.4531, -6.8e16].map(formatGap), ["-0.0007", "0.4531", "-6.8e+16"]);
  const failed = result([], {
    train: undefined,
    test: undefined,
    samplesPerSecond: 0,
    failure: { step: 2, message: "" },
  } as never);
  const [, , first, second] = resultTable([result([[1, 2]]), failed]).split("\n");
  assert.match(first ?? "", /90\.00 % +0\.50 +0\.4000 +20,000$/);
  assert.match(second ?? "", /- +- +- +-$/);
});

for (const [backend, skip] of Object.entries({ wasm: false, native: skipNative }))
  test(`the whole demonstration on a slice, every case, and a report that needs nothing else: ${backend}`, {
    skip,
  }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "gradus-demo-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const report = join(folder, "deep", "report.html");
    const run = await runCli(["demo", "--quick", "--report", report, "--json"], {
      environment: { GRADUS_BACKEND: backend },
    });
    assert.equal(run.status, 0, run.errors);
    const lines = run.json();
    assert.deepEqual(
      lines.map(({ id, type }) => id ?? type),
      [...DEMO.map(({ id }) => id), "report"],
    );
    const of = (id: string) => lines.find((line) => line.id === id) as Record<string, number>;
    assert.ok((of("patient").gradientRatio ?? 1) < 1e-9, "the patient's gradient does not vanish");
    assert.ok((of("batch-norm").gradientRatio ?? 0) > 0.01);
    assert.equal((of("exploding").failure as unknown as { step: number }).step, 2);
    const html = readFileSync(report, "utf8");
    assert.equal(html.match(/<svg /g)?.length, 15);
    assert.ok(html.includes("prefers-color-scheme: dark"));
    // self-contained: no script, nothing fetched, no stand-in colour left
    assert.doesNotMatch(html, /<script|<link|<img|url\((?!#)|\bsrc=/);
    assert.doesNotMatch(html.replaceAll("http://www.w3.org/", ""), /https?:/);
    assert.doesNotMatch(html, /#(0[1-9a])\1\1"/);
    assert.doesNotMatch(html, /undefined|>\s*NaN|="[^"]*NaN/);
  });
