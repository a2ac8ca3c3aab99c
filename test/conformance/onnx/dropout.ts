import { ones, tensor } from "../../../src/tensor/create.ts";
import { where } from "../../../src/tensor/tensor.ts";
import { hostArrayOf, numbersOf, type StoredTensor } from "../arrays.ts";
import type { Call, Operator } from "./operator.ts";

/** The mask that the file drew: its second output, or the places where its first output is not 0. */
function maskOf({ vector }: Call): StoredTensor {
  const [y, mask] = vector.outputs;
  if (mask) return mask;
  return { ...(y as StoredTensor), dtype: "bool", data: numbersOf(y as StoredTensor).map((value) => value !== 0) };
}

/** Outside training the input itself; in training x / (1 - ratio) where the mask of the file keeps it. */
const dropout: Operator = (call) => {
  const x = call.input(0);
  const isTraining = call.constants(2)?.[0] === 1;
  if (!isTraining) return [x, ones(x.shape).greater(0)];
  const ratio = call.constants(1)?.[0] ?? 0.5;
  const mask = tensor(hostArrayOf(maskOf(call)));
  return [where(mask, x.mul(1 / (1 - ratio)), 0), mask];
};

export const DROPOUT: Readonly<Record<string, Operator>> = { Dropout: dropout };
