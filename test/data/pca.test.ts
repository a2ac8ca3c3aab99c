import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { applyPca, fitPca, type Pca, parsePca } from "../../src/data/pca.ts";
import { randomStream } from "../../src/data/random-stream.ts";
import { failure } from "./errors.ts";

type Rows = readonly (readonly number[])[];

function assertClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(got.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((got[i] as number) - (expected[i] as number));
    assert.ok(difference <= tolerance, `[${i}]: ${got[i]}, expected ${expected[i]}`);
  }
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** Normal samples whose deviation along feature i is `deviations[i]`, mixed by a reflection, so that no axis is a component. */
function cloud(count: number, deviations: readonly number[], seed = 1): number[][] {
  const stream = randomStream(seed, "synthetic");
  const unit = deviations.map(() => 1 / Math.sqrt(deviations.length));
  return Array.from({ length: count }, () => {
    const values = deviations.map((deviation) => stream.normal(deviation));
    const along = 2 * dot(values, unit);
    return values.map((value, i) => value - along * (unit[i] as number) + i);
  });
}

/** Covariance of flat rows, over N - 1. */
function covariance(rows: Float64Array, width: number): number[] {
  const count = rows.length / width;
  const mean = Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += rows[row * width + i] as number;
    return sum / count;
  });
  return Array.from({ length: width * width }, (_, place) => {
    const [i, j] = [Math.floor(place / width), place % width];
    let sum = 0;
    for (let row = 0; row < count; row++) {
      sum +=
        ((rows[row * width + i] as number) - (mean[i] as number)) *
        ((rows[row * width + j] as number) - (mean[j] as number));
    }
    return sum / (count - 1);
  });
}

const identity = (n: number) => Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

function assertOrthonormal({ components }: Pca): void {
  assertClose(
    components.flatMap((a) => components.map((b) => dot(a, b))),
    identity(components.length),
    1e-12,
  );
}

const matrices = fc.record({
  count: fc.integer({ min: 2, max: 14 }),
  features: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(),
});
const drawn = ({ count, features, seed }: { count: number; features: number; seed: number }): Rows =>
  cloud(
    count,
    Array.from({ length: features }, (_, i) => 1 + i),
    seed,
  );

