import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { writeIdx, writeNpy } from "../../src/files/files.ts";
import { saveModel } from "../../src/files/model-file.ts";
import { createModel } from "../../src/nn/model.ts";
import { scratchFolder } from "../io/scratch.ts";
import { runHere } from "./in-process.ts";

const folder = scratchFolder();
const at = (name: string) => join(folder, name);
const checkpoint = at("model.safetensors");
const ROWS = [
  [0.5, 1],
  [-2, 3],
  [4, -0.25],
] as const;
const flat = Float32Array.from(ROWS.flat());
const header = "width,height";
const csv = `${header}\n${ROWS.map((row) => `${row.join(",")}\n`).join("")}`;

before(async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${i % 3 === 0 ? "cat" : "dog"}\n`,
  );
  fs.writeFileSync(at("train.csv"), `${header},kind\n${rows.join("")}`);
  const experiment = {
    data: { name: "csv", train: at("train.csv"), target: "kind" },
    model: { layers: [{ type: "linear", units: 2 }] },
    loss: "softmaxCrossEntropy",
    optimizer: "adam",
    epochs: 1,
  };
  fs.writeFileSync(at("experiment.json"), JSON.stringify(experiment));
  const run = await runHere(["train", at("experiment.json"), "--output", checkpoint]);
  assert.equal(run.status, 0, run.errors);
  fs.writeFileSync(at("in.csv"), csv);
});

const predicted = async (data: string, input?: Uint8Array | string) => {
  const run = await runHere(["predict", checkpoint, "--data", data], undefined, input);
  assert.equal(run.status, 0, run.errors);
  return run.out;
};
const spools = () => fs.readdirSync(tmpdir()).filter((name) => name.startsWith("gradus-input-"));

test("the format of the standard input is detected from its content", async () => {
  const expected = await predicted(at("in.csv"));
  assert.equal(expected.trim().split("\n").length, 4);
  writeNpy(at("in.npy"), { shape: [3, 2], data: flat });
  writeIdx(at("in.idx"), { shape: [3, 2], data: flat });
  const named = ROWS.map(([width, height]) => ({ height, width }));
  const inputs: Readonly<Record<string, Uint8Array | string>> = {
    "a table": csv,
    "a table with columns in reverse order": `height,width\n${ROWS.map(([w, h]) => `${h},${w}\n`).join("")}`,
    "a packed table": gzipSync(csv),
    npy: fs.readFileSync(at("in.npy")),
    "packed npy": gzipSync(fs.readFileSync(at("in.npy"))),
    idx: fs.readFileSync(at("in.idx")),
    "lists, line by line": ROWS.map((row) => JSON.stringify(row)).join("\n"),
    "a list of lists": JSON.stringify(ROWS, null, 2),
    "nested lists": ROWS.map(([w, h]) => `${JSON.stringify([[w], [h]])}\r\n`).join("\n"),
    "lists with a name": ROWS.map((row) => `${JSON.stringify({ inputs: row })}\n`).join(""),
    "objects, in another order": named.map((row) => `${JSON.stringify(row)}\n`).join(""),
    "a list of objects": JSON.stringify(named),
    "objects after a byte order mark": `\ufeff${named.map((row) => `${JSON.stringify(row)}\n`).join("")}`,
  };
  for (const [what, input] of Object.entries(inputs)) {
    assert.equal(await predicted("-", input), expected, what);
  }
  assert.equal(await predicted("/dev/stdin", csv), expected);
  assert.deepEqual(spools(), []);
});

test("files without a known extension are read by content, JSON lines by extension", async () => {
  const expected = await predicted(at("in.csv"));
  fs.writeFileSync(at("table"), csv);
  fs.writeFileSync(at("lines.jsonl"), ROWS.map((row) => JSON.stringify(row)).join("\n"));
  for (const name of ["table", "lines.jsonl"]) assert.equal(await predicted(at(name)), expected, name);
});

test("a named pipe", async (context) => {
  if (spawnSync("mkfifo", [at("pipe")]).status !== 0) return context.skip("no mkfifo");
  const written = fs.promises.writeFile(at("pipe"), csv);
  assert.equal(await predicted(at("pipe")), await predicted(at("in.csv")));
  await written;
});

test("errors in the standard input name it", async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["", "empty-dataset", /standard input/],
    ["[1, 2]\n[1]\n", "bad-data", /standard input: sample 2 has 1 numbers; expected 2/],
    ["[1, 2]\n[1, null]\n", "bad-data", /sample 2 is not a list of finite numbers/],
    ["[1, 1e39]\n[1, 2]\n", "bad-data", /sample 1 is not a list of finite numbers/],
    ['{"width": 1, "height": 2}\n{"width": 1}\n', "bad-data", /sample 2 has the names width; expected width, height/],
    ['{"width": 1, "height": 2}\n[1, 2]\n', "bad-data", /sample 2 is neither/],
    ['{"width": 1, "height": {}}\n', "bad-data", /sample 1 holds \{\} under height/],
    ['{"width": 1, "height": 2\n', "bad-data", /sample 1 is not JSON/],
    ['{"width": 1, "depth": 2}\n', "shape-mismatch", /height/],
    ["[]", "empty-dataset", /no samples/],
  ];
  for (const [input, code, pattern] of cases) {
    const run = await runHere(["predict", checkpoint, "--data", "-", "--json"], undefined, input);
    assert.equal(run.status, 2, `${input}: ${run.errors}`);
    const { error } = run.json().at(-1) as { readonly error: { readonly code: string; readonly message: string } };
    assert.equal(error.code, code, `${input}: ${error.message}`);
    assert.match(error.message, pattern);
    assert.ok(!error.message.includes(tmpdir()), error.message);
  }
  assert.deepEqual(spools(), []);
  const none = await runHere(["predict", checkpoint, "--data", at("nowhere")]);
  assert.equal(none.status, 2);
  assert.match(none.errors, /- for the standard input/);
});

test("inputs are compared with the input of the network before memory is allocated", async () => {
  const [huge, wide] = [at("huge.safetensors"), at("wide.safetensors")];
  for (const [path, inputShape] of [
    [huge, [500_000_000, 4]],
    [wide, [1, 30_000, 30_000]],
  ] as const) {
    const model = createModel({ inputShape, layers: ["relu"] });
    await saveModel(path, { model, state: model.initialize(0) });
  }
  fs.writeFileSync(at("long.jsonl"), `[${"1,".repeat(99_999)}1]\n${"[]\n".repeat(100_000)}`);
  const sized = at("sized.safetensors");
  const model = createModel({ inputShape: [100_000], layers: ["relu"] });
  await saveModel(sized, { model, state: model.initialize(0) });
  const cases = [
    [huge, at("in.csv"), "shape-mismatch", /features, expected 2000000000/],
    [huge, at("lines.jsonl"), "bad-data", /sample 1 has 2 numbers; expected 2000000000/],
    // 10^5 samples that should have 10^5 numbers each
    [sized, at("long.jsonl"), "bad-data", /sample 2 has 0 numbers; expected 100000/],
    [wide, at("picture.png"), "limit-exceeded", /900000000 pixels.*GRADUS_MAX_PIXELS/],
  ] as const;
  for (const [path, data, code, pattern] of cases) {
    const run = await runHere(["predict", path, "--data", data, "--json"]);
    const { error } = run.json().at(-1) as { readonly error: { readonly code: string; readonly message: string } };
    assert.equal(error.code, code, error.message);
    assert.match(error.message, pattern);
  }
});
