import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/files/files.ts";
import { loadModel, saveModel } from "../../src/files/model-file.ts";
import { encodeCheckpoint, type Json } from "../../src/io/checkpoint.ts";
import { createModel } from "../../src/nn/model.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";

const folder = scratchFolder();
const file = join(folder, "model.safetensors");

const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 3 }, "batchNorm", "relu"] });
await saveModel(file, { model, state: model.initialize(0), about: { scores: null } });
const whole = readCheckpoint(file);

/** The checkpoint with other arrays or another model. */
function changed(
  arrays: Readonly<Record<string, HostArray | undefined>>,
  config: Json = model.config as unknown as Json,
): string {
  const all = new Map<string, HostArray>(whole.arrays);
  for (const [name, array] of Object.entries(arrays)) {
    if (array === undefined) all.delete(name);
    else all.set(name, array);
  }
  const other = join(folder, "other.safetensors");
  writeCheckpoint(other, { arrays: all, metadata: { model: config, about: null } });
  return other;
}

const floats = (...data: number[]): HostArray => ({
  shape: [data.length],
  dtype: "float32",
  data: Float32Array.from(data),
});

describe("a checkpoint whose arrays are not the model's", () => {
  test("the intact one is read as it was written", () => {
    const { state } = loadModel(file);
    assert.deepEqual(Object.keys(state.parameters), ["0", "1"]);
    assert.deepEqual(loadModel(changed({})).model.config, model.config);
  });

  const bias = "parameters.0.bias";
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, HostArray | undefined>>,
    Parameters<typeof failure>,
  ])[] = [
    ["missing", { [bias]: undefined }, ["bad-data", { path: bias }]],
    ["another shape", { [bias]: floats(1, 2) }, ["bad-data", { path: bias }]],
    [
      "integers",
      { [bias]: { shape: [3], dtype: "int32", data: Int32Array.of(1, 2, 3) } },
      ["bad-data", { path: bias }],
    ],
    ["booleans", { [bias]: { shape: [3], dtype: "bool", data: Int32Array.of(1, 0, 1) } }, ["bad-data", { path: bias }]],
    ["NaN", { [bias]: floats(1, Number.NaN, 3) }, ["not-finite", { path: bias, index: 1 }]],
    ["infinite", { "buffers.1.runningMean": floats(0, 0, Number.POSITIVE_INFINITY) }, ["not-finite", { index: 2 }]],
    [
      "beyond float32",
      { [bias]: { shape: [3], dtype: "float32", data: Float64Array.of(1, 2, 1e39) } },
      ["not-finite", { path: bias, index: 2, value: 1e39 }],
    ],
    ["extra", { "parameters.7.weight": floats(1) }, ["bad-data", { extra: ["parameters.7.weight"] }]],
    [
      "named as code",
      { "parameters.__proto__.weight": floats(1) },
      ["bad-data", { extra: ["parameters.__proto__.weight"] }],
    ],
    ["named as code", { "parameters.constructor": floats(1) }, ["bad-data", { extra: ["parameters.constructor"] }]],
  ];
  for (const [name, arrays, expected] of cases) {
    test(`${name}: ${Object.keys(arrays)[0]}`, () => {
      assert.throws(() => loadModel(changed(arrays)), failure(...expected));
      assert.equal(({} as { weight?: unknown }).weight, undefined);
    });
  }

  test("float64 is a float too", () => {
    const wide = { shape: [3], dtype: "float32", data: Float64Array.of(1, 2, 3) } as const;
    assert.deepEqual(
      [
        ...(loadModel(changed({ [bias]: wide })).state.parameters["0"] as object as { bias: { shape: number[] } }).bias
          .shape,
      ],
      [3],
    );
  });
});

