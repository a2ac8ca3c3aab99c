import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { GradusError } from "../src/core/errors.ts";
import * as gradus from "./support/everything.ts";

// Calls as people type them without a type checker: each is refused by a GradusError that says what was expected and what came.

const model = gradus.sequential([gradus.linear(2)], { inputShape: [2] });
const state = model.initialize(0);
const data = gradus.xor({ samples: 8 });
const options = { data, loss: "softmaxCrossEntropy", optimizer: "adam", epochs: 1 };
const given = (changes: object): never => ({ ...options, ...changes }) as never;
const no = undefined as never;
const file = join(tmpdir(), "never-written.gradus");

/** What is called, and the words that its message must have. */
const CALLS: Readonly<Record<string, readonly [() => unknown, RegExp]>> = {
  // models
  "sequential without options": [() => gradus.sequential([gradus.linear(2)], no), /inputShape must be .*got nothing/],
  "createModel of nothing": [() => gradus.createModel(no), /expected an object of options, got nothing/],
  "createModel of layers alone": [() => gradus.createModel([gradus.linear(2)] as never), /got \[/],
  "layers: undefined": [() => gradus.createModel({ inputShape: [2], layers: no }), /layers must be .*got nothing/],
  "layers: a text": [
    () => gradus.createModel({ inputShape: [2], layers: "relu" as never }),
    /layers must be .*got "relu"/,
  ],
  "inputShape: a number": [() => gradus.sequential(["relu"], { inputShape: 2 as never }), /inputShape must be .*got 2/],
  "a layer that is a function": [
    () => gradus.sequential([gradus.relu as never], { inputShape: [2] }),
    /got .*function/,
  ],
  "leakyRelu(0.1)": [() => gradus.leakyRelu(0.1 as never), /leakyRelu: expected an object of options, got 0.1/],
  'linear(2, "relu")': [() => gradus.linear(2, "relu" as never), /linear: expected an object of options, got "relu"/],
  // training
  "fit(model)": [() => gradus.fit(model, no), /data must be .*got nothing/],
  "fit without a model": [() => gradus.fit(no, given({})), /expected a model, got nothing/],
  "fit with a configuration": [() => gradus.fit(model.config as never, given({})), /createModel\(config\)/],
  "fit(…, null)": [() => gradus.fit(model, null as never), /data must be|expected an object/],
  "loss: a function": [
    () => gradus.fit(model, given({ loss: () => 0 })),
    /loss must be the name of a loss.*got .*function/,
  ],
  "optimizer: adam": [
    () => gradus.fit(model, given({ optimizer: gradus.adam })),
    /optimizer must be .*the function adam/,
  ],
  "data: a promise": [() => gradus.fit(model, given({ data: Promise.resolve(data) })), /data must be .*await it first/],
  "data: rows": [() => gradus.fit(model, given({ data: [[0, 1]] })), /data must be a data ?set/],
  "data: { x, y }": [
    () => gradus.fit(model, given({ data: { inputs: [], targets: [] } })),
    /there is no field "inputs"/,
  ],
  "data: { train: rows }": [() => gradus.fit(model, given({ data: { train: [[0, 1]] } })), /train must be a dataset/],
  'epochs: "3"': [() => gradus.fit(model, given({ epochs: "3" })), /epochs must be an integer of at least 1, got "3"/],
  "epochs: 0.5": [() => gradus.fit(model, given({ epochs: 0.5 })), /epochs .*0.5/],
  "batchSize: 0": [() => gradus.fit(model, given({ batchSize: 0 })), /batchSize .*got 0/],
  "seed: -1": [() => gradus.fit(model, given({ seed: -1 })), /seed .*got -1/],
  'shuffle: "yes"': [() => gradus.fit(model, given({ shuffle: "yes" })), /shuffle must be true or false, got "yes"/],
  "threads: 0": [() => gradus.fit(model, given({ threads: 0 })), /threads .*got 0/],
  "threads: 0 to openBackend": [() => gradus.openBackend({ threads: 0 }), /threads .*got 0/],
  'threads: "2"': [() => gradus.openBackend({ threads: "2" as never }), /threads .*got "2"/],
  'metrics: "accuracy"': [
    () => gradus.fit(model, given({ metrics: "accuracy" })),
    /metrics must be a list.*got "accuracy"/,
  ],
  'augment: "flip"': [() => gradus.fit(model, given({ augment: "flip" })), /augment must be a list.*got "flip"/],
  "callbacks: a function": [() => gradus.fit(model, given({ callbacks: () => 0 })), /callbacks must be a list/],
  "callbacks of Keras": [
    () => gradus.fit(model, given({ callbacks: [{ onEpochEnd: () => 0 }] })),
    /there is no field "onEpochEnd"/,
  ],
  "callbacks: [{ epochEnded: 1 }]": [
    () => gradus.fit(model, given({ callbacks: [{ epochEnded: 1 }] })),
    /epochEnded must be a function/,
  ],
  "earlyStopping: true": [() => gradus.fit(model, given({ earlyStopping: true })), /earlyStopping must be .*got true/],
  "regularizer: { L2 }": [() => gradus.fit(model, given({ regularizer: { L2: 1 } })), /Did you mean "l2"/],
  "regularizer: 0.1": [() => gradus.fit(model, given({ regularizer: 0.1 })), /regularizer must be .*got 0.1/],
  "clip: 1": [() => gradus.fit(model, given({ clip: 1 })), /clip must be .*got 1/],
  "schedule: a function": [() => gradus.fit(model, given({ schedule: () => 0.1 })), /schedule must be .*function/],
  "gradientNorms: { each: 3 }": [
    () => gradus.fit(model, given({ gradientNorms: { each: 3 } })),
    /there is no field "each"/,
  ],
  "initialState: {}": [() => gradus.fit(model, given({ initialState: {} })), /expected a state/],
  'doctor: "yes"': [() => gradus.fit(model, given({ doctor: "yes" })), /doctor must be true or false/],
  // after training
  "evaluate without a state": [
    () => gradus.evaluate(model, no, data, { loss: "mse" }),
    /expected a state .*got nothing/,
  ],
  "evaluate of rows": [() => gradus.evaluate(model, state, [[0, 1]] as never, { loss: "mse" }), /expected a dataset/],
  "evaluate without options": [() => gradus.evaluate(model, state, data, no), /loss must be .*got nothing/],
  "predict(model)": [() => gradus.predict(model, no, data), /expected a state .*got nothing/],
  "predict of a result": [() => gradus.predict(model, { state } as never, data), /expected a state/],
  "predict with options of another kind": [() => gradus.predict(model, state, data, 500 as never), /got 500/],
  "saveModel without a model": [() => gradus.saveModel(file, { state } as never), /model must be .*got nothing/],
  "saveModel without a file": [() => gradus.saveModel(no, { model, state, about: null }), /path of a file/],
  "saveModel of other leaves": [
    () =>
      gradus.saveModel(file, {
        model,
        state: { parameters: { "0": { weight: 5 } }, buffers: {} },
        about: null,
      } as never),
    /parameters.0.weight: expected a host array.*got 5/,
  ],
  // data
  "batches without options": [() => gradus.batches(data, no), /batchSize must be .*got nothing/],
  "batches(data, 32)": [() => gradus.batches(data, 32 as never), /expected an object of options, got 32/],
  "split(0.2)": [() => data.split(0.2 as never), /expected an object of options, got 0.2/],
  "split({ validation: true })": [() => data.split({ validation: true as never }), /validation must be .*got true/],
  "fromArrays(rows, targets)": [() => gradus.fromArrays([[0, 1]] as never), /expected an object of options/],
  "fromArrays without targets": [() => gradus.fromArrays({ inputs: [[0]] } as never), /targets must be .*got nothing/],
  "fromArrays of a text": [
    () => gradus.fromArrays({ inputs: "a.csv" as never, targets: [1] }),
    /inputs must be .*"a.csv"/,
  ],
  "spirals(500)": [() => gradus.spirals(500 as never), /expected an object of options, got 500/],
  'spirals({ samples: "500" })': [() => gradus.spirals({ samples: "500" as never }), /samples must be .*got "500"/],
  "padSequences of a text": [() => gradus.padSequences("abc" as never), /expected a list of sequences, got "abc"/],
  "encodeText(text)": [() => gradus.encodeText("abc" as never, no), /expected a vocabulary/],
  "encodeText of a number": [() => gradus.encodeText(gradus.vocabularyOf("a"), 5 as never), /expected a string, got 5/],
  "vocabularyOf(5)": [() => gradus.vocabularyOf(5 as never), /expected a string or several, got 5/],
  "loadCsv(file)": [() => gradus.loadCsv("a.csv" as never), /expected an object of options, got "a.csv"/],
  "readCsv without a file": [() => gradus.readCsv(no), /not a path/],
  "fitStandardize(rows)": [() => gradus.fitStandardize([[1, 2]] as never), /expected a dataset/],
  "imageFolder()": [() => gradus.imageFolder(no), /path of a folder, got nothing/],
  // bytes
  "decodeNpy of a text": [() => gradus.decodeNpy("x" as never), /expected bytes, a Uint8Array, got "x"/],
  "decodeIdx()": [() => gradus.decodeIdx(no), /expected bytes, a Uint8Array, got nothing/],
  "decodeSafetensors of an ArrayBuffer": [
    () => gradus.decodeSafetensors(new ArrayBuffer(9) as never),
    /got an object of the class ArrayBuffer.*new Uint8Array\(buffer\)/,
  ],
  "decodeCheckpoint of a list": [() => gradus.decodeCheckpoint([1, 2] as never), /expected bytes/],
  "decodeModel()": [() => gradus.decodeModel(no), /model: expected bytes/],
  "encodeCheckpoint()": [() => gradus.encodeCheckpoint(no), /expected a checkpoint .*got nothing/],
  "encodeSafetensors of a number": [() => gradus.encodeSafetensors(5 as never), /expected arrays by name.*got 5/],
  "encodeSafetensors of a text": [() => gradus.encodeSafetensors("ab" as never), /expected arrays by name/],
  "parseCsv of bytes": [() => gradus.parseCsv(new Uint8Array(3) as never), /expected text, a string/],
  // tensors and the doctor
  "compile without options": [
    () => gradus.compile(() => ({ outputs: {}, state: {} }), no),
    /state must be .*got nothing/,
  ],
  "compile of no function": [() => gradus.compile(5 as never, { state: {} }), /expected a step .*got 5/],
  "progress()": [() => gradus.progress(no), /expected a stream/],
  "examine without data": [() => gradus.examine(model, no, given({})), /got nothing/],
  "renderHtml of a promise": [() => gradus.renderHtml(Promise.resolve({}) as never), /await it first/],
};

for (const [what, [call, says]] of Object.entries(CALLS)) {
  test(what, async () => {
    await assert.rejects(
      async () => call(),
      (error) => {
        assert.ok(error instanceof GradusError, String(error));
        assert.ok(["bad-argument", "unknown-field"].includes(error.code), error.code);
        assert.match(error.message, says);
        return true;
      },
    );
  });
}

test("a model is saved from host arrays as from tensors", async () => {
  const parameters: Record<string, Record<string, unknown>> = {};
  for (const [layer, branch] of Object.entries(state.parameters)) {
    parameters[layer] = {};
    for (const [name, leaf] of Object.entries(branch)) parameters[layer][name] = await (leaf as gradus.Tensor).array();
  }
  const path = join(tmpdir(), `gradus-host-arrays-${process.pid}.gradus`);
  try {
    await gradus.saveModel(path, { model, state: { parameters, buffers: {} } as never });
    const loaded = gradus.loadModel(path);
    assert.equal(loaded.about, null);
    const x = { shape: [1, 2], dtype: "float32", data: new Float32Array([1, -2]) } as const;
    const before = await gradus.predict(model, state, x);
    assert.deepEqual((await gradus.predict(loaded.model, loaded.state, x)).mean.data, before.mean.data);
  } finally {
    rmSync(path, { force: true });
  }
});
