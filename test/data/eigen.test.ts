import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { orthonormalise } from "../../src/data/decomposition/orthonormal.ts";
import { symmetricEigen } from "../../src/data/decomposition/symmetric-eigen.ts";

/** Largest |rows rows^T - 1|. */
function distanceFromOrthonormal(rows: Float64Array, count: number, size: number): number {
  let worst = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += (rows[i * size + k] as number) * (rows[j * size + k] as number);
      worst = Math.max(worst, Math.abs(sum - (i === j ? 1 : 0)));
    }
  }
  return worst;
}

/** Largest |sum of value v v^T - A|. */
function distanceFrom(matrix: Float64Array, values: Float64Array, vectors: Float64Array, n: number): number {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) {
        sum += (values[k] as number) * (vectors[k * n + i] as number) * (vectors[k * n + j] as number);
      }
      worst = Math.max(worst, Math.abs(sum - (matrix[i * n + j] as number)));
    }
  }
  return worst;
}

function assertDecomposes(matrix: Float64Array, n: number): void {
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const { values, vectors } = symmetricEigen(matrix.slice(), n);
  // a subnormal entry is a multiple of the smallest number, and a result of n values is rounded n times to that
  const tolerance = 1e-13 * n * largest + 2 * n * Number.MIN_VALUE;
  assert.ok(distanceFromOrthonormal(vectors, n, n) < 1e-13, "vectors are not orthonormal");
  assert.ok(distanceFrom(matrix, values, vectors, n) <= tolerance, "values and vectors do not reproduce the matrix");
  for (let i = 1; i < n; i++)
    assert.ok((values[i - 1] as number) >= (values[i] as number), "values are not descending");
}

describe("symmetric eigenvalues", () => {
  test("by hand: [[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, -1)", () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    assert.ok(Math.abs((values[0] as number) - 3) < 1e-15 && Math.abs((values[1] as number) - 1) < 1e-15);
    const [a, b, c, d] = vectors as unknown as [number, number, number, number];
    assert.ok(Math.abs(a - b) < 1e-15 && Math.abs(c + d) < 1e-15);
  });

  test("by formula: 2 on the diagonal, -1 beside it has 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 30;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) matrix[i * n + i - 1] = -1;
      if (i < n - 1) matrix[i * n + i + 1] = -1;
    }
    const { values } = symmetricEigen(matrix, n);
    values.forEach((value, i) => {
      const expected = 2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1));
      assert.ok(Math.abs(value - expected) < 1e-14, `${i}: ${value}, expected ${expected}`);
    });
  });

  test("any symmetric matrix is the sum of its parts, of any size and scale, full or sparse", () => {
    const entry = fc.oneof(fc.constant(0), fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(1e-160, 1));
    const made = fc
      .integer({ min: 1, max: 12 })
      .chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(entry, { minLength: n * n, maxLength: n * n }),
          fc.constantFrom(1, 1e150, 1e-150),
        ),
      );
    fc.assert(
      fc.property(made, ([n, entries, scale]) => {
        const matrix = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++)
            matrix[i * n + j] = (entries[Math.min(i, j) * n + Math.max(i, j)] as number) * scale;
        }
        assertDecomposes(matrix, n);
      }),
      { numRuns: 200 },
    );
  });

  test("matrices of low rank, whose small values are rounding errors", () => {
    for (const rank of [1, 3]) {
      const n = 40;
      const matrix = new Float64Array(n * n);
      for (let r = 0; r < rank; r++) {
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++)
            (matrix[i * n + j] as number) += 100 ** -r * Math.sin(i * (r + 1)) * Math.sin(j * (r + 1));
        }
      }
      assertDecomposes(matrix, n);
    }
  });
});

test("orthonormal rows span the same space; dependent rows are replaced", () => {
  const rows = Float64Array.of(3, 4, 0, 6, 8, 0, 3, 4, 5);
  orthonormalise(rows, 3, 3);
  assert.ok(distanceFromOrthonormal(rows, 3, 3) < 1e-15);
  assert.deepEqual([...rows.subarray(0, 3)], [0.6, 0.8, 0]);
  const zeros = new Float64Array(4 * 5);
  orthonormalise(zeros, 4, 5);
  assert.ok(distanceFromOrthonormal(zeros, 4, 5) < 1e-15);
});
