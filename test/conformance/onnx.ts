import type { HostArray } from "../../src/core/dtype.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { hostArrayOf, numbersOf, type StoredTensor } from "./arrays.ts";
import { type Case, type Kind, toleranceOf, Unsupported } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { evaluateOn } from "./evaluate.ts";
import { Call, type OnnxVector } from "./onnx/operator.ts";
import { OPERATORS } from "./onnx/operators.ts";

/** The outputs in the files were computed in float32, so exact numbers differ by a few of its roundings. */
const REFERENCE_TOLERANCE = 1e-6;

/** Files whose inputs and outputs have so few digits that they agree no better than this. */
const WRITTEN_TOLERANCE: Readonly<Record<string, number>> = {
  // four digits: 0.8816 + 0.4353 + 0.5772 + 0.6623 = 9 * 0.28404, where the file has 0.2841
  test_averagepool_2d_ceil_last_window_starts_on_pad: 1e-4,
};

const inputName = (index: number): string => `input ${index}`;
const outputName = (index: number): string => `output ${index}`;

async function runVector(vector: OnnxVector, backend: Backend, comparison: Comparison): Promise<void> {
  const operator = OPERATORS[vector.op];
  if (!operator) throw new Unsupported(`operator ${vector.op}`);
  const present = vector.inputs.flatMap((stored, index) =>
    stored ? [[inputName(index), hostArrayOf(stored)] as const] : [],
  );
  const outputs = await evaluateOn(backend, Object.fromEntries(present), (inputs) => {
    const call = new Call(
      vector,
      vector.inputs.map((_, index) => inputs[inputName(index)]),
    );
    const results = operator(call).map((result, index) => [outputName(index), result] as const);
    return Object.fromEntries(results.filter((entry): entry is readonly [string, Tensor] => entry[1] !== undefined));
  });
  vector.outputs.forEach((stored, index) => {
    if (stored) compareOutput(outputs[outputName(index)], stored, outputName(index), comparison);
  });
}

function compareOutput(
  actual: HostArray | undefined,
  expected: StoredTensor,
  label: string,
  comparison: Comparison,
): void {
  if (!actual) throw new Unsupported(`${label} of the operator`);
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`${label} has shape (${actual.shape}), expected (${expected.shape})`);
  }
  comparison.check(label, actual.data, numbersOf(expected));
}

/** ONNX operator vectors: `{ op, opset, attributes, inputs, outputs }`. */
export const onnx: Kind = {
  name: "onnx",
  recognises: ({ op, inputs, outputs }) => typeof op === "string" && Array.isArray(inputs) && Array.isArray(outputs),
  cases(content, { backend }): readonly Case[] {
    const vector = content as OnnxVector;
    return [
      {
        name: vector.name,
        tolerance: WRITTEN_TOLERANCE[vector.name] ?? toleranceOf(backend.name, REFERENCE_TOLERANCE),
        run: async (comparison) => runVector(vector, backend, comparison),
      },
    ];
  },
};
