import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PbfReader } from "pbf";
import { exportModel } from "../../bench/onnx/export-model.ts";
import { transposed } from "../../bench/onnx/transposed.ts";
import { requireEqualOutputs } from "../../bench/predict/equal-outputs.ts";
import { NETWORK_NAMES, networkOf } from "../../bench/predict/network.ts";
import { type Pair, summarize } from "../../bench/predict/summary.ts";
import { predictionText } from "../../bench/predict/table.ts";
import { fixedState } from "../../bench/predict/weights.ts";
import { gru, linear, lstm, relu, rnn } from "../../src/nn/construct.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";

interface Node {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface Constant {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
}

interface Graph {
  readonly nodes: Node[];
  readonly constants: Constant[];
}

/** Fields of a message, whatever their type: numbers, or bytes. */
function fieldsOf(bytes: Uint8Array): readonly (readonly [tag: number, value: number | Uint8Array])[] {
  const fields: [number, number | Uint8Array][] = [];
  new PbfReader(bytes).readFields((tag, _, reader) => {
    const value = reader.type === 2 ? reader.readBytes() : reader.type === 5 ? reader.readFloat() : reader.readVarint();
    fields.push([tag, value]);
  }, undefined);
  return fields;
}

const text = (value: number | Uint8Array) => new TextDecoder().decode(value as Uint8Array);

/** Nodes and constants of a model file, read field by field. */
function readGraph(file: Uint8Array): Graph {
  const [, graph] = fieldsOf(file).find(([tag]) => tag === 7) as [number, Uint8Array];
  const nodes: Node[] = [];
  const constants: Constant[] = [];
  for (const [tag, value] of fieldsOf(graph)) {
    const fields = tag === 1 || tag === 5 ? fieldsOf(value as Uint8Array) : [];
    const all = (wanted: number) => fields.filter(([own]) => own === wanted).map(([, each]) => each);
    if (tag === 1)
      nodes.push({ inputs: all(1).map(text), outputs: all(2).map(text), operation: text(all(4)[0] as Uint8Array) });
    if (tag === 5) {
      const elements = all(1).reduce<number>((product, size) => product * (size as number), 1);
      constants.push({ name: text(all(8)[0] as Uint8Array), elements, bytes: (all(9)[0] as Uint8Array).length });
    }
  }
  return { nodes, constants };
}

describe("networks as ONNX files", () => {
  for (const name of NETWORK_NAMES) {
    test(`${name}: every operation reads what comes before it, and every weight is there`, () => {
      const { inputShape, layers } = networkOf(name);
      const model = createModel({ inputShape, layers });
      const { arrays } = fixedState(model);
      const { nodes, constants } = readGraph(exportModel(model, arrays));
      const known = new Set(["x", ...constants.map((constant) => constant.name)]);
      for (const { operation, inputs, outputs } of nodes) {
        for (const input of inputs) assert.ok(known.has(input), `${operation} reads ${input}`);
        for (const output of outputs) known.add(output);
      }
      assert.deepEqual(nodes.at(-1)?.outputs, ["y"]);
      for (const { name: constant, elements, bytes } of constants) {
        assert.ok(
          bytes === 4 * elements || bytes === 8 * elements,
          `${constant}: ${bytes} bytes, ${elements} elements`,
        );
      }
      const weights = [...arrays.values()].reduce((sum, { data }) => sum + data.length, 0);
      const written = constants.reduce((sum, { elements }) => sum + elements, 0);
      assert.ok(written >= weights, `${written} numbers of ${weights}`);
    });
  }

  test("what has no form is refused by name", () => {
    const refused: readonly LayerInput[] = [
      rnn(3),
      lstm(3, { peepholes: true }),
      gru(3, { resetAfter: false }),
      lstm(3, { returnSequences: true }),
    ];
    for (const layer of refused) {
      const model = createModel({ inputShape: [4, 2], layers: [layer] });
      assert.throws(() => exportModel(model, fixedState(model).arrays), { code: "bad-argument" });
    }
  });

  test("a matrix is turned", () => {
    const turned = transposed({ shape: [2, 3], dtype: "float32", data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    assert.deepEqual(
      [turned.shape, [...turned.data]],
      [
        [3, 2],
        [1, 4, 2, 5, 3, 6],
      ],
    );
  });

  test("weights are the same in every process, and depend on their place", () => {
    const model = createModel({ inputShape: [3], layers: [linear(4), relu(), linear(4)] });
    const [first, second] = [fixedState(model).arrays, fixedState(model).arrays];
    assert.deepEqual(first, second);
    assert.notDeepEqual(first.get("parameters.0.bias")?.data, first.get("parameters.2.bias")?.data);
  });
});

describe("what a comparison of predictions says", () => {
  test("outputs may differ by 1e-4, and not by more, and must be numbers", () => {
    const ours = Float32Array.of(1, 200);
    requireEqualOutputs("a", ours, Float32Array.of(1.00005, 200.01));
    for (const theirs of [
      [1.001, 200],
      [1, 200.1],
      [Number.NaN, 200],
      [1, 200, 3],
    ]) {
      assert.throws(() => requireEqualOutputs("a", ours, Float32Array.from(theirs)), { code: "bad-data" });
    }
  });

  test("each side counts with the number of threads that suits it", () => {
    const process = (side: "ours" | "onnx", threads: number, one: number, many: number) => {
      const times = [1, 256].map((rows) => ({ rows, ms: rows === 1 ? one : many, p99_ms: 9, min_ms: 1, calls: 100 }));
      return { side, version: side === "ours" ? "gradus" : "onnxruntime-node 1.30.0", threads, times };
    };
    const pair: Pair = {
      busy: 0,
      processes: [
        process("ours", 1, 2, 40),
        process("onnx", 1, 5, 50),
        process("ours", 2, 3, 20),
        process("onnx", 2, 4, 60),
      ],
    };
    const line = summarize("tabular-128", "P", [pair]);
    const [one, many] = line.results;
    assert.deepEqual([one?.ours.threads, one?.theirs.threads, one?.ratio], [1, 2, 2]);
    assert.deepEqual([many?.ours.threads, many?.theirs.threads, many?.ratio], [2, 1, 2.5]);
    assert.equal(many?.ours.samples_per_s, 12_800);
    assert.match(
      predictionText([line], "P"),
      /\| `tabular-128` \| 2\.00 ms \(9\.00\) \| 4\.00 ms \(9\.00\) \| \*\*2\.00\*\*/,
    );
  });
});
