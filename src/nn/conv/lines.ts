import type { HostArray } from "../../core/dtype.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Applies a function to every line along one axis, which is last during the call: (…, size, …) -> (…, new size, …). */
export function alongAxis(x: Tensor, axis: number, map: (lines: Tensor) => Tensor): Tensor {
  const order = x.shape.map((_, at) => at);
  // exchanging two axes undoes itself
  [order[axis], order[x.rank - 1]] = [x.rank - 1, axis];
  return axis === x.rank - 1 ? map(x) : map(x.transpose(order)).transpose(order);
}

/** Every line along an axis multiplied by a matrix: y = A x, A (outputs, size). */
export function multiplyAxis(x: Tensor, axis: number, matrix: HostArray): Tensor {
  const [outputs, size] = matrix.shape as readonly [number, number];
  return alongAxis(x, axis, (lines) =>
    lines
      .reshape([-1, size])
      .matmul(tensor(matrix).transpose())
      .reshape([...lines.shape.slice(0, -1), outputs]),
  );
}

/** A matrix from the non-zero elements of its rows. */
export function sparseMatrix(
  size: number,
  rows: readonly (readonly { readonly at: number; readonly weight: number }[])[],
): HostArray {
  const data = new Float64Array(rows.length * size);
  rows.forEach((row, index) => {
    for (const { at, weight } of row) data[index * size + at] = (data[index * size + at] as number) + weight;
  });
  return { shape: [rows.length, size], dtype: "float32", data };
}
