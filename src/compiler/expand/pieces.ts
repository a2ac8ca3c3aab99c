import { positionOf, sizeOf } from "../../core/shape.ts";
import { add, broadcastTo, constant, makeNode, reshape } from "../../graph/build.ts";
import type { Node, WindowAttributes } from "../../graph/node.ts";

/** Operations from which windows are built. */

export function slice(node: Node, start: readonly number[], size: readonly number[], step?: readonly number[]): Node {
  return makeNode("slice", [node], { start, size, step: step ?? size.map(() => 1) });
}

/** Part of one axis. */
export function sliceAxis(node: Node, axis: number, start: number, size: number, step = 1): Node {
  return slice(
    node,
    node.shape.map((_, k) => (k === axis ? start : 0)),
    node.shape.map((length, k) => (k === axis ? size : length)),
    node.shape.map((_, k) => (k === axis ? step : 1)),
  );
}

export function pad(
  node: Node,
  before: readonly number[],
  after: readonly number[],
  value: number,
  interior: readonly number[] = before.map(() => 0),
): Node {
  if ([...before, ...after, ...interior].every((count) => count === 0)) return node;
  return makeNode("pad", [node], { before, after, interior, value });
}

/** Pads the spatial axes of a channels-last array. */
export function padSpatial(node: Node, before: readonly number[], after: readonly number[], value: number): Node {
  return pad(node, [0, ...before, 0], [0, ...after, 0], value);
}

export function concat(parts: readonly Node[], axis: number): Node {
  return parts.length === 1 ? (parts[0] as Node) : makeNode("concat", parts, { axis });
}

/** The sum of all terms, in order; zeros of the given shape if the list is empty. */
export function sumOf(parts: readonly Node[], shape: readonly number[]): Node {
  const [first, ...rest] = parts;
  return first === undefined ? broadcastTo(constant(0), shape) : rest.reduce((sum, part) => add(sum, part), first);
}

/** Broadcasts a small array (…shape) over a larger one with more axes; its axes are given by position. */
export function spreadAxes(node: Node, axes: readonly number[], shape: readonly number[]): Node {
  const aligned = shape.map((_, axis) => (axes.includes(axis) ? (node.shape[axes.indexOf(axis)] as number) : 1));
  return broadcastTo(reshape(node, aligned), shape);
}

/** For each position in a window, row-major, its value in all windows: (N, ...P, C) views of the padded input. */
export function tapsOf(x: Node, positions: readonly number[], attributes: WindowAttributes, padding: number): Node[] {
  const { window, stride, dilation, before, after } = attributes;
  const padded = padSpatial(x, before, after, padding);
  const [batch, channels] = [x.shape[0] as number, x.shape.at(-1) as number];
  return Array.from({ length: sizeOf(window) }, (_, tap) => {
    const start = positionOf(tap, window).map((k, axis) => k * (dilation[axis] as number));
    return slice(padded, [0, ...start, 0], [batch, ...positions, channels], [1, ...stride, 1]);
  });
}

/** The part of a geometry that belongs to some of the axes. */
export function axesOf<A extends WindowAttributes>(attributes: A, keep: (axis: number) => boolean): A {
  const part = (list: readonly number[]) => list.filter((_, axis) => keep(axis));
  const { window, stride, dilation, before, after } = attributes;
  return {
    ...attributes,
    window: part(window),
    stride: part(stride),
    dilation: part(dilation),
    before: part(before),
    after: part(after),
  };
}
