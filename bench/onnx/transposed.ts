import type { HostArray } from "../../src/core/dtype.ts";

/** A matrix with rows and columns exchanged. */
export function transposed({ shape, data }: HostArray): HostArray {
  const [rows = 0, columns = 0] = shape;
  const turned = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [column, row] = [Math.floor(at / rows), at % rows];
    return Number(data[row * columns + column]);
  });
  return { shape: [columns, rows], dtype: "float32", data: turned };
}
