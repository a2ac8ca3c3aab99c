import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { ConvAttributes, Node } from "../node.ts";
import type { Primitive } from "./primitive.ts";
import { eachTap, windowPositions } from "./windows.ts";

/** The sizes of a convolution, the same for all three directions. */
interface ConvSizes {
  readonly batch: number;
  /** of the input and of the output */
  readonly spatial: Shape;
  readonly positions: Shape;
  readonly channels: number;
  readonly units: number;
  /** channels and units of one group */
  readonly groupChannels: number;
  readonly groupUnits: number;
}

/** @throws `shape-mismatch` if input, weight and groups do not fit each other. */
function convSizes(
  where: string,
  x: Shape,
  units: number,
  groupChannels: number,
  attributes: ConvAttributes,
): ConvSizes {
  const { window, groups } = attributes;
  if (x.length !== window.length + 2) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: a window ${formatShape(window)} needs an input of rank ${window.length + 2} (batch, ${window.length} spatial sizes, channels), got ${formatShape(x)}.`,
      { shape: x, window },
    );
  }
  const channels = x.at(-1) as number;
  if (channels !== groupChannels * groups || units % groups !== 0) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: ${groups} groups of ${groupChannels} channels need ${groups * groupChannels} input channels and outputs that ${groups} divides, got ${channels} channels and ${units} outputs.`,
      { channels, units, groups, groupChannels },
    );
  }
  const spatial = x.slice(1, -1);
  const positions = windowPositions(where, spatial, attributes);
  return { batch: x[0] as number, spatial, positions, channels, units, groupChannels, groupUnits: units / groups };
}

function requireFloats(where: string, inputs: readonly Node[]): void {
  for (const input of inputs) requireDType(where, input, "float32");
}

function requireWeight(where: string, shape: Shape, window: Shape): void {
  if (shape.length === window.length + 2 && sameShape(shape.slice(0, -2), window)) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: expected a weight (${window.join(", ")}, channels / groups, outputs), got ${formatShape(shape)}.`,
    { shape, window },
  );
}

/** Calls `visit` with the flat positions of one element of x, one of w and one of the output, for every product of the sum. */
function eachProduct(
  sizes: ConvSizes,
  attributes: ConvAttributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const { batch, spatial, positions, channels, units, groupChannels, groupUnits } = sizes;
  const [inputs, outputs] = [sizeOf(spatial), sizeOf(positions)];
  for (let n = 0; n < batch; n++) {
    eachTap(spatial, positions, attributes, (output, tap, input) => {
      for (let group = 0; group < attributes.groups; group++) {
        for (let c = 0; c < groupChannels; c++) {
          const x = (n * inputs + input) * channels + group * groupChannels + c;
          const w = (tap * groupChannels + c) * units + group * groupUnits;
          const y = (n * outputs + output) * units + group * groupUnits;
          for (let unit = 0; unit < groupUnits; unit++) visit(x, w + unit, y + unit);
        }
      }
    });
  }
}

const values = (array: HostArray | undefined) => (array as HostArray).data;

export const conv: Primitive<"conv"> = {
  arity: 2,
  infer([x, w], attributes) {
    requireFloats("conv", [x as Node, w as Node]);
    const [input, weight] = [(x as Node).shape, (w as Node).shape];
    requireWeight("conv", weight, attributes.window);
    const { batch, positions, units } = convSizes(
      "conv",
      input,
      weight.at(-1) as number,
      weight.at(-2) as number,
      attributes,
    );
    return { shape: [batch, ...positions, units], dtype: "float32" };
  },
  evaluate([x, w], attributes, output) {
    const weight = (w as HostArray).shape;
    const sizes = convSizes(
      "conv",
      (x as HostArray).shape,
      weight.at(-1) as number,
      weight.at(-2) as number,
      attributes,
    );
    const [from, by] = [values(x), values(w)];
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachProduct(sizes, attributes, (i, j, k) => {
      data[k] = (data[k] as number) + (from[i] as number) * (by[j] as number);
    });
    return { ...output, data };
  },
};

/** The gradient must have the shape of the output. */
function requireOutputShape(where: string, g: Shape, { batch, positions, units }: ConvSizes): void {
  const expected = [batch, ...positions, units];
  if (sameShape(g, expected)) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: expected a gradient ${formatShape(expected)}, got ${formatShape(g)}.`,
    { expected, got: g },
  );
}

export const convData: Primitive<"convData"> = {
  arity: 2,
  infer([g, w], attributes) {
    requireFloats("convData", [g as Node, w as Node]);
    const [gradient, weight] = [(g as Node).shape, (w as Node).shape];
    requireWeight("convData", weight, attributes.window);
    const groupChannels = weight.at(-2) as number;
    const shape = [gradient[0] as number, ...attributes.size, groupChannels * attributes.groups];
    requireOutputShape(
      "convData",
      gradient,
      convSizes("convData", shape, weight.at(-1) as number, groupChannels, attributes),
    );
    return { shape, dtype: "float32" };
  },
  evaluate([g, w], attributes, output) {
    const weight = (w as HostArray).shape;
    const sizes = convSizes("convData", output.shape, weight.at(-1) as number, weight.at(-2) as number, attributes);
    const [from, by] = [values(g), values(w)];
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachProduct(sizes, attributes, (i, j, k) => {
      data[i] = (data[i] as number) + (from[k] as number) * (by[j] as number);
    });
    return { ...output, data };
  },
};

export const convWeight: Primitive<"convWeight"> = {
  arity: 2,
  infer([x, g], attributes) {
    requireFloats("convWeight", [x as Node, g as Node]);
    const [input, gradient] = [(x as Node).shape, (g as Node).shape];
    const { window, groups } = attributes;
    const groupChannels = Math.floor((input.at(-1) as number) / groups);
    const sizes = convSizes("convWeight", input, gradient.at(-1) as number, groupChannels, attributes);
    requireOutputShape("convWeight", gradient, sizes);
    const shape = [...window, groupChannels, sizes.units];
    return { shape: attributes.parts === undefined ? shape : [attributes.parts, ...shape], dtype: "float32" };
  },
  evaluate([x, g], attributes, output) {
    const [units, groupChannels] = [output.shape.at(-1) as number, output.shape.at(-2) as number];
    const sizes = convSizes("convWeight", (x as HostArray).shape, units, groupChannels, attributes);
    const [from, by] = [values(x), values(g)];
    const data = referenceStorage("float32", sizeOf(output.shape));
    const { parts = 1 } = attributes;
    const perSample = from.length / sizes.batch;
    const perPart = Math.ceil(sizes.batch / parts);
    eachProduct(sizes, attributes, (i, j, k) => {
      const part = Math.floor(Math.floor(i / perSample) / perPart);
      const place = part * (data.length / parts) + j;
      data[place] = (data[place] as number) + (from[i] as number) * (by[k] as number);
    });
    return { ...output, data };
  },
};
