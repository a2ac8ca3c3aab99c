import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Dataset } from "../../src/data/dataset.ts";
import { labelHistogram } from "../../src/data/labels.ts";
import { blobs } from "../../src/data/synthetic/blobs.ts";
import { circles } from "../../src/data/synthetic/circles.ts";
import { moons } from "../../src/data/synthetic/moons.ts";
import { spirals } from "../../src/data/synthetic/spirals.ts";
import { xor } from "../../src/data/synthetic/xor.ts";
import { failure } from "./errors.ts";

const makers = { circles, moons, spirals, xor, blobs } satisfies Record<
  string,
  (options: { samples?: number; seed?: number }) => Dataset
>;

/** Rows as points, with their labels. */
function points(dataset: Dataset): { readonly x: number; readonly y: number; readonly label: number }[] {
  const { inputs, targets } = dataset.toArrays();
  return Array.from(targets.data, (label, row) => ({
    x: inputs.data[2 * row] as number,
    y: inputs.data[2 * row + 1] as number,
    label,
  }));
}

for (const [name, make] of Object.entries(makers)) {
  test(`${name}: balanced, seeded, of the requested size`, () => {
    const dataset = make({ samples: 301, seed: 4 });
    assert.equal(dataset.name, name);
    assert.equal(dataset.length, 301);
    const counts = labelHistogram(dataset.toTargets(), dataset.classes as number);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `counts ${counts}`);
    assert.deepEqual(make({ samples: 301, seed: 4 }).toArrays(), dataset.toArrays());
    assert.notDeepEqual(make({ samples: 301, seed: 5 }).toArrays(), dataset.toArrays());
    assert.throws(() => make({ samples: 1 }), failure("bad-argument"));
    assert.throws(() => make({ seed: 0.5 }), failure("bad-argument"));
  });
}

describe("geometry without noise", () => {
  test("circles lie on their radii", () => {
    for (const { x, y, label } of points(circles({ samples: 50, noise: 0, factor: 0.3 }))) {
      assert.ok(Math.abs(Math.hypot(x, y) - (label === 0 ? 1 : 0.3)) < 1e-6);
    }
    assert.throws(() => circles({ factor: 1 }), failure("bad-argument", { name: "factor" }));
  });

  test("moons lie on their half circles", () => {
    for (const { x, y, label } of points(moons({ samples: 50, noise: 0 }))) {
      const [centreX, centreY] = label === 0 ? [0, 0] : [1, 0.5];
      assert.ok(Math.abs(Math.hypot(x - centreX, y - centreY) - 1) < 1e-6);
      assert.ok(label === 0 ? y >= -1e-6 : y <= 0.5 + 1e-6);
    }
  });

  test("arms of a spiral are rotations of each other", () => {
    const all = points(spirals({ samples: 60, noise: 0, classes: 3 }));
    for (let row = 0; row < all.length; row += 3) {
      const [a, b] = [all[row], all[row + 1]] as [{ x: number; y: number }, { x: number; y: number }];
      const turn = (2 * Math.PI) / 3;
      assert.ok(Math.abs(a.x * Math.cos(turn) - a.y * Math.sin(turn) - b.x) < 1e-6);
      assert.ok(Math.abs(a.x * Math.sin(turn) + a.y * Math.cos(turn) - b.y) < 1e-6);
    }
  });

  test("xor with four samples is the truth table", () => {
    const table = points(xor({ samples: 4, noise: 0 })).map(({ x, y, label }) => [x, y, label]);
    assert.deepEqual(table.toSorted(), [
      [-1, -1, 0],
      [-1, 1, 1],
      [1, -1, 1],
      [1, 1, 0],
    ]);
  });

  test("noise has the requested deviation", () => {
    const { inputs } = blobs({ samples: 20_000, centers: [[5, -5]], spread: 2, seed: 1 }).toArrays();
    const first = Array.from(inputs.data).filter((_, i) => i % 2 === 0);
    const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
    const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / first.length;
    assert.ok(Math.abs(mean - 5) < 0.06, `mean ${mean}`); // 4 standard errors
    assert.ok(Math.abs(variance - 4) < 0.16, `variance ${variance}`); // 4 standard errors
  });

  test("blobs: centers must fit", () => {
    assert.throws(() => blobs({ centers: [[1, 2], [3]] }), failure("bad-argument"));
    assert.deepEqual(blobs({ classes: 4, features: 7, samples: 8 }).inputShape, [7]);
  });
});

test("unreasonable sample counts are rejected before drawing", () => {
  for (const make of Object.values(makers)) {
    assert.throws(() => make({ samples: 1e10 }), failure("limit-exceeded", { samples: 1e10, option: "samples" }));
  }
  assert.throws(() => blobs({ features: 1e9 }), failure("limit-exceeded", { features: 1e9 }));
});
