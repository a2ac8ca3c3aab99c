import { requireArgument } from "../../core/errors.ts";
import type { JsonSchema } from "../../core/json-schema.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import type { WindowAttributes } from "../../graph/node.ts";
import type { Field } from "../fields.ts";

/** One number for every spatial axis, or a list with one for each. */
export type PerAxis = number | readonly number[];

/** What surrounds the input on its spatial axes:
 *    "valid"                     nothing: windows lie inside the input
 *    "same"                      zeros for ceil(size / stride) windows; if their number is odd, the extra one comes
 *                                after, as in TensorFlow and ONNX's SAME_UPPER
 *    2, [2, 1]                   this many before and after, on every axis or on each
 *    [[0, 1], [2, 2]]            before and after, for each axis */
export type Padding = "same" | "valid" | PerAxis | readonly (readonly [number, number])[];

/** How windows slide. */
export interface WindowOptions {
  /** steps from one window to the next. Default 1 */
  readonly stride?: PerAxis;
  /** Default "valid" */
  readonly padding?: Padding;
  /** steps from one element of a window to the next. Default 1 */
  readonly dilation?: PerAxis;
}

export function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isList(value: unknown, rank: number, accepts: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length === rank && value.every(accepts);
}

/** [before, after] */
export function isPair(value: unknown): boolean {
  return isList(value, 2, (item) => isCount(item, 0));
}

/** An integer of at least `least`, as a schema. */
export function countSchema(least: number): JsonSchema {
  return { type: "integer", minimum: least };
}

/** A list of `length` items, or of any number, as a schema. */
export function listSchema(items: JsonSchema, length?: number): JsonSchema {
  return { type: "array", items, ...(length === undefined ? {} : { minItems: length, maxItems: length }) };
}

/** A field with an integer for all axes or one for each. */
export function perAxisField(rank: number, least: number, fallback?: number): Field<PerAxis> {
  return {
    expected: `an integer of at least ${least}, or a list of ${rank}, one for each axis`,
    accepts: (value) => isCount(value, least) || isList(value, rank, (item) => isCount(item, least)),
    schema: { anyOf: [countSchema(least), listSchema(countSchema(least), rank)] },
    ...(fallback === undefined ? {} : { fallback }),
  };
}

export function paddingField(rank: number, fallback: Padding = "valid"): Field<Padding> {
  return {
    expected: `"same", "valid", an integer of at least 0, a list of ${rank}, or a list of ${rank} pairs [before, after]`,
    accepts: (value) =>
      value === "same" ||
      value === "valid" ||
      isCount(value, 0) ||
      isList(value, rank, (item) => isCount(item, 0)) ||
      isList(value, rank, isPair),
    schema: {
      anyOf: [
        { enum: ["same", "valid"] },
        countSchema(0),
        listSchema({ anyOf: [countSchema(0), listSchema(countSchema(0), 2)] }, rank),
      ],
    },
    fallback,
  };
}

/** One number for each of `rank` axes. */
export function perAxis(value: PerAxis, rank: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(rank).fill(value) : value;
}

const AXES: Readonly<Record<number, string>> = { 1: "length", 2: "height, width", 3: "depth, height, width" };

/** The layer to put before one that expects more axes: it adds the missing channel, or the sides of a square. */
function reshapeAdvice(rank: number, inputShape: Shape): string {
  const side = Math.round(sizeOf(inputShape) ** (1 / rank));
  const shape =
    inputShape.length === rank
      ? [1, ...inputShape]
      : inputShape.length === 1 && side ** rank === inputShape[0]
        ? [1, ...perAxis(side, rank)]
        : undefined;
  return shape === undefined
    ? `Give it ${rank + 1} axes, with { "type": "reshape", "shape": [...] } before it if necessary.`
    : `Put { "type": "reshape", "shape": ${JSON.stringify(shape)} } before it.`;
}

/** A sample's channels and spatial sizes.
 *  @throws `bad-argument` unless it is (channels, ...spatial) with `rank` spatial axes. */
export function imageOf(inputShape: Shape, rank: number): { readonly channels: number; readonly spatial: Shape } {
  requireArgument(
    inputShape.length === rank + 1,
    `expects (channels, ${AXES[rank]}), got ${formatShape(inputShape)}. ${reshapeAdvice(rank, inputShape)}`,
    { inputShape, rank },
  );
  return { channels: inputShape[0] as number, spatial: inputShape.slice(1) };
}

/** Channels and spatial sizes of a sample with any number of spatial axes; a list must have one entry for each of them.
 *  @throws `bad-argument` if it has another length, or there is no spatial axis. */
export function requireAxes(
  name: string,
  value: number | readonly unknown[],
  inputShape: Shape,
): { readonly channels: number; readonly spatial: Shape } {
  const [channels, ...spatial] = inputShape;
  requireArgument(
    channels !== undefined && spatial.length > 0,
    `expects channels with spatial axes, as (channels, height, width), got ${formatShape(inputShape)}. ${reshapeAdvice(2, inputShape)}`,
    { inputShape },
  );
  requireArgument(
    typeof value === "number" || value.length === spatial.length,
    `${name} must be one number, or a list of ${spatial.length} for the spatial axes of ${formatShape(inputShape)}, got ${JSON.stringify(value)}.`,
    { [name]: value, inputShape },
  );
  return { channels, spatial };
}

/** Extent of a window: dilation (kernel - 1) + 1. */
export function extentOf(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** Splits a padding in two; the extra element comes after. */
export function halves(total: number): readonly [number, number] {
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Padding before and after one axis, given as numbers. */
export function givenPadding(padding: Exclude<Padding, "same">, axis: number): readonly [number, number] {
  if (padding === "valid") return [0, 0];
  const own = typeof padding === "number" ? padding : (padding[axis] as number | readonly [number, number]);
  return typeof own === "number" ? [own, own] : own;
}

/** "same": the padding that ceil(size / stride) windows need. */
function samePadding(size: number, extent: number, stride: number): readonly [number, number] {
  return halves(Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size));
}

/** The position of a layer's windows on an input: its options as numbers for each axis. */
export function windowsOver(spatial: Shape, kernel: Shape, options: WindowOptions): WindowAttributes {
  const { padding = "valid" } = options;
  const stride = perAxis(options.stride ?? 1, spatial.length);
  const dilation = perAxis(options.dilation ?? 1, spatial.length);
  const sides = spatial.map((size, axis) =>
    padding === "same"
      ? samePadding(size, extentOf(kernel[axis] as number, dilation[axis] as number), stride[axis] as number)
      : givenPadding(padding, axis),
  );
  return {
    window: kernel,
    stride,
    dilation,
    before: sides.map(([before]) => before),
    after: sides.map(([, after]) => after),
  };
}
