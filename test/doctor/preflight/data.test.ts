import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Dataset, datasetFromParts } from "../../../src/data/dataset.ts";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { preflight } from "../../../src/doctor/preflight/preflight.ts";
import type { LossConfig } from "../../../src/nn/losses/losses.ts";
import { clouds, curve, dense, labelled, normals, oneHotted, problems, strongest, training } from "./support.ts";
import { randomUniforms } from "./uniforms.ts";

const classifier = (data: Dataset, changes = {}, units = 3) =>
  training([...dense(16, "relu"), ...dense(units, "softmax")], { type: "categoricalCrossEntropy" }, data, changes);
const regression = (data: Dataset, changes = {}) =>
  training([...dense(16, "relu"), ...dense(1)], { type: "mse" }, data, changes);

function scaled(factor: number, shift = 0): Dataset {
  const { x, labels } = clouds();
  return fromArrays({
    inputs: x.map((row) => row.map((value) => factor * value + shift)),
    targets: labels,
    classes: 3,
  });
}

/** Arrays without checks, as they may come from elsewhere. */
function unchecked(inputs: Float32Array, features: number, targets: Float32Array | Int32Array, width = 1): Dataset {
  const targetShape = targets instanceof Int32Array ? [] : [width];
  return datasetFromParts({
    name: "raw",
    inputShape: [features],
    targetShape,
    storage: { inputs, targets },
    classes: 3,
  });
}

test("inputs: the verdict changes at the threshold and nowhere else", () => {
  const base = Math.sqrt(
    clouds()
      .x.flat()
      .reduce((sum, each) => sum + each * each, 0) / clouds().x.flat().length,
  );
  fc.assert(
    fc.property(fc.double({ min: -4, max: 4, noNaN: true }), (power) => {
      const found = problems(classifier(scaled(10 ** power))).includes("unscaled-input");
      const size = base * 10 ** power;
      if (size > 10.1 || size < 0.015) assert.ok(found, `size ${size}`);
      if (size < 9.9 && size > 0.03) assert.ok(!found, `size ${size}`);
    }),
    { numRuns: 40 },
  );
});

test("inputs: the weight grows with the distance from size 1", () => {
  const weight = (factor: number) => strongest(classifier(scaled(factor)))?.weight ?? 0;
  assert.ok(weight(20) < weight(200) && weight(200) <= weight(2000));
  assert.ok(weight(255) > 0.8);
});

test("inputs that are standardised, or normalised at once, do not count as unscaled", () => {
  assert.deepEqual(problems(classifier(scaled(255), { standardize: true }), undefined, 0.3), []);
  const normalised = training(
    [{ type: "batchNorm" }, ...dense(16, "relu"), ...dense(3, "softmax")],
    { type: "categoricalCrossEntropy" },
    scaled(255),
  );
  assert.deepEqual(problems(normalised, undefined, 0.5), []);
});

test("inputs: one feature that hides the others, and a large mean that hides all", () => {
  const { x, labels } = clouds();
  const drowned = x.map(([a = 0, ...rest]) => [2 * a, ...rest.map((value) => value / 300)]);
  assert.ok(
    problems(classifier(fromArrays({ inputs: drowned, targets: labels, classes: 3 }))).includes("unscaled-input"),
  );
  assert.ok(problems(classifier(scaled(0.01, 5))).includes("unscaled-input"));
});

test("inputs: sparse ones, pictures with black borders and indices are fine", () => {
  const { labels } = clouds(300, 3);
  const bits = labels.map((label) => Array.from({ length: 60 }, (_, f) => Number(f % 3 === label && f % 7 === label)));
  assert.ok(
    !problems(classifier(fromArrays({ inputs: bits, targets: labels, classes: 3 }))).includes("unscaled-input"),
  );
  const tokens = labels.map((label) => Array.from({ length: 6 }, (_, t) => 100 * label + t));
  const reader = training(
    [{ type: "embedding", vocabulary: 400, units: 4 }, "flatten", ...dense(3, "softmax")],
    { type: "categoricalCrossEntropy" },
    fromArrays({ inputs: tokens, targets: labels, classes: 3 }),
  );
  assert.ok(!problems(reader).includes("unscaled-input"));
});

test("NaN among inputs or targets is found in any row, and weighs most", () => {
  const { x, labels } = clouds(3000);
  const inputs = Float32Array.from(x.flat());
  inputs[4 * 2221 + 1] = Number.NaN;
  const sick = classifier(unchecked(inputs, 4, Int32Array.from(labels)));
  assert.deepEqual([strongest(sick)?.problem, strongest(sick)?.weight], ["numerical-error", 1]);
  const targets = Float32Array.from(labels);
  targets[17] = Number.POSITIVE_INFINITY;
  const faulty = strongest(regression(unchecked(Float32Array.from(x.flat()), 4, targets)));
  assert.deepEqual([faulty?.problem, faulty?.evidence[0]?.measure], ["label-fault", "target-not-finite"]);
});

test("constant inputs", () => {
  const data = fromArrays({ inputs: clouds().x.map(() => [1, 2, 3]), targets: clouds().labels, classes: 3 });
  assert.equal(strongest(classifier(data))?.evidence[0]?.measure, "input-constant");
});

test("targets: scale, in both directions, unless they are standardised", () => {
  assert.deepEqual(problems(regression(curve(300, 2, 3)), undefined, 0.3), []);
  const large = strongest(regression(curve(300, 1000)));
  assert.deepEqual([large?.problem, (large?.weight ?? 0) > 0.7], ["unscaled-target", true]);
  assert.ok(problems(regression(curve(300, 1, 500))).includes("unscaled-target"));
  assert.ok(problems(regression(curve(300, 1e-4))).includes("unscaled-target"));
  assert.deepEqual(problems(regression(curve(300, 1000), { standardizeTargets: true }), undefined, 0.3), []);
});

