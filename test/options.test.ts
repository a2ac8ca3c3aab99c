import assert from "node:assert/strict";
import { test } from "node:test";
import { GradusError } from "../src/core/errors.ts";
import { LAYERS } from "../src/nn/layers.ts";
import * as gradus from "./support/everything.ts";

// Every public function that takes an object of options refuses one that it does not know, and what is no object of options at all. The
// tables name every function of the public surface: a new one must be put into one of them.

/** How to call a function with options; a promise is awaited. */
type Call = (...given: never[]) => unknown;

/** The functions by name. */
const surface = { ...gradus } as unknown as Readonly<Record<string, Call>>;

const model = gradus.sequential([gradus.linear(2)], { inputShape: [2] });
const state = model.initialize(0);
const data = gradus.xor({ samples: 8 });
const x = gradus.tensor([[1, 2]]);
const training = { settings: {}, data: {} } as never;
const diagnosis = { findings: [] } as never;
const vocabulary = gradus.vocabularyOf("abc");

interface Taker {
  readonly call: Call;
  /** options that would do */
  readonly valid?: object;
  /** it may be called without options */
  readonly optional?: true;
}

const fitOptions = { data, loss: "softmaxCrossEntropy", optimizer: "adam" };
const { data: _data, ...examineOptions } = fitOptions;
const files = { inputs: "x.npy", targets: "y.npy" };

const optimizers = [
  "adadelta",
  "adafactor",
  "adagrad",
  "adam",
  "adamax",
  "adamw",
  "ftrl",
  "lamb",
  "lion",
  "nadam",
] as const;
const moreOptimizers = ["radam", "rmsprop", "sgd", "adaptiveClip"] as const;
const readers = ["readCheckpoint", "readCsv", "readIdx", "readNpy", "readSafetensors"] as const;
const synthetic = ["adding", "blobs", "circles", "moons", "sine", "spirals", "xor"] as const;
const networks = ["cnn32x64", "resnet", "rowLstm", "vgg"] as const;

