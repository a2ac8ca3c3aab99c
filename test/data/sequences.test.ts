import assert from "node:assert/strict";
import { test } from "node:test";
import { adding } from "../../src/data/synthetic/adding.ts";
import { partedSamples } from "../../src/data/synthetic/parted.ts";
import { sine } from "../../src/data/synthetic/sine.ts";
import { spirals } from "../../src/data/synthetic/spirals.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { failure } from "./errors.ts";

for (const [name, make] of Object.entries({ adding, sine })) {
  test(`${name}: seeded, of the requested size`, () => {
    const dataset = make({ samples: 30, length: 12, seed: 4 });
    assert.equal(dataset.name, name);
    assert.equal(dataset.length, 30);
    assert.equal(dataset.inputShape[0], 12);
    assert.deepEqual(dataset.targetShape, [1]);
    assert.deepEqual(make({ samples: 30, length: 12, seed: 4 }).toArrays(), dataset.toArrays());
    assert.notDeepEqual(make({ samples: 30, length: 12, seed: 5 }).toArrays(), dataset.toArrays());
    assert.throws(() => make({ length: 0 }), failure("bad-argument"));
    assert.throws(() => make({ noise: -1 }), failure("bad-argument"));
    assert.throws(() => make({ samples: 1e6, length: 1000 }), failure("limit-exceeded"));
  });
}

test("adding: one number of each half is marked, and the target is their sum", () => {
  for (const length of [2, 3, 50]) {
    const { inputs, targets } = adding({ samples: 40, length, seed: 1 }).toArrays();
    for (let row = 0; row < 40; row++) {
      const at = (step: number, feature: number) => inputs.data[(row * length + step) * 2 + feature] as number;
      const steps = Array.from({ length }, (_, step) => step);
      const marked = steps.filter((step) => at(step, 1) === 1);
      assert.equal(marked.length, 2);
      assert.ok((marked[0] as number) < Math.floor(length / 2) && (marked[1] as number) >= Math.floor(length / 2));
      const sum = marked.reduce((total, step) => total + at(step, 0), 0);
      assert.equal(targets.data[row], Math.fround(sum));
    }
  }
});

test("adding: a constant guess of 1 has a squared error of 1/6", () => {
  const targets = Array.from(adding({ samples: 5000 }).toTargets());
  const error = targets.reduce((sum, value) => sum + (value - 1) ** 2, 0) / targets.length;
  assert.ok(Math.abs(error - 1 / 6) < 0.01, `${error}`);
});

test("sine: the target continues the wave", () => {
  const { inputs, targets } = sine({ samples: 20, length: 12, seed: 3 }).toArrays();
  for (let row = 0; row < 20; row++) {
    const [before, last] = [inputs.data[row * 12 + 10] as number, inputs.data[row * 12 + 11] as number];
    const first = [
      inputs.data[row * 12] as number,
      inputs.data[row * 12 + 1] as number,
      inputs.data[row * 12 + 2] as number,
    ];
    // sin(x + h) + sin(x - h) = 2 cos(h) sin(x)
    if (Math.abs(first[1] as number) < 0.2) continue;
    const twice = ((first[0] as number) + (first[2] as number)) / (first[1] as number);
    assert.ok(Math.abs((targets.data[row] as number) - (twice * last - before)) < 1e-4);
  }
});

test("parts are those that an experiment file gets", async () => {
  const parts = partedSamples(spirals, { samples: 50, testSamples: 20, seed: 3, noise: 0.1 });
  const { train, test: held } = await loadDataset({
    name: "spirals",
    samples: 50,
    testSamples: 20,
    seed: 3,
    noise: 0.1,
  });
  assert.deepEqual(parts.train.toArrays(), train.toArrays());
  assert.deepEqual(parts.test.toArrays(), held?.toArrays());
  const sequences = partedSamples(adding, { samples: 10, testSamples: 5, length: 8 });
  const loaded = await loadDataset({ name: "adding", samples: 10, testSamples: 5, length: 8 });
  assert.deepEqual(sequences.train.toArrays(), loaded.train.toArrays());
});
