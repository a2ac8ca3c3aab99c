import { largest, smallest } from "../../core/extremes.ts";
import { positionOf, sizeOf } from "../../core/shape.ts";
import { broadcastTo, constant, makeNode } from "../../graph/build.ts";
import type { Node, WindowAttributes } from "../../graph/node.ts";
import { padSpatial, slice, sumOf } from "./pieces.ts";

/** What a window gives to the positions that it covers. */
export interface Source {
  /** (N, ...P, C) */
  readonly node: Node;
  /** the value of windows beyond the edge */
  readonly fill: number;
}

/** One tap that reaches the positions q stride + phase of an axis: from window q + shift. */
interface Reach {
  readonly tap: number;
  readonly shift: number;
}

/** The adjoint of reading windows: every position of the result is the sum over the windows that cover it.
 *  `part` makes (N, ...positions, channels) from what one tap reads; by default it has as many channels as the sources.
 *    y[i] = sum over taps k with i + before - k dilation = p stride of part(k, sources at p)
 *  Positions are grouped by their remainder after division by the stride (their phase). Within a phase, windows and positions advance
 *  together: each phase is a sum of shifted arrays, without multiplications by zero. */
export function spreadWindows(
  sources: readonly Source[],
  attributes: WindowAttributes & { readonly size: readonly number[] },
  part: (tap: number, values: readonly Node[]) => Node,
  channels: number = (sources[0] as Source).node.shape.at(-1) as number,
): Node {
  const { window, stride, size } = attributes;
  const first = (sources[0] as Source).node;
  const batch = first.shape[0] as number;
  const positions = first.shape.slice(1, -1);
  const lengths = size.map((length, axis) => Math.ceil(length / (stride[axis] as number)));
  const reaches = size.map((_, axis) => phasesOf(axis, attributes));
  const shifts = reaches.map((phases) => phases.flat().map(({ shift }) => shift));
  const before = shifts.map((list) => Math.max(0, -smallest(list)));
  const after = shifts.map((list, axis) =>
    Math.max(0, (lengths[axis] as number) - 1 + Math.max(0, largest(list)) - ((positions[axis] as number) - 1)),
  );
  const padded = sources.map(({ node, fill }) => padSpatial(node, before, after, fill));
  const shape = [batch, ...lengths, channels];

  const phase = (number: number): Node => {
    const remainder = positionOf(number, stride);
    const perAxis = remainder.map((r, axis) => reaches[axis]?.[r] ?? []);
    const parts: Node[] = [];
    for (let k = 0; k < sizeOf(perAxis.map(({ length }) => length)); k++) {
      const chosen = positionOf(
        k,
        perAxis.map(({ length }) => length),
      ).map((place, axis) => perAxis[axis]?.[place] as Reach);
      const tap = chosen.reduce((flat, reach, axis) => flat * (window[axis] as number) + reach.tap, 0);
      const start = chosen.map(({ shift }, axis) => shift + (before[axis] as number));
      parts.push(
        part(
          tap,
          padded.map((node) =>
            slice(node, [0, ...start, 0], [node.shape[0] as number, ...lengths, node.shape.at(-1) as number]),
          ),
        ),
      );
    }
    return sumOf(parts, shape);
  };
  const phases = Array.from({ length: sizeOf(stride) }, (_, number) => phase(number));
  return interleavePhases(phases, stride, size);
}

/** For each phase of an axis, the taps that reach it. */
function phasesOf(axis: number, { window, stride, dilation, before }: WindowAttributes): Reach[][] {
  const [s, d, b] = [stride[axis] as number, dilation[axis] as number, before[axis] as number];
  return Array.from({ length: s }, (_, remainder) =>
    Array.from({ length: window[axis] as number }, (_, tap) => ({ tap, shift: (remainder + b - tap * d) / s })).filter(
      ({ shift }) => Number.isInteger(shift),
    ),
  );
}

/** Joins arrays of the positions of each phase, cut to the spatial size. */
export function interleavePhases(phases: readonly Node[], stride: readonly number[], size: readonly number[]): Node {
  const shape = (phases[0] as Node).shape;
  const whole =
    phases.length === 1 ? (phases[0] as Node) : makeNode("interleave", phases, { counts: [1, ...stride, 1] });
  const [batch, channels] = [shape[0] as number, shape.at(-1) as number];
  const wanted = [batch, ...size, channels];
  return slice(
    whole,
    wanted.map(() => 0),
    wanted,
  );
}

export function zeros(shape: readonly number[]): Node {
  return broadcastTo(constant(0), shape);
}
