import { mapTree, treeLeaves } from "../../../src/core/tree.ts";
import type { Model } from "../../../src/nn/model.ts";
import type { ModelState } from "../../../src/nn/state.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { scattered } from "../../autodiff/arrays.ts";
import { literal, numbersOf } from "../support.ts";

/** The model's state with scattered numbers instead of initial values: no weight is 0, no two are equal. */
export function scatteredState(model: Model, offset = 0): ModelState {
  const { parameters, buffers } = model.initialize(0);
  let next = offset;
  const fill = ({ shape }: Tensor): Tensor => {
    next += 17;
    return literal(scattered(shape, next));
  };
  return { parameters: mapTree(parameters, fill) as ModelState["parameters"], buffers };
}

/** The parameters of a model of one layer, as lists of rows (a vector: one row). */
export type Rows = Readonly<Record<string, readonly (readonly number[])[]>>;

export function rowsOf({ parameters }: ModelState): Rows {
  return Object.fromEntries(
    treeLeaves<Tensor>(parameters).map(({ path, leaf }) => {
      const numbers = numbersOf(leaf);
      const width = leaf.shape.at(-1) as number;
      const rows = Array.from({ length: numbers.length / width }, (_, row) =>
        numbers.slice(row * width, (row + 1) * width),
      );
      return [path.split(".").at(-1) as string, rows];
    }),
  );
}

export function dot(row: readonly number[], x: readonly number[]): number {
  return row.reduce((sum, weight, k) => sum + weight * (x[k] as number), 0);
}

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
