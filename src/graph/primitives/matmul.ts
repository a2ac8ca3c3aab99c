import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, sameShape, sizeOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { Node } from "../node.ts";
import type { Primitive } from "./primitive.ts";

export const matmul: Primitive<"matmul"> = {
  arity: 2,
  infer([a, b]) {
    const [left, right] = [a as Node, b as Node];
    requireDType("matmul", left, "float32");
    requireDType("matmul", right, "float32");
    const inner = left.shape.at(-1);
    if (left.shape.length < 2 || right.shape.length < 2 || inner !== right.shape.at(-2)) {
      throw new GradusError(
        "shape-mismatch",
        `matmul: inner sizes differ: ${formatShape(left.shape)} x ${formatShape(right.shape)}, ${inner} != ${right.shape.at(-2)}. The last size on the left must equal the last but one on the right.`,
        { left: left.shape, right: right.shape },
      );
    }
    if (!sameShape(left.shape.slice(0, -2), right.shape.slice(0, -2))) {
      throw new GradusError(
        "shape-mismatch",
        `matmul: batch sizes differ: ${formatShape(left.shape)} x ${formatShape(right.shape)}.`,
        {
          left: left.shape,
          right: right.shape,
        },
      );
    }
    return { shape: [...left.shape.slice(0, -1), right.shape.at(-1) as number], dtype: "float32" };
  },
  evaluate([a, b], _, output) {
    const [left, right] = [a as HostArray, b as HostArray];
    const [rows, inner, columns] = [
      left.shape.at(-2) as number,
      left.shape.at(-1) as number,
      right.shape.at(-1) as number,
    ];
    const batches = sizeOf(left.shape.slice(0, -2));
    const data = referenceStorage("float32", sizeOf(output.shape));
    for (let batch = 0; batch < batches; batch++) {
      for (let i = 0; i < rows; i++) {
        const target = (batch * rows + i) * columns;
        for (let k = 0; k < inner; k++) {
          const factor = left.data[(batch * rows + i) * inner + k] as number;
          const source = (batch * inner + k) * columns;
          for (let j = 0; j < columns; j++)
            data[target + j] = (data[target + j] as number) + factor * (right.data[source + j] as number);
        }
      }
    }
    return { ...output, data };
  },
};