const TAKERS: Readonly<Record<string, Taker>> = {
  // training
  fit: { call: (o) => gradus.fit(model, o), valid: fitOptions },
  trainingEvents: { call: (o) => gradus.trainingEvents(model, o).next(), valid: fitOptions },
  evaluate: { call: (o) => gradus.evaluate(model, state, data, o), valid: { loss: "softmaxCrossEntropy" } },
  predict: { call: (o) => gradus.predict(model, state, data, o), optional: true },
  createPredictor: { call: (o) => gradus.createPredictor(model, state, o), optional: true },
  progress: { call: (o) => gradus.progress({ write: () => true }, o), optional: true },
  saveModel: { call: (o) => gradus.saveModel("never-written.gradus", o), valid: { model, state } },
  encodeModel: { call: (o) => gradus.encodeModel(o), valid: { model, state } },
  openBackend: { call: gradus.openBackend, optional: true },
  compile: {
    call: async (o) => gradus.compile((s: object) => ({ outputs: {}, state: s as never }), o),
    valid: { state: {} },
  },
  checkGradients: { call: (o) => gradus.checkGradients((t) => t as never, [], o), optional: true },
  // the doctor
  examine: { call: (o) => gradus.examine(model, data, o), valid: examineOptions },
  examineTraining: { call: (o) => gradus.examineTraining(training, o), optional: true },
  rangeTest: { call: (o) => gradus.rangeTest(training, o), valid: { low: 1e-4, high: 1 } },
  takeCensus: { call: (o) => gradus.takeCensus(training, model, state, o), valid: { step: 0, backend: {} } },
  connect: { call: (o) => gradus.connect({} as never, o), optional: true },
  renderHtml: { call: (o) => gradus.renderHtml(diagnosis, o), optional: true },
  renderTerminal: { call: (o) => gradus.renderTerminal(diagnosis, o), optional: true },
  diagnosisJson: { call: (o) => gradus.diagnosisJson(diagnosis, o), optional: true },
  formatChanges: { call: (o) => gradus.formatChanges([], o), optional: true },
  // models
  createModel: { call: gradus.createModel, valid: { inputShape: [2], layers: ["relu"] } },
  sequential: { call: (o) => gradus.sequential(["relu"], o), valid: { inputShape: [2] } },
  transformerBlock: { call: gradus.transformerBlock, valid: { units: 4, heads: 2 } },
  charGru: { call: gradus.charGru, valid: { vocabulary: 3, length: 2 } },
  transformer: { call: gradus.transformer, valid: { vocabulary: 3, length: 2 } },
  ...Object.fromEntries(networks.map((name) => [name, { call: surface[name], optional: true } as Taker])),
  computeLoss: { call: (o) => gradus.computeLoss(o, x, x), valid: { type: "mse" } },
  lossPerSample: { call: (o) => gradus.lossPerSample(o, x, x), valid: { type: "mse" } },
  penalty: { call: (o) => gradus.penalty({}, o), valid: {} },
  // optimisers, clips, schedules
  ...Object.fromEntries(
    [...optimizers, ...moreOptimizers].map((name) => [name, { call: surface[name], optional: true } as Taker]),
  ),
  clipByGlobalNorm: { call: gradus.clipByGlobalNorm, valid: { maxNorm: 1 } },
  clipByNorm: { call: gradus.clipByNorm, valid: { maxNorm: 1 } },
  clipByValue: { call: gradus.clipByValue, valid: { value: 1 } },
  maxNorm: { call: gradus.maxNorm, valid: { maxNorm: 1 } },
  createOptimizer: { call: gradus.createOptimizer, valid: { type: "adam" } },
  createClip: { call: gradus.createClip, valid: { type: "globalNorm", maxNorm: 1 } },
  createSchedule: { call: (o) => gradus.createSchedule(o, 0.1), valid: { type: "cosine", length: 3 } },
  // data
  batches: { call: (o) => gradus.batches(data, o), valid: { batchSize: 2 } },
  fromArrays: { call: gradus.fromArrays, valid: { inputs: [[1]], targets: [1] } },
  padSequences: { call: (o) => gradus.padSequences([[1]], o), optional: true },
  characterWindows: { call: (o) => gradus.characterWindows("abcabc", o), valid: { vocabulary, length: 2 } },
  labelledTexts: { call: (o) => gradus.labelledTexts(["a"], [0], o), valid: { vocabulary, classNames: ["a"] } },
  loadCsv: { call: gradus.loadCsv, valid: { train: "a.csv" } },
  loadIdx: { call: gradus.loadIdx, valid: files },
  loadNpy: { call: gradus.loadNpy, valid: files },
  loadMnist: { call: gradus.loadMnist, optional: true },
  loadFashionMnist: { call: gradus.loadFashionMnist, optional: true },
  loadDataset: { call: gradus.loadDataset, valid: { name: "spirals" } },
  createAugment: { call: (o) => gradus.createAugment([o], [1, 4, 4]), valid: { type: "flip" } },
  imageFolder: { call: (o) => gradus.imageFolder("nowhere", o), optional: true },
  fitMinMax: { call: (o) => gradus.fitMinMax(data, o), optional: true },
  fitStandardize: { call: (o) => gradus.fitStandardize(data, o), optional: true },
  fitPca: { call: (o) => gradus.fitPca(data, o), optional: true },
  ...Object.fromEntries(
    synthetic.map((name) => [name, { call: (o: never) => surface[name]?.(o), optional: true } as Taker]),
  ),
  // files
  ...Object.fromEntries(
    readers.map((name) => [
      name,
      { call: (o: never) => surface[name]?.("nowhere" as never, o), optional: true } as Taker,
    ]),
  ),
  parseCsv: { call: (o) => gradus.parseCsv("a,b\n1,2", o), optional: true },
  encodeSafetensors: { call: (o) => gradus.encodeSafetensors([], o), optional: true },
  createRun: { call: (o) => gradus.createRun("never-made", o), valid: { name: "run", settings: null, model } },
  continueRun: { call: (o) => gradus.continueRun("nowhere", o), optional: true },
  recordRun: { call: (o) => gradus.recordRun({} as never, model, o), optional: true },
  createEventWriter: { call: (o) => gradus.createEventWriter("never-written", o), optional: true },
  recordTensorboard: { call: (o) => gradus.recordTensorboard({} as never, o), optional: true },
  writeSafetensors: { call: (o) => gradus.writeSafetensors("never-written", [], o), optional: true },
};

