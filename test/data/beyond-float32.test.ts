import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type ArrayInput, fromArrays } from "../../src/data/from-arrays.ts";
import { padSequences } from "../../src/data/pad-sequences.ts";
import { loadNpy } from "../../src/datasets/from-files.ts";
import { readNpy, writeNpy } from "../../src/files/files.ts";
import { decodeNpy, encodeNpy } from "../../src/io/npy.ts";
import { scratchFolder } from "../io/scratch.ts";
import { failure } from "./errors.ts";

const folder = scratchFolder();

test("numbers beyond float32 are rejected with row and column", () => {
  for (const value of [1e39, -1e39, 1e308, Number.POSITIVE_INFINITY, Number.NaN]) {
    const forms: readonly ArrayInput[] = [
      [
        [1, 2],
        [3, value],
      ],
      { shape: [2, 2], data: Float64Array.of(1, 2, 3, value) },
    ];
    for (const inputs of forms) {
      assert.throws(() => fromArrays({ inputs, targets: [0, 1] }), failure("not-finite", { row: 1, column: 1, value }));
    }
    assert.throws(
      () => fromArrays({ inputs: [[1], [2]], targets: [0, value] }),
      failure("not-finite", { row: 1, column: 0, value }),
    );
    assert.throws(() => padSequences([[1, value]]), failure("bad-argument", { index: 0, step: 1, value }));
  }
  const most = 3.4028234663852886e38;
  assert.deepEqual([...fromArrays({ inputs: [[most], [-most]], targets: [0, 1] }).storage.inputs], [most, -most]);
});

test("also in npy files: float64, and 64-bit integers", () => {
  const [inputs, targets] = [join(folder, "inputs.npy"), join(folder, "targets.npy")];
  writeNpy(inputs, { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 1e39, 6) });
  writeNpy(targets, { shape: [2], data: Int32Array.of(0, 1) });
  assert.throws(() => loadNpy({ inputs, targets }), failure("not-finite", { row: 1, column: 1, value: 1e39 }));
  const wide = encodeNpy({ shape: [2], data: Float64Array.of(0, 0) });
  const text = Buffer.from(wide).toString("latin1").replace("<f8", "<i8");
  const bytes = Buffer.from(text, "latin1");
  bytes.writeBigInt64LE(2n ** 40n, bytes.length - 16);
  bytes.writeBigInt64LE(-1n, bytes.length - 8);
  assert.deepEqual(decodeNpy(bytes, "wide.npy").data, Float64Array.of(2 ** 40, -1));
  bytes.writeBigInt64LE(2n ** 60n + 1n, bytes.length - 8);
  assert.throws(() => decodeNpy(bytes, "wide.npy"), failure("bad-data", { where: "wide.npy", index: 1 }));
  assert.equal(readNpy(targets).shape.length, 1);
});

test("labels beyond int32 are not classes", () => {
  const targets = Uint32Array.of(0, 4_000_000_000);
  assert.throws(() => fromArrays({ inputs: [[1], [2]], targets }), failure("bad-argument"));
});

test("targets that become infinite are rejected", () => {
  const dataset = fromArrays({ inputs: [[1], [2]], targets: [1, 1e30] });
  assert.throws(() => dataset.mapTargets((value) => value * 1e10), failure("not-finite", { row: 1, column: 0 }));
});
