import assert from "node:assert/strict";
import { test } from "node:test";
import { withSettings } from "../../src/cli/doctor/training-of.ts";
import { checkExperiment, type Experiment, experimentHelp } from "../../src/cli/experiment.ts";
import { experimentSchema } from "../../src/cli/experiment-schema.ts";
import { GradusError } from "../../src/core/errors.ts";
import { COUNT, callback } from "../../src/core/fields.ts";
import { xor } from "../../src/data/synthetic/xor.ts";
import { examine } from "../../src/doctor/examine-model.ts";
import { LAYER_NAMING } from "../../src/doctor/remedies/layers.ts";
import { fitOptionsOf } from "../../src/doctor/run.ts";
import { toTraining } from "../../src/doctor/to-training.ts";
import { sequential } from "../../src/nn/model.ts";
import type { FitOptions } from "../../src/train/options.ts";
import {
  FIT_FIELDS,
  type FileOptions,
  type OptionList,
  optionNames,
  TRAINING_OPTIONS,
} from "../../src/train/training-options.ts";
import { errorsOf, type WholeSchema } from "../cli/schema-validator.ts";

/** One value for every option that a file can hold; a new option needs one here. */
const VALUES: { readonly [Name in keyof FileOptions]-?: NonNullable<FileOptions[Name]> } = {
  loss: { type: "mse", reduction: "mean" },
  optimizer: { type: "sgd", learningRate: 0.1 },
  clip: { type: "globalNorm", maxNorm: 1 },
  schedule: { type: "cosine" },
  regularizer: { l2: 1e-4, layers: { "0": { l1: 1e-5 } } },
  ema: 0.9,
  swa: { startEpoch: 2, every: 2 },
  epochs: 3,
  batchSize: 7,
  evaluationBatchSize: 11,
  augment: ["flip"],
  shuffle: false,
  dropLast: true,
  seed: 5,
  metrics: ["top2"],
  validationSplit: 0.25,
  earlyStopping: { patience: 2 },
  backend: "reference",
  threads: 2,
  gradientNorms: { every: 2 },
  checkpoint: { directory: "checkpoints", every: { epochs: 2 }, keep: 2 },
};

const model = sequential(["relu", { type: "linear", units: 1 }], { inputShape: [2] });
const data = xor({ samples: 8 });
const needed = { loss: VALUES.loss, optimizer: VALUES.optimizer };
const bare = { data: "xor", model: { layers: ["relu"] }, ...needed };
const whole = checkExperiment("e.json", { ...bare, ...VALUES });
const { settings } = toTraining(model, { data, ...VALUES } as FitOptions);
const schema = experimentSchema() as WholeSchema;

const inTraining = optionNames("training");
const inFile = optionNames("training", "samples", "run");

/** The option by its name, of anything that has options. */
const of = (holder: object, name: string): unknown => (holder as Record<string, unknown>)[name];

test("the list has the options of fit, and every option has one place", () => {
  assert.deepEqual(Object.keys(FIT_FIELDS), Object.keys(TRAINING_OPTIONS));
  assert.deepEqual([...inFile].sort(), Object.keys(VALUES).sort());
  const all = [...inTraining, ...optionNames("samples"), ...optionNames("run"), ...optionNames("call")];
  assert.deepEqual([...all].sort(), Object.keys(TRAINING_OPTIONS).sort());
});

for (const name of inFile) {
  test(`${name}: experiment file, schema and help have it`, () => {
    const given = { ...bare, [name]: VALUES[name] };
    assert.deepEqual(of(checkExperiment("e.json", given), name), VALUES[name]);
    assert.deepEqual(errorsOf(given, schema, schema), []);
    const broken = { ...bare, [name]: null };
    assert.throws(() => checkExperiment("e.json", broken), { code: "bad-argument" });
    assert.notDeepEqual(errorsOf(broken, schema, schema), []);
    const { help } = TRAINING_OPTIONS[name];
    const line = experimentHelp()
      .split("\n")
      .find((each) => each.startsWith(`  ${name} `));
    assert.ok(line?.includes(help), line);
    assert.equal(schema.properties?.[name]?.description, help);
  });
}

for (const name of inTraining) {
  test(`${name}: the doctor's settings keep it, on the way there and back`, () => {
    assert.deepEqual(of(settings, name), VALUES[name]);
    assert.deepEqual(of(fitOptionsOf(settings), name), VALUES[name]);
    assert.deepEqual(of(withSettings(bare as unknown as Experiment, settings, false), name), VALUES[name]);
  });
}

for (const name of optionNames("samples", "run")) {
  test(`${name}: no setting, but the cured experiment keeps it`, () => {
    assert.ok(!Object.hasOwn(settings, name));
    assert.deepEqual(of(withSettings(whole, settings, false), name), VALUES[name]);
  });
}

test("examine takes what belongs to a training and its samples, and nothing else of fit", async () => {
  const codeOf = async (name: string): Promise<unknown> => {
    const given = { ...needed, [name]: null };
    const error = await examine(model, data, given as never).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof GradusError, name);
    return error.code;
  };
  for (const name of optionNames("training", "samples")) assert.equal(await codeOf(name), "bad-argument", name);
  const own = ["backend", "threads", "signal"];
  for (const name of optionNames("run", "call"))
    assert.equal(await codeOf(name), own.includes(name) ? "bad-argument" : "unknown-field", name);
});

test("options of code are refused in files", () => {
  for (const name of optionNames("call").filter((each) => each !== "data")) {
    assert.throws(() => checkExperiment("e.json", { ...bare, [name]: {} }), { code: "unknown-field" });
    assert.notDeepEqual(errorsOf({ ...bare, [name]: {} }, schema, schema), []);
  }
});

test("options that name layers follow them", () => {
  const naming = Object.entries(TRAINING_OPTIONS).filter(([, each]) => "namesLayers" in each && each.namesLayers);
  assert.deepEqual(
    naming.map(([name]) => name),
    LAYER_NAMING,
  );
});

// What must not compile: `npm run types` reports a line below that does.

interface Wider extends FitOptions {
  readonly zebraCrossing?: number | undefined;
}

function requireList<Options>(list: OptionList<Options>): readonly string[] {
  return Object.keys(list);
}

test("an option that the list lacks, or says too little of, does not compile", () => {
  const entry = { belongsTo: "training", namesLayers: false, field: COUNT, help: "stripes" } as const;
  assert.ok(requireList<Wider>({ ...TRAINING_OPTIONS, zebraCrossing: entry }).includes("zebraCrossing"));
  // @ts-expect-error zebraCrossing is an option, and not on the list
  requireList<Wider>(TRAINING_OPTIONS);
  // @ts-expect-error what belongs to a training is data, and says so by a schema
  requireList<Wider>({ ...TRAINING_OPTIONS, zebraCrossing: { ...entry, field: callback<number>() } });
  // @ts-expect-error it must say whether it names layers
  requireList<Wider>({ ...TRAINING_OPTIONS, zebraCrossing: { belongsTo: "training", field: COUNT, help: "…" } });
  // @ts-expect-error it needs a line of help
  requireList<Wider>({ ...TRAINING_OPTIONS, zebraCrossing: { belongsTo: "run", field: COUNT } });
  // @ts-expect-error it must say where it belongs
  requireList<Wider>({ ...TRAINING_OPTIONS, zebraCrossing: { field: COUNT, help: "…" } });
});
