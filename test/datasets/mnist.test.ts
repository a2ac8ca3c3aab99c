import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { labelHistogram } from "../../src/data/labels.ts";
import { fitStandardize } from "../../src/data/scaling.ts";
import { fashionMnistSource, loadFashionMnist } from "../../src/datasets/fashion-mnist.ts";
import { loadMnist, mnistSource } from "../../src/datasets/mnist.ts";

const close = (got: number | undefined, expected: number, tolerance: number) =>
  assert.ok(got !== undefined && Math.abs(got - expected) <= tolerance, `expected ${expected}, got ${got}`);

describe("MNIST", () => {
  test("has the numbers that everybody knows", async () => {
    const { train, test } = await loadMnist();
    assert.equal(train.length, 60_000);
    assert.equal(test.length, 10_000);
    assert.deepEqual(train.inputShape, [784]);
    assert.deepEqual(
      labelHistogram(train.toTargets(), 10),
      [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    );
    assert.deepEqual(labelHistogram(test.toTargets(), 10), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    assert.deepEqual([...train.take(10).toTargets()], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const { center, divisor } = fitStandardize(train, { over: "global" });
    close(center[0], 0.1307, 0.00005);
    close(divisor[0], 0.3081, 0.00005);
  });

  test("loads in well under a second, without a second copy of the images", async () => {
    await loadMnist();
    const start = process.cpuUsage();
    const { train } = await loadMnist();
    // time in which other programs use the core does not count
    const milliseconds = process.cpuUsage(start).user / 1000;
    assert.ok(milliseconds < 2000, `${milliseconds} ms`);
    assert.ok(train.storage.inputs instanceof Uint8Array);
    assert.equal(train.storage.inputs.length, 60_000 * 784);
    assert.equal(train.storage.inputs.buffer.byteLength, 60_000 * 784 + 16, "a view of the file");
  });

  test("as images, and the first few", async () => {
    const { train, test } = await loadMnist({ layout: "image", train: 100, test: 7 });
    assert.deepEqual(train.inputShape, [1, 28, 28]);
    assert.equal(train.length, 100);
    assert.equal(test.length, 7);
    const flat = (await loadMnist({ train: 100 })).train.toArrays().inputs.data;
    assert.deepEqual(train.toArrays().inputs.data, flat);
    assert.equal(Math.max(...flat), 1);
    assert.equal(Math.min(...flat), 0);
  });

  test("the checksums of the download are those of the original files", () => {
    const folder = mnistSource.installed.folder() as string;
    for (const { name, sha256 } of Object.values(mnistSource.files)) {
      assert.equal(
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
        sha256,
        name,
      );
    }
  });
});

describe("Fashion-MNIST", () => {
  const skip =
    fashionMnistSource.installed.folder() === undefined && "the Debian package dataset-fashion-mnist is not installed";

  test("has the numbers that everybody knows", { skip }, async () => {
    const { train, test } = await loadFashionMnist();
    assert.deepEqual(labelHistogram(train.toTargets(), 10), new Array(10).fill(6000));
    assert.deepEqual(labelHistogram(test.toTargets(), 10), new Array(10).fill(1000));
    assert.equal(train.classNames?.[train.toTargets()[0] as number], "Ankle boot");
    const { center, divisor } = fitStandardize(train, { over: "global" });
    close(center[0], 0.286, 0.00005);
    close(divisor[0], 0.353, 0.00005);
  });
});
