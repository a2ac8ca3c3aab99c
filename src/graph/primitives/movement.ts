import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, resolveShape, sameShape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Node } from "../node.ts";
import type { Primitive, Typed } from "./primitive.ts";

/** Reads `source` at offset + sum of position * stride for every position of the output. */
function readStrided(source: HostArray, output: Typed, strides: readonly number[], offset: number): HostArray {
  const data = referenceStorage(output.dtype, sizeOf(output.shape));
  eachPosition(output.shape, (flat, position) => {
    let address = offset;
    for (let axis = 0; axis < strides.length; axis++) address += (position[axis] as number) * (strides[axis] as number);
    data[flat] = source.data[address] as number;
  });
  return { ...output, data };
}

function eachPosition(shape: readonly number[], visit: (flat: number, position: readonly number[]) => void): void {
  const position = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(flat, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      position[axis] = 0;
    }
  }
}

export const reshape: Primitive<"reshape"> = {
  arity: 1,
  infer([a], { shape }) {
    return { shape: resolveShape("reshape", shape, sizeOf((a as Node).shape)), dtype: (a as Node).dtype };
  },
  evaluate: ([a], _, output) => ({ ...output, data: (a as HostArray).data }),
};

export const permute: Primitive<"permute"> = {
  arity: 1,
  infer([a], { order }) {
    const { shape, dtype } = a as Node;
    if (order.length !== shape.length || [...order].sort((x, y) => x - y).some((axis, index) => axis !== index)) {
      throw new GradusError(
        "bad-argument",
        `permute: order [${order.join(", ")}] does not name each axis of ${formatShape(shape)} once. Give a permutation of 0 to ${shape.length - 1}.`,
        { order, shape },
      );
    }
    return { shape: order.map((axis) => shape[axis] as number), dtype };
  },
  evaluate([a], { order }, output) {
    const strides = stridesOf((a as HostArray).shape);
    return readStrided(
      a as HostArray,
      output,
      order.map((axis) => strides[axis] as number),
      0,
    );
  },
};

export const broadcast: Primitive<"broadcast"> = {
  arity: 1,
  infer([a], { shape }) {
    const from = (a as Node).shape;
    if (from.length !== shape.length || from.some((size, axis) => size !== 1 && size !== shape[axis])) {
      throw new GradusError(
        "shape-mismatch",
        `broadcast: ${formatShape(from)} does not grow to ${formatShape(shape)}. Each size must be 1 or stay the same.`,
        { from, shape },
      );
    }
    return { shape, dtype: (a as Node).dtype };
  },
  evaluate([a], { shape }, output) {
    const source = a as HostArray;
    const strides = stridesOf(source.shape).map((stride, axis) =>
      source.shape[axis] === 1 && shape[axis] !== 1 ? 0 : stride,
    );
    return readStrided(source, output, strides, 0);
  },
};

export const slice: Primitive<"slice"> = {
  arity: 1,
  infer([a], { start, size, step }) {
    const { shape, dtype } = a as Node;
    const fits = shape.every((length, axis) => {
      const [first, count, stride] = [start[axis] as number, size[axis] as number, step[axis] as number];
      return first >= 0 && count >= 0 && stride >= 1 && (count === 0 || first + (count - 1) * stride < length);
    });
    if (!fits || start.length !== shape.length) {
      throw new GradusError(
        "shape-mismatch",
        `slice: start [${start.join(", ")}] size [${size.join(", ")}] step [${step.join(", ")}] reaches outside ${formatShape(shape)}.`,
        { start, size, step, shape },
      );
    }
    return { shape: size, dtype };
  },
  evaluate([a], { start, step }, output) {
    const strides = stridesOf((a as HostArray).shape);
    const offset = strides.reduce((sum, stride, axis) => sum + stride * (start[axis] as number), 0);
    return readStrided(
      a as HostArray,
      output,
      strides.map((stride, axis) => stride * (step[axis] as number)),
      offset,
    );
  },
};

