import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { attainable, glance, learnSimply } from "../../src/doctor/attainable.ts";
import { askNeighbours } from "../../src/doctor/learners/neighbours.ts";
import { applyLinear, fitRidge } from "../../src/doctor/learners/ridge.ts";
import { FeatureMap } from "../../src/doctor/learners/samples.ts";
import { meanCorrelation } from "../../src/doctor/learners/score-columns.ts";
import type { Training } from "../../src/train/training.ts";
import { clouds, curve, dense, labelled, normals, oneHotted, training } from "./preflight/support.ts";

function parts(all: Dataset, layers: Parameters<typeof training>[0], loss: Training["settings"]["loss"]): Training {
  const { train, validation } = all.split({ validation: 0.3, seed: 1 });
  return { ...training(layers, loss, train), data: { train, validation } };
}

test("neighbours: distances, ties and the sample itself, by hand", () => {
  // on a line at 0, 1, 2, 10: targets 0, 1, 2, 3
  const line = { count: 4, features: 1, columns: 1, x: Float64Array.of(0, 1, 2, 10), y: Float64Array.of(0, 1, 2, 3) };
  const [one, five] = askNeighbours(line, Float64Array.of(0.2, 9));
  assert.deepEqual([...(one ?? [])], [0, 3]);
  assert.deepEqual([...(five ?? [])], [1.5, 1.5]);
  const [self] = askNeighbours(line);
  assert.deepEqual([...(self ?? [])].slice(2), [1, 2]);
});

test("ridge: exact for a linear map with a negligible penalty; the mean is not penalised", () => {
  const flat = normals(600, 2);
  const x = Float64Array.from(flat);
  const y = Float64Array.from({ length: 300 }, (_, row) => 2 * (x[2 * row] as number) - (x[2 * row + 1] as number) + 7);
  const [weak, strong] = fitRidge({ count: 300, features: 2, columns: 1, x, y });
  const told = applyLinear(weak as NonNullable<typeof weak>, x);
  assert.ok(told.every((each, row) => Math.abs(each - (y[row] as number)) < 0.15));
  // a penalty of 1 halves the weights of features of deviation 1
  assert.ok(Math.abs(((strong as NonNullable<typeof strong>).weights[0] as number) - 1) < 0.15);
  assert.ok(Math.abs(((strong as NonNullable<typeof strong>).targetMean[0] as number) - 7) < 0.3);
});

test("features: standardised, constants set to 0, many folded with preserved distances", () => {
  const inputs = Float32Array.from(normals(3 * 50), (value, i) => [5 + 100 * value, value, 3][i % 3] as number);
  const mapped = new FeatureMap(inputs, 3, false).apply(inputs);
  const column = (index: number) => Array.from({ length: 50 }, (_, row) => mapped[3 * row + index] as number);
  const meanSquare = (values: readonly number[]) => values.reduce((sum, each) => sum + each * each, 0) / values.length;
  assert.ok(Math.abs(meanSquare(column(0)) - 1) < 1e-4 && Math.abs(meanSquare(column(1)) - 1) < 1e-4);
  assert.equal(meanSquare(column(2)), 0);
  const wide = Float32Array.from(normals(20 * 3000, 7));
  const map = new FeatureMap(wide, 3000, true);
  const folded = map.apply(wide);
  const square = (values: ArrayLike<number>, size: number, a: number, b: number) =>
    Array.from(
      { length: size },
      (_, i) => ((values[a * size + i] as number) - (values[b * size + i] as number)) ** 2,
    ).reduce((x, y) => x + y);
  for (const [a, b] of [
    [0, 1],
    [3, 9],
    [12, 19],
  ] as const) {
    const ratio = square(folded, map.size, a, b) / square(wide, 3000, a, b);
    assert.ok(ratio > 0.6 && ratio < 1.5, `distance kept to ${ratio}`);
  }
});

test("correlation shows a rare class that accuracy does not", () => {
  const truth = Float64Array.from({ length: 200 }, (_, i) => Number(i < 6));
  const told = Float64Array.from({ length: 200 }, (_, i) => (i < 6 ? 0.3 : 0.02));
  assert.ok(meanCorrelation(told, truth, 1) > 0.99);
  assert.equal(meanCorrelation(new Float64Array(200), truth, 1), 0);
});

test("labels and one-hot rows give the same bar, far above chance", () => {
  const layers = [...dense(8, "relu"), ...dense(3, "softmax")];
  const fromLabels = attainable(parts(labelled(600), layers, { type: "categoricalCrossEntropy" }));
  assert.equal(fromLabels.score.metric, "accuracy");
  assert.ok(fromLabels.score.value > 0.9 && fromLabels.score.chance < 0.45, JSON.stringify(fromLabels));
  const given = training(layers, { type: "categoricalCrossEntropy" }, oneHotted(600));
  const rows = training(layers, { type: "categoricalCrossEntropy" }, labelled(600));
  assert.equal(attainable(given).score.value, attainable(rows).score.value);
});

test("the linear learner is best for a linear truth, neighbours otherwise", () => {
  const flat = normals(3000, 4);
  const x = Array.from({ length: 500 }, (_, row) => flat.slice(6 * row, 6 * row + 6));
  const layers = [...dense(8, "relu"), ...dense(1)];
  const straight = fromArrays({ inputs: x, targets: x.map((row) => [row.reduce((sum, each) => sum + each, 0)]) });
  const linear = attainable(parts(straight, layers, { type: "mse" }));
  assert.deepEqual([linear.learner, linear.score.metric], ["linear", "r2"]);
  assert.ok(linear.score.value > 0.98);
  const ring = fromArrays({
    inputs: x.map((row) => row.slice(0, 2)),
    targets: x.map(([a = 0, b = 0]) => [Math.hypot(a, b)]),
  });
  const near = attainable(parts(ring, layers, { type: "mse" }));
  assert.equal(near.learner, "nearest-neighbours");
  assert.ok(near.score.value > 0.8);
});

test("if validation is the training part, no sample predicts itself", () => {
  const u = normals(1200, 6);
  const x = Array.from({ length: 400 }, (_, row) => u.slice(3 * row, 3 * row + 2));
  const noise = fromArrays({
    inputs: x,
    targets: x.map((_, row) => Number((u[3 * row + 2] as number) > 0)),
    classes: 2,
  });
  const given = training([...dense(8, "relu"), ...dense(2, "softmax")], { type: "categoricalCrossEntropy" }, noise);
  assert.ok(attainable(given).score.value < 0.62, JSON.stringify(attainable(given)));
  assert.ok(glance(given) < 3.5);
});

test("the bar does not depend on the scale of inputs, nor r2 on that of targets", () => {
  const layers = [...dense(8, "relu"), ...dense(1)];
  const bar = (scale: number) => learnSimply(parts(curve(300, scale), layers, { type: "mse" })).attainable.score.value;
  assert.ok(Math.abs(bar(1) - bar(1000)) < 1e-4);
  const { x, labels } = clouds(300);
  const classes = (scale: number) =>
    attainable(
      parts(
        fromArrays({ inputs: x.map((row) => row.map((value) => scale * value)), targets: labels, classes: 3 }),
        [...dense(8, "relu"), ...dense(3, "softmax")],
        { type: "categoricalCrossEntropy" },
      ),
    ).score.value;
  assert.ok(Math.abs(classes(1) - classes(255)) < 0.02);
});