test("labels divided by a number, as rows and as numbers", () => {
  const divided = strongest(classifier(oneHotted(300, 3, 1 / 255)));
  assert.deepEqual([divided?.problem, divided?.evidence[0]?.measure], ["label-fault", "labels-not-integers"]);
  const { x, labels } = clouds(300, 3);
  const data = fromArrays({ inputs: x, targets: labels.map((label) => [label / 255]) });
  const loss: LossConfig = { type: "binaryCrossEntropy" };
  const found = preflight(training([...dense(16, "relu"), ...dense(1, "sigmoid")], loss, data), undefined);
  assert.equal(found[0]?.evidence[0]?.measure, "labels-not-integers");
});

test("labels outside the classes of the output", () => {
  const { x, labels } = clouds(300, 3);
  const data = unchecked(
    Float32Array.from(x.flat()),
    4,
    Int32Array.from(labels, (label) => label + 1),
  );
  const found = preflight(classifier(data), undefined).find(({ problem }) => problem === "label-fault");
  assert.equal(found?.evidence[0]?.measure, "labels-out-of-range");
  const signs = fromArrays({ inputs: x, targets: labels.map((label) => [label === 0 ? -1 : 1]) });
  const asked = training([...dense(16, "relu"), ...dense(1, "sigmoid")], { type: "binaryCrossEntropy" }, signs);
  assert.ok(preflight(asked, undefined).some(({ evidence }) => evidence[0]?.measure === "labels-out-of-range"));
});

test("one class, many that never occur, and one spare output", () => {
  const { x, labels } = clouds(300, 3);
  const one = strongest(classifier(fromArrays({ inputs: x, targets: labels.map(() => 0), classes: 3 })));
  assert.deepEqual([one?.problem, one?.evidence[0]?.measure], ["label-fault", "one-class"]);
  const two = strongest(classifier(fromArrays({ inputs: x, targets: labels.map((l) => l % 2), classes: 10 }), {}, 10));
  assert.equal(two?.evidence[0]?.measure, "class-missing");
  assert.ok((strongest(classifier(labelled(), {}, 4))?.weight ?? 0) < 0.3);
});

test("imbalance alone weighs little", () => {
  const { x, labels } = clouds(600, 30);
  const rare = fromArrays({ inputs: x, targets: labels.map((label) => Number(label === 0)), classes: 2 });
  assert.ok((strongest(classifier(rare, {}, 2))?.weight ?? 0) <= 0.2);
});

test("equal inputs with different labels: random ones, and as human labellers disagree", () => {
  const u = randomUniforms(900, 4);
  const inputs = Array.from({ length: 300 }, (_, i) => [
    Math.floor(4 * (u[3 * i] as number)),
    Math.floor(4 * (u[3 * i + 1] as number)),
  ]);
  const found = (label: (row: readonly number[], chance: number) => number) =>
    preflight(
      classifier(
        fromArrays({ inputs, targets: inputs.map((row, i) => label(row, u[3 * i + 2] as number)), classes: 3 }),
      ),
      undefined,
    ).find(({ evidence }) => evidence[0]?.measure === "labels-contradict");
  assert.ok((found((_, chance) => Math.floor(3 * chance))?.weight ?? 0) > 0.5);
  assert.equal(
    found(([a = 0], chance) => (chance < 0.1 ? 2 : a % 2)),
    undefined,
  );
});

const shuffledLabels = (samples: number, classes: number, seed: number): Dataset => {
  const u = randomUniforms(samples, seed);
  const { x } = clouds(samples, classes, 8, seed);
  return fromArrays({ inputs: x, targets: Array.from(u, (each) => Math.floor(classes * each)), classes });
};

test("labels that do not depend on the inputs are distinguished from those that do", () => {
  const unlearnable = (data: Dataset, units: number) =>
    preflight(classifier(data, {}, units), undefined).find(
      ({ evidence }) => evidence[0]?.measure === "labels-unlearnable",
    );
  for (const seed of [1, 2, 3]) {
    assert.ok((unlearnable(shuffledLabels(600, 3, seed), 3)?.weight ?? 0) >= 0.5, `shuffled, seed ${seed}`);
    assert.equal(unlearnable(labelled(600, 3, 8), 3), undefined);
  }
  // learnable, but not linearly: a checkerboard, rings, two spirals; and weakly: at best 60 % correct
  const z = normals(2000, 9);
  const u = randomUniforms(1000, 8);
  const points = Array.from({ length: 1000 }, (_, i) => [z[2 * i] as number, z[2 * i + 1] as number]);
  const rules: readonly ((a: number, b: number, i: number) => number)[] = [
    (a, b) => Number(a * b > 0),
    (a, b) => Number(a * a + b * b > 1.4),
    (a, b) => Number(Math.sin(Math.atan2(b, a) + 3 * Math.hypot(a, b)) > 0),
    (a, _, i) => Number((u[i] as number) < 0.6 ? a > 0 : (u[i] as number) < 0.8),
  ];
  for (const rule of rules) {
    const data = fromArrays({ inputs: points, targets: points.map(([a = 0, b = 0], i) => rule(a, b, i)), classes: 2 });
    assert.equal(unlearnable(data, 2), undefined, rule.toString());
  }
});
