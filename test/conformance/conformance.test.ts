import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openBackend, resolveThreads } from "../../src/engine/select-backend.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { compiledBackends } from "../engine/backends.ts";
import type { Outcome } from "./case.ts";
import { Comparison } from "./compare.ts";
import { parseCall } from "./python-call.ts";
import { referenceFiles, replayFile } from "./replay.ts";

const VECTORS = fileURLToPath(new URL("../vectors", import.meta.url));
const SHARED = fileURLToPath(new URL("../../../shared/vectors", import.meta.url));

async function outcomesOf(path: string, backend: Backend): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const file of referenceFiles(path))
    for await (const outcome of replayFile(file, { backend })) outcomes.push(outcome);
  return outcomes;
}

/** Asserts that all cases are ok, and that there are at least `atLeast`. */
async function assertConforms(path: string, backend: Backend, atLeast: number): Promise<void> {
  const outcomes = await outcomesOf(path, backend);
  assert.deepEqual(
    outcomes.filter(({ ok }) => !ok),
    [],
  );
  assert.ok(outcomes.length >= atLeast, `${outcomes.length} cases are ok, expected at least ${atLeast}`);
}

const THREADS = resolveThreads(undefined);
const BACKENDS = [await openBackend({ backend: "reference" }), ...compiledBackends({ threads: THREADS })];

for (const opened of BACKENDS) {
  describe(`on ${opened.name}: ${opened.description}`, () => {
    after(() => opened.dispose());

    test("PyTorch trajectories", () => assertConforms(join(VECTORS, "torch"), opened, 61));

    test("PyTorch schedules, activations and clipping", () =>
      assertConforms(join(VECTORS, "torch-extra.json"), opened, 44));

    test("scikit-learn's principal components", () => assertConforms(join(VECTORS, "pca-sklearn.json"), opened, 5));

    const kerasPath = join(SHARED, "keras-golden.json");
    test(
      "Keras optimisers",
      { skip: existsSync(kerasPath) ? false : "needs ../shared/vectors/keras-golden.json" },
      () => assertConforms(kerasPath, opened, 85),
    );

    const onnxPath = join(SHARED, "onnx");
    test("ONNX operators", { skip: existsSync(onnxPath) ? false : "needs ../shared/vectors/onnx" }, () =>
      assertConforms(onnxPath, opened, 297),
    );
  });
}

test("a differing number is found, with its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const trajectory = JSON.parse(readFileSync(join(VECTORS, "torch", "opt-sgd-momentum.json"), "utf8"));
    trajectory.float64.final["2.weight"].data[3] += 1e-6;
    const path = join(folder, "changed.json");
    writeFileSync(path, JSON.stringify(trajectory));
    const [outcome] = await outcomesOf(path, await openBackend({ backend: "reference" }));
    assert.ok(outcome && "at" in outcome, JSON.stringify(outcome));
    assert.equal(outcome.ok, false);
    assert.match(outcome.at ?? "", /^final 2\.weight\[3\]/);
    assert.ok(Math.abs((outcome.worst as number) - 1e-6) < 1e-9);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("unreadable files and unknown kinds are lines, not crashes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    writeFileSync(join(folder, "a.json"), "{ broken");
    writeFileSync(join(folder, "b.json"), '{"something": "else"}');
    const [broken, unknown] = await outcomesOf(folder, await openBackend({ backend: "reference" }));
    assert.ok(broken && "error" in broken && broken.name === "a");
    assert.ok(unknown && "unsupported" in unknown && unknown.name === "b");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("differences are relative beyond 1, absolute below; NaN differs from numbers and equals NaN", () => {
  const comparison = new Comparison();
  comparison.check("equal", [1, Number.NaN, Number.POSITIVE_INFINITY], [1, Number.NaN, Number.POSITIVE_INFINITY]);
  assert.equal(comparison.worst, 0);
  comparison.check("small", [0.25], [0.5]);
  assert.equal(comparison.worst, 0.25);
  comparison.check("large", [1500], [1000]);
  assert.equal(comparison.worst, 0.5);
  assert.match(comparison.at, /^large\[0\]/);
  comparison.check("nan", [Number.NaN], [1]);
  assert.equal(comparison.worst, Number.POSITIVE_INFINITY);
});

test("calls in Python notation are parsed", () => {
  assert.deepEqual(parseCall("MultiStepLR([5,12,30],.1)"), {
    name: "MultiStepLR",
    positional: [[5, 12, 30], 0.1],
    named: {},
  });
  assert.deepEqual(parseCall("OneCycleLR(max_lr=1,total_steps=40,linear,pct=.5) defaults"), {
    name: "OneCycleLR",
    positional: ["linear"],
    named: { max_lr: 1, total_steps: 40, pct: 0.5 },
  });
  assert.deepEqual(parseCall("rrelu_eval(1/8,1/3)").positional, [1 / 8, 1 / 3]);
  assert.deepEqual(parseCall("relu"), { name: "relu", positional: [], named: {} });
});