/** Length of an axis after padding. */
export function paddedSize(size: number, before: number, after: number, interior: number): number {
  return before + after + size + Math.max(0, size - 1) * interior;
}

export const pad: Primitive<"pad"> = {
  arity: 1,
  infer([a], { before, after, interior }) {
    const { shape, dtype } = a as Node;
    if ([before, after, interior].some((list) => list.length !== shape.length || list.some((count) => count < 0))) {
      throw new GradusError(
        "bad-argument",
        `pad: give one count of at least 0 for each axis of ${formatShape(shape)}.`,
        {
          before,
          after,
          interior,
          shape,
        },
      );
    }
    const padded = shape.map((size, axis) =>
      paddedSize(size, before[axis] as number, after[axis] as number, interior[axis] as number),
    );
    return { shape: padded, dtype };
  },
  evaluate([a], { before, interior, value }, output) {
    const source = a as HostArray;
    const data = referenceStorage(output.dtype, sizeOf(output.shape)).fill(value);
    const strides = stridesOf(output.shape);
    eachPosition(source.shape, (flat, position) => {
      let address = 0;
      position.forEach((index, axis) => {
        address += ((before[axis] as number) + index * ((interior[axis] as number) + 1)) * (strides[axis] as number);
      });
      data[address] = source.data[flat] as number;
    });
    return { ...output, data };
  },
};

export const concat: Primitive<"concat"> = {
  arity: -1,
  infer(inputs, { axis }) {
    const first = inputs[0] as Node;
    for (const other of inputs) {
      const fits =
        other.shape.length === first.shape.length &&
        other.shape.every((size, k) => k === axis || size === first.shape[k]);
      if (!fits || other.dtype !== first.dtype) {
        throw new GradusError(
          "shape-mismatch",
          `concat: ${first.dtype} ${formatShape(first.shape)} and ${other.dtype} ${formatShape(other.shape)} do not join along axis ${axis}: all other sizes and the type must be equal.`,
          { shapes: inputs.map((node) => node.shape), axis },
        );
      }
    }
    const total = inputs.reduce((sum, node) => sum + (node.shape[axis] as number), 0);
    return { shape: first.shape.map((size, k) => (k === axis ? total : size)), dtype: first.dtype };
  },
  evaluate(inputs, { axis }, output) {
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    const strides = stridesOf(output.shape);
    let start = 0;
    for (const source of inputs) {
      eachPosition(source.shape, (flat, position) => {
        let address = start * (strides[axis] as number);
        for (let k = 0; k < position.length; k++) address += (position[k] as number) * (strides[k] as number);
        data[address] = source.data[flat] as number;
      });
      start += source.shape[axis] as number;
    }
    return { ...output, data };
  },
};

export const interleave: Primitive<"interleave"> = {
  arity: -1,
  infer(parts, { counts }) {
    const { shape, dtype } = parts[0] as Node;
    const fits = parts.every((part) => part.dtype === dtype && sameShape(part.shape, shape));
    if (!fits || counts.length !== shape.length || sizeOf(counts) !== parts.length) {
      throw new GradusError(
        "shape-mismatch",
        `interleave: counts ${formatShape(counts)} need ${sizeOf(counts)} parts of one shape and type with ${counts.length} axes, got ${parts.map((part) => formatShape(part.shape)).join(", ")}.`,
        { counts, shapes: parts.map((part) => part.shape) },
      );
    }
    return { shape: shape.map((size, axis) => size * (counts[axis] as number)), dtype };
  },
  evaluate(parts, { counts }, output) {
    const shape = (parts[0] as HostArray).shape;
    const strides = stridesOf(shape);
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    eachPosition(output.shape, (flat, position) => {
      let part = 0;
      let source = 0;
      position.forEach((place, axis) => {
        const count = counts[axis] as number;
        part = part * count + (place % count);
        source += Math.floor(place / count) * (strides[axis] as number);
      });
      data[flat] = (parts[part] as HostArray).data[source] as number;
    });
    return { ...output, data };
  },
};
