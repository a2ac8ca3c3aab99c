import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, sameShape, sizeOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { Node } from "../node.ts";
import type { Primitive } from "./primitive.ts";

function clampRow(index: number, rows: number): number {
  return Math.min(Math.max(index, 0), rows - 1);
}

/** An index needs a row to point at. */
function requireRows(where: string, rows: number, indices: Node): void {
  if (rows > 0 || indices.shape.includes(0)) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: the table has no rows, but the indices have shape ${formatShape(indices.shape)}. Give at least one row, or no index.`,
    { rows, indices: indices.shape },
  );
}

export const gather: Primitive<"gather"> = {
  arity: 2,
  infer([table, indices]) {
    requireDType("gather", indices as Node, "int32");
    const { shape, dtype } = table as Node;
    if (shape.length === 0)
      throw new GradusError("shape-mismatch", "gather: the table needs at least one axis, got a scalar.", { shape });
    requireRows("gather", shape[0] as number, indices as Node);
    return { shape: [...(indices as Node).shape, ...shape.slice(1)], dtype };
  },
  evaluate([table, indices], _, output) {
    const { shape, data: rows } = table as HostArray;
    const width = sizeOf(shape.slice(1));
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    (indices as HostArray).data.forEach((index, position) => {
      const row = clampRow(index, shape[0] as number);
      for (let k = 0; k < width; k++) data[position * width + k] = rows[row * width + k] as number;
    });
    return { ...output, data };
  },
};

export const scatterAdd: Primitive<"scatterAdd"> = {
  arity: 2,
  infer([indices, updates], { rows }) {
    requireDType("scatterAdd", indices as Node, "int32");
    const lead = (indices as Node).shape;
    const { shape, dtype } = updates as Node;
    if (!sameShape(shape.slice(0, lead.length), lead)) {
      throw new GradusError(
        "shape-mismatch",
        `scatterAdd: updates ${formatShape(shape)} must begin with the shape of the indices ${formatShape(lead)}.`,
        { indices: lead, updates: shape },
      );
    }
    requireRows("scatterAdd", rows, indices as Node);
    return { shape: [rows, ...shape.slice(lead.length)], dtype };
  },
  evaluate([indices, updates], { rows }, output) {
    const width = sizeOf(output.shape.slice(1));
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    const values = (updates as HostArray).data;
    (indices as HostArray).data.forEach((index, position) => {
      const row = clampRow(index, rows);
      for (let k = 0; k < width; k++) {
        data[row * width + k] = (data[row * width + k] as number) + (values[position * width + k] as number);
      }
    });
    return { ...output, data };
  },
};
