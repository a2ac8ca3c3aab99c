import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { failure } from "./errors.ts";

const four = () =>
  fromArrays({
    inputs: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    targets: [0, 1, 1, 0],
    classes: 2,
  });

/** Row i holds (10 i, 10 i + 1), its target is i. */
const counted = (length: number) =>
  fromArrays({
    inputs: Array.from({ length }, (_, i) => [10 * i, 10 * i + 1]),
    targets: Array.from({ length }, (_, i) => i),
  });

describe("fromArrays", () => {
  test("nested rows give shapes, and labels if classes are given", () => {
    const dataset = four();
    assert.equal(dataset.length, 4);
    assert.deepEqual(dataset.inputShape, [2]);
    assert.deepEqual(dataset.targetShape, []);
    assert.equal(dataset.targetKind, "labels");
    assert.equal(dataset.classes, 2);
    const { inputs, targets } = dataset.toArrays();
    assert.deepEqual(inputs, { shape: [4, 2], dtype: "float32", data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1) });
    assert.deepEqual(targets, { shape: [4], dtype: "int32", data: Int32Array.of(0, 1, 1, 0) });
  });

  test("targetKind decides what the type does not: labels per step, or integers as values", () => {
    const inputs = [
      [0, 1],
      [1, 2],
    ];
    const steps = [
      [1, 2],
      [2, 3],
    ];
    const labelled = fromArrays({ inputs, targets: steps, targetKind: "labels" });
    assert.deepEqual([labelled.targetKind, labelled.targetShape, labelled.classes], ["labels", [2], 4]);
    assert.deepEqual(labelled.toTargets(), Int32Array.of(1, 2, 2, 3));
    assert.equal(fromArrays({ inputs, targets: steps, classes: 4 }).targetKind, "values");
    assert.equal(fromArrays({ inputs, targets: Int32Array.of(3, 4), targetKind: "values" }).targetKind, "values");
    assert.throws(
      () => fromArrays({ inputs, targets: steps, targetKind: "labels", classes: 3 }),
      failure("label-out-of-range", { row: 1, position: 1, value: 3, classes: 3 }),
    );
  });

  test("integers by type are labels, floats and plain numbers are values, nested targets are rows", () => {
    assert.equal(fromArrays({ inputs: [1, 2, 3], targets: Uint8Array.of(0, 4, 1) }).classes, 5);
    assert.equal(fromArrays({ inputs: [1, 2, 3], targets: [0, 1, 0] }).targetKind, "values");
    const rows = fromArrays({
      inputs: [1, 2],
      targets: [
        [1, 0, 0],
        [0, 0, 1],
      ],
    });
    assert.equal(rows.targetKind, "values");
    assert.deepEqual(rows.targetShape, [3]);
    assert.deepEqual(rows.inputShape, [1]);
  });

  test("float32 and bytes are not copied; bytes are scaled exactly", () => {
    const floats = Float32Array.of(1, 2);
    assert.equal(fromArrays({ inputs: floats, targets: [0, 1] }).storage.inputs, floats);
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const dataset = fromArrays({
      inputs: bytes,
      targets: new Float32Array(256),
      transform: { center: 0, divisor: 255 },
    });
    assert.equal(dataset.storage.inputs, bytes);
    assert.deepEqual(
      dataset.toArrays().inputs.data,
      Float32Array.from(bytes, (byte) => byte / 255),
    );
  });

  test("an empty set is rejected", () => {
    assert.throws(() => fromArrays({ inputs: [], targets: [] }), failure("empty-dataset"));
    assert.throws(
      () => fromArrays({ inputs: new Float32Array(0), inputShape: [3], targets: new Int32Array(0) }),
      failure("empty-dataset"),
    );
  });

  test("lengths must agree", () => {
    assert.throws(
      () => fromArrays({ inputs: [[1], [2], [3]], targets: [0, 1] }),
      failure("shape-mismatch", { inputs: 3, targets: 2 }),
    );
    assert.throws(() => fromArrays({ inputs: [1, 2, 3], targets: [0, 1] }), failure("shape-mismatch"));
    assert.throws(
      () => fromArrays({ inputs: [[1, 2], [3]], targets: [0, 1] }),
      failure("shape-mismatch", { row: 1, expected: 2, got: 1 }),
    );
  });

  test("a label out of range is reported with its row and value", () => {
    const inputs = [1, 2, 3];
    for (const bad of [3, -1, 1.5, Number.NaN]) {
      assert.throws(
        () => fromArrays({ inputs, targets: [0, 2, bad], classes: 3 }),
        failure("label-out-of-range", { row: 2, value: bad, classes: 3 }),
      );
    }
  });

  test("NaN and infinity are reported with row and column, in inputs and in values", () => {
    const inputs = [
      [1, 2],
      [3, Number.NaN],
    ];
    assert.throws(
      () => fromArrays({ inputs, targets: [0, 1], classes: 2 }),
      failure("not-finite", { row: 1, column: 1 }),
    );
    assert.throws(
      () => fromArrays({ inputs: [1, 2], targets: [0, Infinity] }),
      failure("not-finite", { row: 1, value: Infinity }),
    );
  });

  test("class names must match the classes", () => {
    assert.throws(
      () => fromArrays({ inputs: [1, 2], targets: [0, 1], classes: 2, classNames: ["one"] }),
      failure("bad-argument"),
    );
    assert.equal(fromArrays({ inputs: [1, 2], targets: [0, 1], classNames: ["cat", "dog"] }).classes, 2);
  });
});