/** Public functions without an object of options, and why. */
const WITHOUT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    "classes, whose instances other functions make": ["CompiledStep", "DeviceState", "GradusError", "Tensor"],
    "arrays, shapes and tensors alone": [
      ..."tensor full zeros ones range concat stack where randomKey nextKey foldKey randomBits randomUniform".split(
        " ",
      ),
      ..."randomNormal randomBernoulli grad valueAndGrad applyUpdates chain projectMaxNorm oneHot".split(" "),
      ..."labelHistogram vocabularyOf encodeText decodeText applyScaling invertScaling scale applyPca".split(" "),
    ],
    "layers without options of their own": [
      "activation",
      "block",
      ..."dropout alphaDropout gaussianNoise".split(" "),
      "gaussianDropout",
      "reshape",
    ],
    "what was stored, checked as data": ["parsePca", "parseScaling"],
    "a function and its options": ["partedSamples"],
    "a path alone": ["loadModel", "readLog", "findRuns"],
    "a path and the one above it": ["openRun"],
    "bytes and a name": ["decodeCheckpoint", "decodeIdx", "decodeModel", "decodeNpy", "decodeSafetensors"],
    "what is written alone": ["encodeCheckpoint", "encodeIdx", "encodeNpy"],
    "a path and what is written": ["writeCheckpoint", "writeIdx", "writeNpy"],
    "a model, and which steps": ["createLayerProbe"],
    "an event and a model": ["toReading"],
    "an event alone": ["toEpoch"],
    "findings and verdicts as data, and a language": [
      ..."describeFinding describePrescription describeVerdict nameOf".split(" "),
    ],
    "an error, or an error as data": ["encodeError", "decodeError"],
    "the thread that it runs in": ["serve"],
    "a training or a run as data": ["judge", "preflight", "examineLog", "changesBetween", "applyChanges"],
  }).flatMap(([reason, names]) => names.map((name) => [name, reason])),
);

/** Those that return a layer as data: its fields are checked by the model that it goes into. */
const LAYER_BUILDERS = Object.keys(gradus).filter(
  (name) => Object.hasOwn(LAYERS, name) && !Object.hasOwn(WITHOUT, name) && !Object.hasOwn(TAKERS, name),
);

const FIRST: Readonly<Record<string, readonly unknown[]>> = { embedding: [3, 2], skip: [["relu"]], upsampling: [2] };

function firstArguments(name: string): readonly unknown[] {
  if (Object.hasOwn(FIRST, name)) return FIRST[name] as readonly unknown[];
  if (/^(conv|convTranspose)\dd$/.test(name)) return [2, 3];
  const hasDefaults = surface[name];
  // what takes a value first writes it into a field
  return Object.keys((hasDefaults?.() ?? {}) as object).length > 1 ? [2] : [];
}

async function failureOf(call: Call, options: unknown): Promise<GradusError> {
  try {
    await call(options as never);
  } catch (error) {
    assert.ok(error instanceof GradusError, `expected a GradusError, got ${String(error)}`);
    return error;
  }
  throw new Error(`nothing was refused for ${String(options)}`);
}

test("every public function is in one of the tables", () => {
  const functions = Object.entries(gradus).filter(([, value]) => typeof value === "function");
  const known = [...Object.keys(TAKERS), ...Object.keys(WITHOUT), ...LAYER_BUILDERS];
  assert.deepEqual(functions.map(([name]) => name).sort(), known.sort());
});

for (const [name, { call, valid = {}, optional }] of Object.entries(TAKERS)) {
  test(`${name} refuses options that it does not know`, async () => {
    const error = await failureOf(call, { ...valid, zebraCrossing: 1 });
    assert.equal(error.code, "unknown-field", error.message);
    assert.equal(error.values.field, "zebraCrossing");
    assert.match(error.message, /zebraCrossing/);
    // names of all objects are no fields
    for (const foreign of ["constructor", "toString"]) {
      const { code } = await failureOf(call, { ...valid, [foreign]: 1 });
      assert.equal(code, "unknown-field", foreign);
    }
    const withPrototype = JSON.parse('{ "__proto__": { "seed": 1 } }') as object;
    assert.equal(
      (await failureOf(call, Object.defineProperties({ ...valid }, Object.getOwnPropertyDescriptors(withPrototype))))
        .code,
      "unknown-field",
    );
  });

  test(`${name} refuses what is no object of options`, async () => {
    for (const other of [null, 5, [1], new Map([["seed", 1]]), Promise.resolve({}), () => ({})]) {
      const { code, message } = await failureOf(call, other);
      assert.equal(code, "bad-argument", `${String(other)}: ${message}`);
      assert.doesNotMatch(message, /undefined|\[object/);
    }
    if (!optional) assert.ok(["bad-argument", "unknown-field"].includes((await failureOf(call, undefined)).code));
  });
}

for (const name of LAYER_BUILDERS) {
  test(`${name}: what it returns is checked with its layer`, async () => {
    const build = surface[name];
    assert.ok(build);
    const first = firstArguments(name);
    const make = (options: unknown) =>
      gradus.sequential([build(...([...first, options] as never[])) as never], { inputShape: [4, 8, 8] });
    const error = await failureOf(make, { zebraCrossing: 1 });
    assert.equal(error.code, "unknown-field", error.message);
    for (const other of [0.5, "relu", [1], null]) assert.equal((await failureOf(make, other)).code, "bad-argument");
  });
}
