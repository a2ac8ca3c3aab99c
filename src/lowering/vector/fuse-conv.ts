import { type ConvKernel, type Kernel, type LoopKernel, readNodes, writtenNodes } from "../../compiler/kernel.ts";
import { KernelOrder } from "../../compiler/kernel-order.ts";
import type { Schedule } from "../../compiler/schedule.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";

/** Lets loops that pass over a convolution's result run in its kernel, image by image, while the image is in the cache: bias, activation,
 *  the sums behind channel statistics. Every convolution takes at most one loop, and every loop belongs to at most one convolution. */
export function fuseConvEpilogues(scheduled: Schedule, threads: number): Schedule {
  const { kernels, states } = scheduled;
  const order = new KernelOrder(kernels, states);
  const readers = new Map<Node, number[]>();
  kernels.forEach((kernel, place) => {
    for (const node of readNodes(kernel)) readers.set(node, [...(readers.get(node) ?? []), place]);
  });
  const taken = new Set<number>();
  kernels.forEach((kernel, place) => {
    // threads share whole images
    if (kernel.kind !== "conv" || (kernel.node.shape[0] as number) < 2 * threads) return;
    const loop = (readers.get(kernel.node) ?? []).find(
      (reader) =>
        !taken.has(reader) && isEpilogue(kernel, kernels[reader] as Kernel, states) && order.canJoin(place, reader),
    );
    if (loop === undefined) return;
    taken.add(loop);
    order.join(place, loop, { ...kernel, epilogue: kernels[loop] as LoopKernel });
  });
  return taken.size === 0 ? scheduled : { ...scheduled, kernels: order.ordered() };
}

/** Does the loop take images one by one, and read only the current image of the convolution's result? */
function isEpilogue({ node, operands }: ConvKernel, loop: Kernel, states: Schedule["states"]): boolean {
  if (loop.kind !== "loop" || loop.placement || loop.isReduced[0]) return false;
  const [images, ...image] = node.shape as [number, ...number[]];
  if (loop.domain[0] !== images || loop.domain.length < 2) return false;
  // the operands are read while the kernel runs and must not change meanwhile
  const written = new Set(writtenNodes(loop));
  if (states.some(({ input, next }) => written.has(next) && operands.some(({ base }) => base === input))) return false;
  const imageSize = sizeOf(image);
  const kept = loop.domain.filter((_, axis) => !loop.isReduced[axis]);
  return loop.nodes.every(({ node: user, level, operands: sources }) => {
    const sizes = level === "full" || user.op === "reduce" ? loop.domain : kept;
    return sources.every((source) => {
      if (source.from !== "memory" || source.access.base !== node) return true;
      const { offset, strides } = source.access;
      const reach = strides
        .slice(1)
        .reduce((sum, stride, axis) => sum + stride * ((sizes[axis + 1] as number) - 1), offset);
      return strides[0] === imageSize && strides.every((stride) => stride >= 0) && reach < imageSize;
    });
  });
}