describe("views", () => {
  test("subset by rows and by range, also of a subset", () => {
    const dataset = counted(10).subset([9, 3, 3, 0]);
    assert.deepEqual([...dataset.toTargets()], [9, 3, 3, 0]);
    assert.deepEqual([...dataset.subset({ from: 1, to: 3 }).toTargets()], [3, 3]);
    assert.deepEqual([...dataset.subset([3]).toArrays().inputs.data], [0, 1]);
    assert.throws(() => dataset.subset([4]), failure("bad-argument", { row: 4 }));
    assert.throws(() => dataset.subset({ from: 2, to: 5 }), failure("bad-argument"));
  });

  test("take gives the first, or all", () => {
    assert.deepEqual([...counted(5).take(2).toTargets()], [0, 1]);
    assert.equal(counted(5).take(50).length, 5);
    assert.throws(() => counted(5).take(0), failure("bad-argument"));
  });

  test("split puts every row in one part, is reproducible from the seed, keeps the order", () => {
    const dataset = counted(101);
    const { train, validation } = dataset.split({ validation: 0.2, seed: 3 });
    assert.equal(validation.length, 20);
    const both = [...train.toTargets(), ...validation.toTargets()];
    assert.deepEqual(
      both.toSorted((a, b) => a - b),
      [...dataset.toTargets()],
    );
    assert.deepEqual(
      [...train.toTargets()],
      [...train.toTargets()].toSorted((a, b) => a - b),
    );
    assert.deepEqual(dataset.split({ validation: 0.2, seed: 3 }).validation.toTargets(), validation.toTargets());
    assert.notDeepEqual(dataset.split({ validation: 0.2, seed: 4 }).validation.toTargets(), validation.toTargets());
    assert.equal(dataset.split({ validation: 7 }).validation.length, 7);
  });

  test("split rejects an empty part", () => {
    assert.throws(() => counted(5).split({ validation: 5 }), failure("bad-argument"));
    assert.throws(() => counted(5).split({ validation: 0 }), failure("bad-argument"));
    assert.throws(() => counted(5).split({ validation: -0.1 }), failure("bad-argument"));
    assert.throws(() => counted(5).split({ stratify: true }), failure("bad-argument"));
  });

  test("a stratified split holds out the same fraction of every class", () => {
    const targets = Int32Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const dataset = fromArrays({ inputs: new Float32Array(300), targets });
    const { train, validation } = dataset.split({ validation: 0.1, seed: 1, stratify: true });
    assert.equal(
      Array.from(validation.toTargets()).reduce((sum, label) => sum + label, 0),
      3,
    );
    assert.equal(validation.length, 30);
    assert.equal(train.length, 270);
  });

  test("samples with several labels cannot be stratified", () => {
    const steps = fromArrays({
      inputs: new Float32Array(20),
      targets: Int32Array.from({ length: 40 }, (_, i) => i % 2),
      targetShape: [2],
      targetKind: "labels",
    });
    assert.throws(() => steps.split({ validation: 0.2, stratify: true }), failure("bad-argument"));
    assert.equal(steps.split({ validation: 0.2 }).validation.length, 4);
  });

  test("shuffle keeps inputs and targets together", () => {
    const shuffled = counted(50).shuffle(1);
    const { inputs, targets } = shuffled.toArrays();
    assert.notDeepEqual([...targets.data], [...counted(50).toTargets()]);
    targets.data.forEach((target, row) => assert.equal(inputs.data[row * 2], 10 * target));
  });

  test("reshape changes a sample's shape, and rejects another size", () => {
    assert.deepEqual(counted(3).reshape([1, 2]).toArrays().inputs.shape, [3, 1, 2]);
    assert.throws(() => counted(3).reshape([3]), failure("bad-argument"));
  });

  test("transforms compose, by number and by feature", () => {
    const dataset = counted(2).transformInputs({ center: 1, divisor: 2 });
    assert.deepEqual([...dataset.toArrays().inputs.data], [-0.5, 0, 4.5, 5]);
    const twice = dataset.transformInputs({ center: Float64Array.of(0.5, 1), divisor: Float64Array.of(0.5, 4) });
    assert.deepEqual([...twice.toArrays().inputs.data], [-2, -0.25, 8, 1]);
    assert.throws(() => dataset.transformInputs({ center: 0, divisor: 0 }), failure("bad-argument"));
    assert.throws(() => dataset.transformInputs({ center: Float64Array.of(1), divisor: 1 }), failure("bad-argument"));
  });

  test("every way of copying a row gives the same numbers: short and long rows, bytes in fours and one by one", () => {
    for (const size of [1, 4, 31, 32, 100]) {
      const bytes = Uint8Array.from({ length: 3 * size + 1 }, (_, i) => (37 * i + 11) & 0xff);
      const targets = [0, 1, 2];
      const expected = (row: number) =>
        Float32Array.from({ length: size }, (_, i) => ((bytes[1 + row * size + i] as number) - 3) / 7);
      const storages = [bytes.subarray(1), bytes.slice(1), Float32Array.from(bytes.subarray(1))];
      const perFeature = { center: new Float64Array(size).fill(3), divisor: new Float64Array(size).fill(7) };
      for (const inputs of storages) {
        for (const transform of [{ center: 3, divisor: 7 }, perFeature]) {
          const dataset = fromArrays({ inputs, inputShape: [size], targets, transform });
          const into = new Float32Array(2 * size);
          dataset.readInputs([2, 1], into);
          assert.deepEqual(
            into,
            Float32Array.of(...expected(2), ...expected(1)),
            `${inputs.constructor.name}, ${size}`,
          );
        }
      }
      const plain = fromArrays({ inputs: Float32Array.from(bytes.subarray(1)), inputShape: [size], targets });
      assert.deepEqual(
        plain.subset([1]).toArrays().inputs.data,
        Float32Array.from(bytes.subarray(1 + size, 1 + 2 * size)),
      );
    }
  });

  test("a buffer that is too small is rejected", () => {
    assert.throws(
      () => counted(3).readInputs([0, 1], new Float32Array(3)),
      failure("bad-argument", { needed: 4, room: 3 }),
    );
  });
});
