import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkExperiment, readExperiment } from "../../src/cli/experiment.ts";
import { experimentSchema } from "../../src/cli/experiment-schema.ts";
import { cnn32x64 } from "../../src/models/cnn.ts";
import { resnet } from "../../src/models/resnet.ts";
import { rowLstm } from "../../src/models/row-lstm.ts";
import { transformer } from "../../src/models/transformer.ts";
import { readCase } from "../faulty/case.ts";
import { loadTraining } from "../faulty/load.ts";
import { runCli } from "./run-cli.ts";
import { errorsOf, type WholeSchema } from "./schema-validator.ts";

const schema = experimentSchema() as WholeSchema;
const errors = (value: unknown): readonly string[] => errorsOf(value, schema, schema);

const examples = readdirSync("examples", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .map((name) => join("examples", name));

const VALID = {
  data: { name: "spirals", turns: 2 },
  model: { layers: ["relu", { type: "linear", units: 2 }] },
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.01 },
};

describe("what loads fits the schema", () => {
  test("there are examples", () => assert.ok(examples.length >= 10));
  for (const file of examples) {
    test(file, async () => {
      const given = await readExperiment(file);
      checkExperiment(file, given);
      assert.deepEqual(errors(given), []);
    });
  }

  const folder = "test/faulty/cases";
  const cases = readdirSync(folder).filter((each) => each.endsWith(".json"));
  // those on MNIST read 60,000 pictures each
  for (const name of cases.filter((each) => readCase(join(folder, each)).data.kind === "csv")) {
    test(`${folder}/${name} as an experiment`, async () => {
      const { settings } = await loadTraining(readCase(join(folder, name)));
      assert.deepEqual(errors({ data: "xor", ...settings }), []);
    });
  }

  test("whole networks", () => {
    const networks = { cnn32x64: cnn32x64(), resnet: resnet(), rowLstm: rowLstm() };
    for (const [name, model] of Object.entries(networks)) assert.deepEqual(errors({ ...VALID, model }), [], name);
    assert.deepEqual(errors({ ...VALID, model: transformer({ vocabulary: 5, length: 4 }) }), []);
  });

  test("schedules of a run, with and without a length", () => {
    for (const schedule of ["cosine", { type: "cosine" }, { type: "warmup", length: 5, after: "linear" }])
      assert.deepEqual(errors({ ...VALID, schedule }), []);
    assert.notDeepEqual(errors({ ...VALID, schedule: { type: "step" } }), []);
  });
});

test("names, kinds and ranges that are wrong do not fit", () => {
  assert.deepEqual(errors(VALID), []);
  const { data, ...withoutData } = VALID;
  const wrong: readonly object[] = [
    withoutData,
    { ...VALID, zebraCrossing: 1 },
    { ...VALID, epochs: 0 },
    { ...VALID, epochs: 1.5 },
    { ...VALID, data: "spiral" },
    { ...VALID, data: { name: "spirals", zebraCrossing: 1 } },
    { ...VALID, data: { ...data, turns: "two" } },
    { ...VALID, loss: "crossEntropy" },
    { ...VALID, optimizer: "adamm" },
    { ...VALID, optimizer: { type: "sgd", beta1: 0.9 } },
    { ...VALID, optimizer: { type: "adam", learningRate: -1 } },
    { ...VALID, clip: { type: "globalNorm" } },
    { ...VALID, regularizer: { layers: { "0": { l3: 1 } } } },
    { ...VALID, earlyStopping: { patience: 0 } },
    { ...VALID, metrics: ["top0"] },
    { ...VALID, augment: ["flop"] },
    { ...VALID, pca: { components: 3, whitening: true } },
    { ...VALID, model: { layers: [] } },
    // a layer without its units, an unknown field, a layer inside another
    { ...VALID, model: { layers: ["linear"] } },
    { ...VALID, model: { layers: [{ type: "linear", units: 2, zebraCrossing: 1 }] } },
    { ...VALID, model: { layers: [{ type: "skip", layers: [{ type: "linear", unit: 2 }] }] } },
    { ...VALID, model: { layers: [{ type: "linear", units: 2, init: "heNormall" }] } },
  ];
  for (const each of wrong) assert.notDeepEqual(errors(each), [], JSON.stringify(each));
});

test("an experiment may name its schema, which changes nothing", () => {
  const named = { $schema: "./experiment.schema.json", ...VALID };
  assert.deepEqual(errors(named), []);
  assert.deepEqual(checkExperiment("e.json", named), VALID);
});

test("the schema is whole: plain JSON, every reference defined, every definition used", () => {
  const text = JSON.stringify(schema);
  assert.deepEqual(JSON.parse(text), schema);
  const used = [...text.matchAll(/"#\/\$defs\/(\w+)"/g)].map(([, name]) => name as string);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(schema.$defs).sort());
});

test("gradus schema prints it", async () => {
  const { status, out } = await runCli(["schema"]);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(out), schema);
  assert.equal((await runCli(["schema", "--json"])).out, `${JSON.stringify(schema)}\n`);
});
