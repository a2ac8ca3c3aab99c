import { type Shape, sizeOf, stridesOf } from "../core/shape.ts";
import { isOp, type Node } from "../graph/node.ts";

/** How a tensor reads the elements of another one: the element at `position` is base[offset + sum of position * stride].
 *  Strides belong to the reader's axes, in elements; 0 repeats. */
export interface Access {
  readonly base: Node;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Follows reshape, broadcast, permute and slice down to the node that holds the elements.
 *  If strides cannot express a reshape, the base is the movement below it, which must be written out in the order in which it is read.
 *  @param last a movement below which it is not followed. */
export function resolveAccess(node: Node, last?: Node): Access {
  if (node === last) return { base: node, strides: stridesOf(node.shape), offset: 0 };
  const source = node.inputs[0];
  if (isOp(node, "broadcast") && source) {
    const inner = resolveAccess(source, last);
    const strides = inner.strides.map((stride, axis) => (source.shape[axis] === node.shape[axis] ? stride : 0));
    return { ...inner, strides };
  }
  if (isOp(node, "permute") && source) {
    const inner = resolveAccess(source, last);
    return { ...inner, strides: node.attributes.order.map((axis) => inner.strides[axis] as number) };
  }
  if (isOp(node, "slice") && source) {
    const inner = resolveAccess(source, last);
    const { start, step } = node.attributes;
    const offset = inner.strides.reduce((sum, stride, axis) => sum + stride * (start[axis] as number), inner.offset);
    return { base: inner.base, offset, strides: inner.strides.map((stride, axis) => stride * (step[axis] as number)) };
  }
  if (isOp(node, "reshape") && source) {
    const inner = resolveAccess(source, last);
    const strides = reshapeStrides(source.shape, inner.strides, node.shape);
    return strides ? { ...inner, strides } : { base: source, strides: stridesOf(node.shape), offset: 0 };
  }
  return { base: node, strides: stridesOf(node.shape), offset: 0 };
}

/** Strides of the same elements under another shape; undefined if no strides express it. */
export function reshapeStrides(from: Shape, strides: readonly number[], to: Shape): number[] | undefined {
  if (sizeOf(from) === 0) return stridesOf(to);
  const result = new Array<number>(to.length).fill(0);
  const long = from.map((_, axis) => axis).filter((axis) => from[axis] !== 1);
  let next = 0; // first old axis not used yet
  let axis = 0;
  while (axis < to.length) {
    if (to[axis] === 1) {
      axis++;
      continue;
    }
    // the smallest run of old axes and of new axes with the same number of elements
    const firstOld = next;
    const firstNew = axis;
    let oldSize = from[long[next++] as number] as number;
    let newSize = to[axis++] as number;
    while (oldSize !== newSize) {
      if (oldSize < newSize) oldSize *= from[long[next++] as number] as number;
      else newSize *= to[axis++] as number;
    }
    for (let k = firstOld; k + 1 < next; k++) {
      const [outer, inner] = [long[k] as number, long[k + 1] as number];
      if (strides[outer] !== (strides[inner] as number) * (from[inner] as number)) return undefined;
    }
    let stride = strides[long[next - 1] as number] as number;
    for (let k = axis - 1; k >= firstNew; k--) {
      if (to[k] === 1) continue;
      result[k] = stride;
      stride *= to[k] as number;
    }
  }
  return result;
}

/** Sizes without the ones. */
export function squeezeShape(shape: Shape): number[] {
  return shape.filter((size) => size !== 1);
}

/** Strides of the axes that are longer than one. */
export function squeezeStrides(shape: Shape, strides: readonly number[]): number[] {
  return strides.filter((_, axis) => shape[axis] !== 1);
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