describe("a checkpoint whose model is too large", () => {
  const lstm = { type: "lstm", units: 2, layers: 2 ** 31 };
  const nested = (depth: number): Json => {
    let layer: Json = "relu";
    for (let level = 0; level < depth; level++) layer = { type: "sequential", layers: [layer] };
    return { inputShape: [2], layers: [layer] };
  };
  const cases: readonly (readonly [string, Json, "limit-exceeded" | "bad-data"])[] = [
    ["2^31 LSTM layers", { inputShape: [5, 2], layers: [lstm] }, "limit-exceeded"],
    [
      "2^31 layers inside a block",
      { inputShape: [5, 2], layers: [{ type: "sequential", layers: [lstm] }] },
      "limit-exceeded",
    ],
    [
      "as many layers in a list",
      { inputShape: [2], layers: new Array<string>(100_000).fill("relu") },
      "limit-exceeded",
    ],
    ["blocks in blocks", nested(80), "limit-exceeded"],
    ["10^18 inputs", { inputShape: [1e9, 1e9], layers: ["relu"] }, "limit-exceeded"],
    ["10^9 units", { inputShape: [2], layers: [{ type: "linear", units: 1e9 }, "batchNorm"] }, "bad-data"],
    ["10^15 words", { inputShape: [2], layers: [{ type: "embedding", vocabulary: 1e15, units: 1e9 }] }, "bad-data"],
    ["10^9 filters", { inputShape: [1, 9, 9], layers: [{ type: "conv2d", filters: 1e9, kernel: 3 }] }, "bad-data"],
    ["a kernel of 10^9", { inputShape: [1, 9, 9], layers: [{ type: "conv2d", filters: 1, kernel: 1e9 }] }, "bad-data"],
    ["10^9 steps", { inputShape: [1e9, 2], layers: [{ type: "positionalEncoding", kind: "learned" }] }, "bad-data"],
    ["10^9 heads", { inputShape: [5, 2], layers: [{ type: "multiHeadAttention", heads: 1e9 }] }, "bad-data"],
    ["no layers", { inputShape: [2], layers: [] }, "bad-data"],
    ["a name", "mlp", "bad-data"],
    ["nothing", null, "bad-data"],
    ["a layer that is not known", { inputShape: [2], layers: ["warp"] }, "bad-data"],
  ];
  for (const [name, config, code] of cases) {
    test(name, () =>
      assert.throws(() => loadModel(changed({}, config)), failure(code, { file: join(folder, "other.safetensors") })),
    );
  }

  test("metadata of other kinds", () => {
    const other = join(folder, "odd.safetensors");
    for (const metadata of [null, 5, "text", [1], {}, { model: undefined }] as unknown as Json[]) {
      if (metadata !== null && typeof metadata === "object" && "model" in metadata) continue;
      writeCheckpoint(other, { arrays: whole.arrays, metadata });
      assert.throws(() => loadModel(other), failure("bad-data", { file: other }));
    }
  });

  test("metadata with more levels than the stack holds", () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    const bytes = Buffer.from(encodeCheckpoint({ arrays: new Map(), metadata: "x".repeat(deep.length - 2) }));
    const at = bytes.indexOf("xxx") - 2;
    // as long as the text that it replaces: an escaped quote, the letters, an escaped quote
    bytes.write(deep.padEnd(deep.length + 2), at);
    const other = join(folder, "deep.safetensors");
    writeFileSync(other, bytes);
    assert.throws(() => loadModel(other), failure("limit-exceeded", { limit: 200 }));
  });
});

test("a checkpoint truncated after any byte is refused with one of our codes", () => {
  const bytes = readFileSync(file);
  const other = join(folder, "cut.safetensors");
  for (let length = 0; length < bytes.length; length += 7) {
    writeFileSync(other, bytes.subarray(0, length));
    assert.throws(() => loadModel(other), failure("truncated-file", { file: other }));
  }
});

test("models from code have the same limits", () => {
  assert.throws(
    () => createModel({ inputShape: [5, 2], layers: [{ type: "lstm", units: 2, layers: 2 ** 31 }] }),
    failure("limit-exceeded"),
  );
  assert.throws(
    () => createModel({ inputShape: [2 ** 16, 2 ** 15 + 1], layers: ["relu"] }),
    failure("limit-exceeded", { inputShape: [2 ** 16, 2 ** 15 + 1], limit: 2 ** 31 }),
  );
  createModel({ inputShape: [2 ** 16, 2 ** 15], layers: ["relu"] });
});

test("values that no memory holds are not drawn", () => {
  const wide = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1e12 }, "batchNorm"] });
  assert.throws(() => wide.initialize(0), failure("out-of-memory", { count: 7e12, largest: [1e12, 2] }));
});