describe("principal components", () => {
  test("by hand: points on the line y = 2 x + 1", () => {
    const pca = fitPca([
      [-1, -1],
      [0, 1],
      [1, 3],
    ]);
    const root = Math.sqrt(5);
    assertClose(pca.mean, [0, 1], 1e-15);
    assertClose(pca.components[0] as readonly number[], [1 / root, 2 / root], 1e-15);
    assertClose(pca.explainedVariance, [5, 0], 1e-14);
    assertClose(pca.explainedVarianceRatio, [1, 0], 1e-15);
    assertClose(pca.singularValues, [Math.sqrt(10), 0], 1e-7);
    assertClose(pca.transform([-1, -1, 1, 3]), [-root, 0, root, 0], 1e-14);
    assert.equal(
      fitPca(
        [
          [-1, -1],
          [0, 1],
          [1, 3],
        ],
        { components: 1 },
      ).noiseVariance < 1e-14,
      true,
    );
  });

  test("by hand: variances 4 and 1 along the axes leave 1 as noise", () => {
    const square = [
      [2, 0],
      [-2, 0],
      [0, 1],
      [0, -1],
    ];
    const pca = fitPca(square, { components: 1 });
    assertClose(pca.components[0] as readonly number[], [1, 0], 1e-15);
    assertClose(pca.explainedVariance, [8 / 3], 1e-14);
    assertClose(pca.explainedVarianceRatio, [0.8], 1e-14);
    assert.ok(Math.abs(pca.noiseVariance - 2 / 3) < 1e-14);
    assertClose(pca.inverse(pca.transform([2, 0, 0, 1])), [2, 0, 0, 0], 1e-14);
  });

  test("all components are orthonormal, and reconstruct the data", () => {
    fc.assert(
      fc.property(matrices, fc.boolean(), (shape, whiten) => {
        const rows = drawn(shape);
        const pca = fitPca(rows, { whiten });
        assert.equal(pca.components.length, Math.min(shape.count, shape.features));
        assertOrthonormal(pca);
        assertClose(pca.inverse(pca.transform(rows.flat())), rows.flat(), 1e-9);
        assert.ok(Math.abs(pca.explainedVarianceRatio.reduce((sum, ratio) => sum + ratio, 0) - 1) < 1e-12);
        for (const component of pca.components) {
          const largest = Math.max(...component.map(Math.abs));
          assert.ok(
            component.some((value) => value === largest),
            "the entry of the largest magnitude is negative",
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test("components are uncorrelated, with the stated variances; whitened, with variance 1", () => {
    const rows = cloud(200, [5, 3, 2, 1]);
    const plain = fitPca(rows);
    const diagonal = identity(4).map((value, i) => value * (plain.explainedVariance[Math.floor(i / 4)] as number));
    assertClose(covariance(plain.transform(rows.flat()), 4), diagonal, 1e-11);
    const whitened = fitPca(rows, { whiten: true, components: 3 });
    assertClose(covariance(whitened.transform(rows.flat()), 3), identity(3), 1e-11);
  });

  test("whitening does not amplify a direction without variance", () => {
    const rows = cloud(50, [2, 1]).map(([a = 0, b = 0]) => [a, b, a + b]);
    const whitened = fitPca(rows, { whiten: true }).transform(rows.flat());
    for (let row = 0; row < 50; row++) assert.ok(Math.abs(whitened[row * 3 + 2] as number) < 1e-12);
  });

  test("a fraction of the variance keeps the fewest components that exceed it", () => {
    const rows = cloud(300, [10, 3, 1, 0.1]);
    const all = fitPca(rows).explainedVarianceRatio;
    for (const share of [0.5, 0.9, 0.95, 0.999]) {
      const { components, explainedVarianceRatio } = fitPca(rows, { components: share });
      const sum = explainedVarianceRatio.reduce((total, ratio) => total + ratio, 0);
      assert.ok(sum > share && sum - (all[components.length - 1] as number) <= share, `${share}: ${sum}`);
    }
  });

  test("fewer samples than features", () => {
    const rows = cloud(
      6,
      Array.from({ length: 40 }, (_, i) => 1 + (i % 5)),
    );
    const pca = fitPca(rows);
    assert.equal(pca.components.length, 6);
    assertOrthonormal(pca);
    assertClose(pca.inverse(pca.transform(rows.flat())), rows.flat(), 1e-11);
    assert.ok((pca.explainedVariance[5] as number) < 1e-12, "six points span five dimensions");
  });
});

describe("the randomised method", () => {
  test("is close to the exact one if variances fall", () => {
    const deviations = Array.from({ length: 60 }, (_, i) => 10 * 0.8 ** i);
    for (const count of [500, 40]) {
      const rows = cloud(count, deviations);
      const exact = fitPca(rows, { components: 6, method: "exact" });
      const random = fitPca(rows, { components: 6, method: "randomised", seed: 3 });
      assert.equal(random.method, "randomised");
      assertOrthonormal(random);
      assertClose(random.explainedVariance, exact.explainedVariance, 1e-9);
      assertClose(random.explainedVarianceRatio, exact.explainedVarianceRatio, 1e-10);
      assertClose(random.components.flat(), exact.components.flat(), 1e-6);
      assert.ok(Math.abs(random.noiseVariance - exact.noiseVariance) < 1e-10);
    }
  });

  test("is reproducible from the seed", () => {
    const rows = cloud(30, [3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const fitted = (seed: number) => JSON.stringify(fitPca(rows, { components: 2, method: "randomised", seed }));
    assert.equal(fitted(1), fitted(1));
    assert.notEqual(fitted(1), fitted(2));
  });

  test("is chosen if it multiplies less", () => {
    const wide = cloud(
      300,
      Array.from({ length: 250 }, (_, i) => 20 / (1 + i)),
    );
    assert.equal(fitPca(wide, { components: 2 }).method, "randomised");
    assert.equal(fitPca(wide, { components: 100 }).method, "exact");
    assert.equal(fitPca(wide, { components: 0.5 }).method, "exact");
  });
});

describe("as preprocessing", () => {
  const rows = cloud(40, [3, 2, 1]);
  const dataset = fromArrays({ inputs: rows, targets: rows.map((_, i) => i % 2), classNames: ["a", "b"] });

  test("a dataset's inputs become its components; the rest stays", () => {
    const pca = fitPca(dataset, { components: 2 });
    const small = applyPca(pca, dataset);
    assert.deepEqual([small.inputShape, small.length, small.classNames], [[2], 40, ["a", "b"]]);
    assert.deepEqual(small.toTargets(), dataset.toTargets());
    const expected = pca.transform(dataset.toArrays().inputs.data);
    assert.deepEqual(small.toArrays().inputs.data, Float32Array.from(expected));
    assertClose(pca.components.flat(), fitPca(rows, { components: 2 }).components.flat(), 1e-6);
    assert.throws(() => applyPca(pca, small), failure("shape-mismatch", { fitted: 3, size: 2 }));
    assert.throws(() => pca.transform([1, 2]), failure("shape-mismatch"));
    assert.throws(() => pca.inverse([1, 2, 3]), failure("shape-mismatch"));
  });

  test("behaves the same after JSON", () => {
    const pca = fitPca(dataset, { components: 2, whiten: true });
    const again = parsePca(JSON.parse(JSON.stringify(pca)));
    assert.deepEqual(again.toJSON(), pca.toJSON());
    assert.deepEqual(again.transform(rows.flat()), pca.transform(rows.flat()));
    assert.deepEqual(again.inverse([1, 2]), pca.inverse([1, 2]));
  });

  test("damage is reported", () => {
    const good = fitPca(dataset, { components: 2 }).toJSON();
    assert.throws(() => parsePca(null), failure("bad-data"));
    assert.throws(() => parsePca({ ...good, mean: [1] }), failure("bad-data"));
    assert.throws(() => parsePca({ ...good, components: [] }), failure("bad-data"));
    assert.throws(() => parsePca({ ...good, explainedVariance: [-1, 0] }), failure("bad-data"));
    assert.throws(() => parsePca({ ...good, whiten: 1 }), failure("bad-data"));
    assert.throws(
      () => parsePca({ ...good, singularvalues: [] }),
      failure("unknown-field", { suggestion: "singularValues" }),
    );
  });
});

describe("bad input", () => {
  const rows = cloud(5, [3, 2, 1]);

  test("more components than samples or features", () => {
    assert.throws(
      () => fitPca(rows, { components: 4 }),
      failure("bad-argument", { components: 4, samples: 5, features: 3 }),
    );
    assert.throws(
      () => fitPca(rows.slice(0, 2), { components: 3 }),
      failure("bad-argument", { components: 3, samples: 2 }),
    );
  });

  test("one sample, constant samples, no samples", () => {
    assert.throws(() => fitPca([[1, 2]]), failure("bad-data", { samples: 1 }));
    assert.throws(
      () =>
        fitPca([
          [0.1, 2],
          [0.1, 2],
          [0.1, 2],
        ]),
      failure("bad-data", { samples: 3 }),
    );
    assert.throws(() => fitPca([]), failure("bad-argument"));
  });

  test("numbers that are not finite are named; rows must have equal length", () => {
    assert.throws(
      () =>
        fitPca([
          [1, 2],
          [3, Number.NaN],
        ]),
      failure("not-finite", { row: 1, column: 1 }),
    );
    assert.throws(
      () =>
        fitPca([
          [1, 2],
          [Infinity, 1],
        ]),
      failure("not-finite", { row: 1, column: 0 }),
    );
    assert.throws(() => fitPca([[1, 2], [1]]), failure("shape-mismatch", { row: 1 }));
    const huge = [
      [1e200, 1],
      [-1e200, 2],
    ];
    assert.throws(() => fitPca(huge), failure("not-finite", { where: "pca" }));
  });

  test("options out of range", () => {
    for (const components of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => fitPca(rows, { components }), failure("bad-argument", { components }));
    }
    assert.throws(() => fitPca(rows, { method: "randomized" as never }), failure("bad-argument"));
    for (const options of ["0.9", 3, null])
      assert.throws(() => fitPca(rows, options as never), failure("bad-argument"));
    assert.throws(() => fitPca(rows, { method: "randomised", components: 0.9 }), failure("bad-argument"));
    assert.throws(() => fitPca(rows, { seed: -1 }), failure("bad-argument"));
    assert.throws(
      () => fitPca(rows, { component: 2 } as never),
      failure("unknown-field", { suggestion: "components" }),
    );
  });
});
