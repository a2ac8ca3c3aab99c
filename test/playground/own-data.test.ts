import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { curvesCsv } from "../../apps/playground/src/export/csv.ts";
import { readOwnCsv } from "../../apps/playground/src/lab/own-csv.ts";
import { classOf, readOwnPictures } from "../../apps/playground/src/lab/own-pictures.ts";
import { throwsCode } from "./throws-code.ts";

const textFile = (text: string, name = "own.csv") => ({ name, size: text.length, text: async () => text });
const rows = (count: number, row: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => row(i)).join("\n");

describe("the user's own CSV file", () => {
  test("text in the last column is classes", async () => {
    const { samples, columns, target } = await readOwnCsv(
      textFile(`x,y,kind\n${rows(12, (i) => `${i},${i * i},${i % 2 ? "cat" : "dog"}`)}`),
    );
    assert.deepEqual(columns, ["x", "y", "kind"]);
    assert.equal(target, "kind");
    assert.deepEqual(samples.classNames, ["cat", "dog"]);
    assert.deepEqual(samples.inputShape, [2]);
    assert.deepEqual([...samples.targets].slice(0, 3), [1, 0, 1]);
    assert.deepEqual([...samples.inputs].slice(0, 4), [0, 0, 1, 1]);
  });

  test("another column can be predicted, by name or by number where there is no header", async () => {
    const named = await readOwnCsv(textFile(`x,y,z\n${rows(12, (i) => `${i / 2},${i},${i / 3}`)}`), "x");
    assert.equal(named.target, "x");
    assert.ok(named.samples.targets instanceof Float32Array);
    assert.deepEqual(named.samples.featureNames, ["y", "z"]);
    const numbered = await readOwnCsv(textFile(rows(12, (i) => `${i / 2},${i},${i / 3}`)), "0");
    assert.equal(numbered.samples.targets[1], 0.5);
  });

  test("a damaged file is refused with its place", async () => {
    const broken = textFile(`x,y,z\n${rows(12, (i) => (i === 5 ? "1,two,3.5" : `${i},${i},${i / 3}`))}`);
    const values = await throwsCode(() => readOwnCsv(broken), "bad-data");
    assert.equal(values.file, "own.csv");
    assert.equal(values.line, 7);
    await throwsCode(() => readOwnCsv(textFile("a,b\n1,2\n")), "empty-dataset");
    await throwsCode(() => readOwnCsv({ ...textFile(""), size: 2 ** 30 }), "limit-exceeded");
    await throwsCode(() => readOwnCsv(textFile("x\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n")), "bad-argument");
  });
});

type Colour = readonly [number, number, number];
const picture = (name: string, color: Colour, alpha = 255) => ({ name, size: 100, color, alpha });
const decode = async ({ color, alpha }: ReturnType<typeof picture>, edge: number) =>
  Uint8ClampedArray.from({ length: 4 * edge * edge }, (_, at) => (at % 4 === 3 ? alpha : (color[at % 4] as number)));
const many = (prefix: string, count: number, color: Colour) =>
  Array.from({ length: count }, (_, index) => picture(`${prefix}-${index}.png`, color));

describe("the user's own pictures", () => {
  test("a picture's class is its folder, or the beginning of its name", () => {
    assert.equal(classOf({ name: "cat-12.png", size: 1 }), "cat");
    assert.equal(classOf({ name: "cat 3.jpg", size: 1 }), "cat");
    assert.equal(classOf({ name: "1.png", size: 1, webkitRelativePath: "pets/dog/1.png" }), "dog");
    assert.equal(classOf({ name: "dog_1.png", size: 1, webkitRelativePath: "pets/dog_1.png" }), "dog");
  });

  test("grey pictures have one channel of 28 x 28, others three of 32 x 32", async () => {
    const grey = await readOwnPictures([...many("a", 6, [10, 10, 10]), ...many("b", 6, [200, 200, 200])], { decode });
    assert.deepEqual(grey.inputShape, [1, 28, 28]);
    assert.equal(grey.inputs.length, 12 * 28 * 28);
    assert.equal(grey.inputs[0], 10);
    assert.deepEqual(grey.classNames, ["a", "b"]);
    const colour = await readOwnPictures([...many("a", 6, [10, 20, 90]), ...many("b", 6, [200, 200, 200])], { decode });
    assert.deepEqual(colour.inputShape, [3, 32, 32]);
    assert.deepEqual(
      [0, 32 * 32, 2 * 32 * 32].map((at) => colour.inputs[at]),
      [10, 20, 90],
    );
  });

  test("what is transparent becomes white", async () => {
    const half = Array.from({ length: 6 }, (_, index) => picture(`b${index}.png`, [0, 0, 0], 0));
    const { inputs } = await readOwnPictures([...many("a", 6, [10, 10, 10]), ...half], { decode });
    assert.equal(inputs.at(-1), 255);
  });

  test("a broken file is refused by its name; so are too few, too many, and one class", async () => {
    const files = [...many("a", 6, [1, 1, 1]), ...many("b", 6, [2, 2, 2])];
    const failing = async (file: ReturnType<typeof picture>, edge: number) => {
      if (file.name === "b-3.png") throw new Error("no picture");
      return decode(file, edge);
    };
    const values = await throwsCode(() => readOwnPictures(files, { decode: failing }), "bad-data");
    assert.equal(values.file, "b-3.png");
    await throwsCode(() => readOwnPictures(files.slice(0, 5), { decode }), "empty-dataset");
    await throwsCode(() => readOwnPictures(many("a", 2001, [1, 1, 1]), { decode }), "limit-exceeded");
    await throwsCode(() => readOwnPictures(many("a", 12, [1, 1, 1]), { decode }), "bad-data");
    await throwsCode(() => readOwnPictures(files, { decode, signal: AbortSignal.abort() }), "interrupted");
  });
});

test("curves as CSV: one row per point, epochs in the row of their last step", () => {
  const epoch = { epoch: 1, step: 2, trainLoss: 0.5, validationLoss: 0.75, validationAccuracy: 0.5 };
  const text = curvesCsv([
    { name: "A", lossSteps: [1, 2], losses: [1, Number.NaN], epochs: [epoch] },
    { name: "B", lossSteps: [3], losses: [0.25], epochs: [] },
  ]);
  assert.equal(
    text,
    [
      "network,step,epoch,batchLoss,trainLoss,validationLoss,trainAccuracy,validationAccuracy",
      "A,1,,1,,,,",
      "A,2,1,NaN,0.5,0.75,,0.5",
      "B,3,,0.25,,,,",
      "",
    ].join("\r\n"),
  );
});
