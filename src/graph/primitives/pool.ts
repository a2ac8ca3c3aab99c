import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { Node, WindowAttributes } from "../node.ts";
import type { Primitive } from "./primitive.ts";
import { eachTap, windowPositions } from "./windows.ts";

/** (N, ...S, C) -> (N, ...P, C) */
function pooledShape(where: string, shape: Shape, attributes: WindowAttributes): number[] {
  const { window } = attributes;
  if (shape.length !== window.length + 2) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: a window ${formatShape(window)} needs an input of rank ${window.length + 2} (batch, ${window.length} spatial sizes, channels), got ${formatShape(shape)}.`,
      { shape, window },
    );
  }
  const positions = windowPositions(where, shape.slice(1, -1), attributes);
  return [shape[0] as number, ...positions, shape.at(-1) as number];
}

function requirePooled(where: string, got: Shape, expected: Shape): void {
  if (sameShape(got, expected)) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: expected one value per window, ${formatShape(expected)}, got ${formatShape(got)}.`,
    { expected, got },
  );
}

function spreadShape(where: string, pooled: Shape, attributes: WindowAttributes & { readonly size: Shape }): number[] {
  const shape = [pooled[0] as number, ...attributes.size, pooled.at(-1) as number];
  requirePooled(where, pooled, pooledShape(where, shape, attributes));
  return shape;
}

/** Calls `visit` with the flat positions of an input element and of its window's output, and the element's position in the window. */
function eachElement(
  wide: Shape,
  pooled: Shape,
  attributes: WindowAttributes,
  visit: (input: number, output: number, tap: number) => void,
): void {
  const [spatial, positions] = [wide.slice(1, -1), pooled.slice(1, -1)];
  const channels = wide.at(-1) as number;
  const [inputs, outputs] = [sizeOf(spatial), sizeOf(positions)];
  for (let n = 0; n < (wide[0] as number); n++) {
    eachTap(spatial, positions, attributes, (output, tap, input) => {
      for (let c = 0; c < channels; c++) {
        visit((n * inputs + input) * channels + c, (n * outputs + output) * channels + c, tap);
      }
    });
  }
}

export const windowSum: Primitive<"windowSum"> = {
  arity: 1,
  infer([x], attributes) {
    requireDType("windowSum", x as Node, "float32");
    return { shape: pooledShape("windowSum", (x as Node).shape, attributes), dtype: "float32" };
  },
  evaluate([x], attributes, output) {
    const from = (x as HostArray).data;
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachElement((x as HostArray).shape, output.shape, attributes, (input, window) => {
      data[window] = (data[window] as number) + (from[input] as number);
    });
    return { ...output, data };
  },
};

export const windowSpread: Primitive<"windowSpread"> = {
  arity: 1,
  infer([g], attributes) {
    requireDType("windowSpread", g as Node, "float32");
    return { shape: spreadShape("windowSpread", (g as Node).shape, attributes), dtype: "float32" };
  },
  evaluate([g], attributes, output) {
    const from = (g as HostArray).data;
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachElement(output.shape, (g as HostArray).shape, attributes, (input, window) => {
      data[input] = (data[input] as number) + (from[window] as number);
    });
    return { ...output, data };
  },
};

export const windowArgmax: Primitive<"windowArgmax"> = {
  arity: 1,
  infer([x], attributes) {
    requireDType("windowArgmax", x as Node, "float32");
    return { shape: pooledShape("windowArgmax", (x as Node).shape, attributes), dtype: "int32" };
  },
  evaluate([x], attributes, output) {
    const from = (x as HostArray).data;
    const size = sizeOf(output.shape);
    const data = referenceStorage("int32", size);
    const best = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    const isSeen = new Uint8Array(size);
    eachElement((x as HostArray).shape, output.shape, attributes, (input, window, tap) => {
      const [value, least] = [from[input] as number, best[window] as number];
      const isBetter = value > least || (Number.isNaN(value) && !Number.isNaN(least));
      if (isSeen[window] === 1 && !isBetter) return;
      isSeen[window] = 1;
      best[window] = value;
      data[window] = tap;
    });
    return { ...output, data };
  },
};

export const windowGather: Primitive<"windowGather"> = {
  arity: 2,
  infer([x, index], attributes) {
    requireDType("windowGather", x as Node, "float32");
    requireDType("windowGather", index as Node, "int32");
    const shape = pooledShape("windowGather", (x as Node).shape, attributes);
    requirePooled("windowGather", (index as Node).shape, shape);
    return { shape, dtype: "float32" };
  },
  evaluate([x, index], attributes, output) {
    const [from, chosen] = [(x as HostArray).data, (index as HostArray).data];
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachElement((x as HostArray).shape, output.shape, attributes, (input, window, tap) => {
      if (chosen[window] === tap) data[window] = from[input] as number;
    });
    return { ...output, data };
  },
};

export const windowScatter: Primitive<"windowScatter"> = {
  arity: 2,
  infer([index, g], attributes) {
    requireDType("windowScatter", index as Node, "int32");
    requireDType("windowScatter", g as Node, "float32");
    requirePooled("windowScatter", (index as Node).shape, (g as Node).shape);
    return { shape: spreadShape("windowScatter", (g as Node).shape, attributes), dtype: "float32" };
  },
  evaluate([index, g], attributes, output) {
    const [chosen, from] = [(index as HostArray).data, (g as HostArray).data];
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachElement(output.shape, (g as HostArray).shape, attributes, (input, window, tap) => {
      if (chosen[window] === tap) data[input] = (data[input] as number) + (from[window] as number);
    });
    return { ...output, data };
  },
};
