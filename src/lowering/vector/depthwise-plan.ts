import type { Target } from "../../codegen/program.ts";
import type { ConvKernel } from "../../compiler/kernel.ts";
import { largest, smallest } from "../../core/extremes.ts";
import { type ConvAttributes, isOp, type Node } from "../../graph/node.ts";
import type { TileSource } from "./conv-input.ts";
import { type InputTile, withEpilogue } from "./conv-plan.ts";
import type { KernelSignature } from "./lowered.ts";
import type { LoopPlan } from "./streams.ts";

/** One tap of a window along one axis: its number, and how far behind the first element of the tile it reads for position 0. */
interface AxisTap {
  readonly tap: number;
  readonly place: number;
}

/** The results of one phase of an axis are those at q * phases + phase; all of them read the same taps. */
interface AxisPhase {
  readonly count: number;
  readonly taps: readonly AxisTap[];
}

/** How results read along one axis. Forwards there is one phase; the data gradient of a convolution with a stride has as many. */
export interface AxisPlan {
  readonly phases: readonly AxisPhase[];
  /** elements read from one result of a phase to its next */
  readonly step: number;
  /** elements before the first one of the array that a window reaches, and those that a window spans besides its first */
  readonly before: number;
  readonly reach: number;
}

/** A convolution of each channel on its own, or its data gradient. */
export interface DepthwisePlan extends KernelSignature {
  readonly batch: number;
  readonly channels: number;
  readonly rows: AxisPlan;
  readonly columns: AxisPlan;
  /** columns of the window */
  readonly windowColumns: number;
  readonly source: TileSource;
  readonly input: InputTile;
  /** rows and columns of the result */
  readonly outputRows: number;
  readonly outputColumns: number;
  readonly epilogue?: LoopPlan;
}

export interface DepthwiseWeightPlan extends DepthwisePlan {
  readonly parts: number;
  /** elements of the window */
  readonly taps: number;
}

/** Is it a convolution of each channel on its own? */
export function isDepthwise({ node }: ConvKernel): boolean {
  return node.attributes.groups > 1;
}

/** An input tile of this many bytes stays in the second-level cache. Every vector of channels passes over it on its own, with a few lines
 *  of each row in the first-level cache. */
const TILE_BYTES = 160 * 1024;

/** Results at p read the elements p * stride + tap * dilation - before. */
function forwardAxis(axis: number, count: number, { window, stride, dilation, before }: ConvAttributes): AxisPlan {
  const shifts = Array.from(
    { length: window[axis] as number },
    (_, tap) => tap * (dilation[axis] as number) - (before[axis] as number),
  );
  return axisPlan([{ count, taps: shifts.map((place, tap) => ({ tap, place })) }], stride[axis] as number);
}

/** Results at q * stride + phase read the elements q + (phase + before - tap * dilation) / stride, where that is a whole number. */
function dataAxis(axis: number, size: number, { window, stride, dilation, before }: ConvAttributes): AxisPlan {
  const [s, d, b] = [stride[axis] as number, dilation[axis] as number, before[axis] as number];
  const phases = Array.from({ length: Math.min(s, size) }, (_, phase) => ({
    count: Math.ceil((size - phase) / s),
    taps: Array.from({ length: window[axis] as number }, (_, tap) => ({
      tap,
      place: (phase + b - tap * d) / s,
    })).filter(({ place }) => Number.isInteger(place)),
  }));
  return axisPlan(phases, 1);
}

/** @param phases with places relative to the array's first element. */
function axisPlan(phases: readonly AxisPhase[], step: number): AxisPlan {
  const places = [0, ...phases.flatMap(({ taps }) => taps.map(({ place }) => place))];
  const before = -smallest(places);
  return {
    phases: phases.map(({ count, taps }) => ({
      count,
      taps: taps.map(({ tap, place }) => ({ tap, place: place + before })),
    })),
    ...{ step, before, reach: before + largest(places) },
  };
}

function depthwiseTile(rows: AxisPlan, columns: AxisPlan, channels: number): InputTile {
  const longest = ({ phases }: AxisPlan) => largest(phases.map(({ count }) => count));
  const span = ({ step, reach }: AxisPlan, count: number) => (count - 1) * step + reach + 1;
  const width = span(columns, longest(columns));
  const pitch = width * channels;
  const all = longest(rows);
  let most = all;
  while (most > 1 && span(rows, most) * pitch * 4 > TILE_BYTES) most--;
  const perTile = Math.ceil(all / Math.ceil(all / most));
  const height = span(rows, perTile);
  // room to read a full vector past the end
  const bytes = Math.ceil((height * pitch * 4) / 64) * 64 + 64;
  return { outputRows: perTile, count: Math.ceil(all / perTile), rows: height, columns: width, pitch, bytes };
}

function planAxes(
  { kind, node, operands }: ConvKernel,
  axisOf: (axis: number, length: number, attributes: ConvAttributes) => AxisPlan,
  [outputRows, outputColumns]: readonly [number, number],
): DepthwisePlan {
  const { attributes } = node;
  const [batch, height, width, channels] = (node.inputs[0] as Node).shape as [number, number, number, number];
  const [rows, columns] = [axisOf(0, outputRows, attributes), axisOf(1, outputColumns, attributes)];
  const input = depthwiseTile(rows, columns, channels);
  return {
    ...{ batch, channels, rows, columns, input, outputRows, outputColumns },
    windowColumns: attributes.window[1] as number,
    source: { rows: height, columns: width, channels, rowStride: rows.step, above: rows.before, left: columns.before },
    arrays: [...operands.map(({ base }) => base), node],
    key: `depthwise ${kind} ${batch} ${height} ${width} ${channels} ${JSON.stringify([rows, columns])}`,
  };
}

/** @param contracted products that an epilogue rounds together with their sums. */
export function planDepthwise(kernel: ConvKernel, contracted: ReadonlySet<Node>): DepthwisePlan {
  const [, outputRows, outputColumns] = kernel.node.shape as [number, number, number];
  const axisOf = isOp(kernel.node, "convData") ? dataAxis : forwardAxis;
  return withEpilogue(planAxes(kernel, axisOf, [outputRows, outputColumns]), kernel, contracted);
}

export function planDepthwiseWeight(kernel: ConvKernel): DepthwiseWeightPlan {
  const { node } = kernel;
  const [, outputRows, outputColumns] = (node.inputs[1] as Node).shape as [number, number, number];
  const { window, parts = 1 } = (node as Node<"convWeight">).attributes;
  const plan = planAxes(kernel, forwardAxis, [outputRows, outputColumns]);
  return { ...plan, parts, taps: (window[0] as number) * (window[1] as number), key: `${plan.key} ${parts}` };
}

/** Weights or sums of one vector of channels that stay in registers beside the results of a turn. */
const MOST_IN_REGISTERS: Record<Target["name"], number> = { wasm128: 9, wasmScalar: 9, avx2: 9, avx512: 25 };

export function mostInRegisters({ name }: Target): number {
  return MOST_IN_REGISTERS[name];
}
