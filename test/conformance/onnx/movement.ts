import { concat } from "../../../src/tensor/create.ts";
import { type Operator, positiveAxis } from "./operator.ts";

export const MOVEMENT: Readonly<Record<string, Operator>> = {
  Transpose: (call) => [call.input(0).transpose(call.numbers("perm"))],
  Flatten: (call) => {
    const x = call.input(0);
    const axis = positiveAxis(call.number("axis", 1), x.rank);
    const rows = x.shape.slice(0, axis).reduce((product, size) => product * size, 1);
    return [x.reshape([rows, x.size / rows])];
  },
  Reshape: (call) => {
    const x = call.input(0);
    // 0 keeps the size of that axis, unless `allowzero` makes it a size
    const keepsZero = call.flag("allowzero", false);
    const sizes = (call.constants(1) ?? []).map((size, axis) =>
      size === 0 && !keepsZero ? (x.shape[axis] as number) : size,
    );
    return [x.reshape(sizes)];
  },
  Concat: (call) => [
    concat(
      Array.from({ length: call.inputCount }, (_, index) => call.input(index)),
      call.number("axis", 0),
    ),
  ],
  Expand: (call) => {
    const x = call.input(0);
    const asked = call.constants(1) ?? [];
    const rank = Math.max(asked.length, x.rank);
    const sizeAt = (shape: readonly number[], axis: number): number => shape[axis - (rank - shape.length)] ?? 1;
    return [
      x.broadcastTo(Array.from({ length: rank }, (_, axis) => Math.max(sizeAt(x.shape, axis), sizeAt(asked, axis)))),
    ];
  },
};
