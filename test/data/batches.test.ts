import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { batches } from "../../src/data/batches.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { epochOrder } from "../../src/data/permutation.ts";
import { failure } from "./errors.ts";

const counted = (length: number) =>
  fromArrays({
    inputs: Float32Array.from({ length: 2 * length }, (_, i) => i),
    inputShape: [2],
    targets: Int32Array.from({ length }, (_, i) => i),
  });

describe("epochOrder", () => {
  test("covers every row exactly once, is reproducible from seed and epoch, and differs between them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 300 }), fc.nat(), fc.nat({ max: 1000 }), (length, seed, epoch) => {
        const order = epochOrder(length, seed, epoch);
        assert.deepEqual(
          [...order].sort((a, b) => a - b),
          Array.from({ length }, (_, i) => i),
        );
        assert.deepEqual(epochOrder(length, seed, epoch), order);
        assert.notDeepEqual(epochOrder(length, seed, epoch + 1), order);
        assert.notDeepEqual(epochOrder(length, seed + 1, epoch), order);
      }),
      { numRuns: 40 },
    );
  });

  test("is uniform: each of the six orders of three is equally frequent", () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = epochOrder(3, 11, epoch).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    // chi-square with 5 degrees of freedom: 20.5 is exceeded once in a thousand; the seed is fixed
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    assert.ok(chiSquare < 20.5, `chi-square ${chiSquare}`);
  });
});

describe("batches", () => {
  test("yields every row once with its own inputs, with the last batch at its actual size", () => {
    const seen: number[] = [];
    const sizes: number[] = [];
    for (const batch of batches(counted(23), { batchSize: 5, shuffle: true, seed: 2 })) {
      sizes.push(batch.size);
      assert.equal(batch.inputs.length, batch.size * 2);
      assert.equal(batch.index, sizes.length - 1);
      batch.targets.forEach((target, i) => {
        assert.equal(target, batch.rows[i]);
        assert.deepEqual([...batch.inputs.subarray(2 * i, 2 * i + 2)], [2 * target, 2 * target + 1]);
        seen.push(target);
      });
    }
    assert.deepEqual(sizes, [5, 5, 5, 5, 3]);
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      Array.from({ length: 23 }, (_, i) => i),
    );
  });

  test("without shuffle the order is the dataset's", () => {
    const seen = [...batches(counted(7), { batchSize: 3 })].length;
    assert.equal(seen, 3);
    const rows: number[] = [];
    for (const batch of batches(counted(7), { batchSize: 3 })) rows.push(...batch.rows);
    assert.deepEqual(rows, [0, 1, 2, 3, 4, 5, 6]);
  });

  test("epochs differ, are reproducible from the seed, and reuse one set of buffers", () => {
    const epochs = batches(counted(40), { batchSize: 8, shuffle: true, seed: 5 });
    const buffers = new Set<ArrayBufferLike>();
    const rowsOf = (epoch: number) => {
      const rows: number[] = [];
      for (const batch of epochs.atEpoch(epoch)) {
        buffers.add(batch.inputs.buffer);
        rows.push(...batch.rows);
      }
      return rows;
    };
    const first = rowsOf(0);
    const second = rowsOf(1);
    assert.notDeepEqual(first, second);
    assert.deepEqual(rowsOf(0), first);
    assert.deepEqual(rowsOf(1), second);
    assert.equal(buffers.size, 1);
    assert.deepEqual(first, [...epochOrder(40, 5, 0)]);
  });

  test("length counts the batches; dropLast drops a batch that is not full", () => {
    assert.equal(batches(counted(10), { batchSize: 4 }).length, 3);
    const dropped = batches(counted(10), { batchSize: 4, dropLast: true });
    assert.equal(dropped.length, 2);
    let size = 0;
    for (const batch of dropped) size += batch.size;
    assert.equal(size, 8);
    assert.equal(batches(counted(8), { batchSize: 4, dropLast: true }).length, 2);
  });

  test("a batch larger than the set is the set", () => {
    for (const batch of batches(counted(3), { batchSize: 100 })) assert.equal(batch.size, 3);
    assert.equal(batches(counted(3), { batchSize: 100 }).length, 1);
  });

  test("bad sizes are rejected", () => {
    for (const batchSize of [0, -1, 2.5, Number.NaN])
      assert.throws(() => batches(counted(3), { batchSize }), failure("bad-argument"));
    assert.throws(() => batches(counted(3), { batchSize: 4, dropLast: true }), failure("bad-argument"));
    assert.throws(() => batches(counted(3), { batchSize: 2, seed: -1 }), failure("bad-argument"));
  });

  test("values are float32, in whole rows", () => {
    const dataset = fromArrays({
      inputs: [1, 2, 3],
      targets: [
        [0.5, 1],
        [1.5, 2],
        [2.5, 3],
      ],
    });
    const [batch] = batches(dataset, { batchSize: 3 });
    assert.deepEqual(batch?.targets, Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3));
  });
});
