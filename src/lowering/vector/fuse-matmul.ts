import type { Target } from "../../codegen/program.ts";
import { type Access, sameNumbers } from "../../compiler/access.ts";
import {
  type Epilogue,
  type Kernel,
  type LoopKernel,
  type MatmulKernel,
  readNodes,
  writtenNodes,
} from "../../compiler/kernel.ts";
import { KernelOrder } from "../../compiler/kernel-order.ts";
import type { Schedule } from "../../compiler/schedule.ts";
import { sizeOf, stridesOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";
import { isMatrixLoop, stripsOf, unitOfGroups } from "./epilogue.ts";
import { isOneInnerBlock, MOST_ROWS_TOGETHER, tileFor } from "./matmul-plan.ts";

/** One thread makes a product of fewer multiply-adds without loss: distributing it takes as long. */
const WORK_OF_ONE_THREAD = 2 ** 18;

/** Lets loops that pass over a matrix product run in the product's kernel: they find it in the cache, and if no other kernel reads it, it
 *  is never written to memory. Every product takes at most one loop, and every loop belongs to at most one product. */
export function fuseMatmulEpilogues(scheduled: Schedule, target: Target, threads: number): Schedule {
  const { kernels, states, outputs } = scheduled;
  const order = new KernelOrder(kernels, states);
  const roots = new Set<Node>([...outputs, ...states.map(({ next }) => next)]);
  const products = new Map<Node, number>();
  const readers = new Map<Node, number[]>();
  kernels.forEach((kernel, place) => {
    if (kernel.kind === "matmul") products.set(kernel.node, place);
    for (const node of readNodes(kernel)) readers.set(node, [...(readers.get(node) ?? []), place]);
  });

  const pairs: { readonly product: number; readonly loop: number; readonly epilogue: Epilogue }[] = [];
  for (const [node, product] of products) {
    const places = readers.get(node) ?? [];
    const isShared = places.length > 1 || roots.has(node);
    for (const loop of places) {
      const epilogue = match(kernels[product] as MatmulKernel, kernels[loop] as Kernel, isShared, states, target);
      if (epilogue && isWorthIt(kernels[product] as MatmulKernel, epilogue, target, threads))
        pairs.push({ product, loop, epilogue });
    }
  }
  // first the products that need not be stored; then in order, so that a loop over two products joins the one that only it reads
  pairs.sort(
    (a, b) =>
      Number(a.epilogue.isProductStored) - Number(b.epilogue.isProductStored) ||
      a.loop - b.loop ||
      b.product - a.product,
  );
  const taken = new Set<number>();
  for (const { product, loop, epilogue } of pairs) {
    if (taken.has(product) || taken.has(loop) || !order.canJoin(product, loop)) continue;
    taken.add(product).add(loop);
    order.join(product, loop, { ...(kernels[product] as MatmulKernel), epilogue });
  }
  return { ...scheduled, kernels: order.ordered() };
}

/** The loop as an epilogue of the product, if it passes over the product position by position.
 *  @param isShared other kernels need the product too, so it must lie in memory unchanged. */
function match(
  { node, left, right }: MatmulKernel,
  loop: Kernel,
  isShared: boolean,
  states: Schedule["states"],
  target: Target,
): Epilogue | undefined {
  if (loop.kind !== "loop" || loop.placement) return undefined;
  const [rows, columns] = node.shape.slice(-2) as [number, number];
  const inner = node.inputs[0]?.shape.at(-1) as number;
  if (sizeOf(node.shape.slice(0, -2)) !== 1 || rows < 2 || columns < 2 || inner === 0) return undefined;
  // the factors are read while the kernel runs and must not change meanwhile
  const written = new Set(writtenNodes(loop));
  if (states.some(({ input, next }) => written.has(next) && (left.base === input || right.base === input)))
    return undefined;
  const hasSums = loop.isReduced.includes(true);
  if (hasSums && !loop.isReduced.every((reduced, axis) => reduced === axis < loop.isReduced.length - 1))
    return undefined;
  for (const isTransposed of isShared ? [false] : [false, true]) {
    const [height, width] = isTransposed ? [columns, rows] : [rows, columns];
    if (hasSums && height > MOST_ROWS_TOGETHER) continue;
    const straight = readsStraight(loop, node, isTransposed);
    if (straight && isMatrixLoop(straight, height, width))
      return { loop: straight, isTransposed, isProductStored: isShared || !isOneInnerBlock(inner), groups: 1 };
  }
  const groups = columns / (loop.domain.at(-1) ?? columns);
  if (isShared || hasSums || groups < 2 || !isOneInnerBlock(inner) || !readsGroups(loop, node, groups))
    return undefined;
  const isWhole = Number.isInteger(groups) && isMatrixLoop(loop, rows, columns / groups);
  if (!isWhole || unitOfGroups(loop, target, tileFor(target).vectors) === undefined) return undefined;
  return { loop, isTransposed: false, isProductStored: false, groups };
}

/** Does the loop read the array row by row, and in each row one column of each of the groups of columns? */
function readsGroups(loop: LoopKernel, array: Node, groups: number): boolean {
  const columns = loop.domain.at(-1) as number;
  const wanted = stridesOf(loop.domain).map((stride, axis) => (axis < loop.domain.length - 1 ? stride * groups : 1));
  return loop.nodes.every(({ operands }) =>
    operands.every((operand) => {
      if (operand.from !== "memory" || operand.access.base !== array) return true;
      const { offset, strides } = operand.access;
      return offset % columns === 0 && offset < groups * columns && sameNumbers(strides, wanted);
    }),
  );
}

/** The loop with every read of the array (or of its transpose) position by position; undefined if one read is not. */
function readsStraight(loop: LoopKernel, array: Node, isTransposed: boolean): LoopKernel | undefined {
  const canonical = stridesOf(loop.domain);
  const rows = loop.domain.slice(0, -1);
  const wanted = isTransposed ? [...stridesOf(rows), sizeOf(rows)] : canonical;
  const isStraight = ({ offset, strides }: Access) => offset === 0 && sameNumbers(strides, wanted);
  let straight = true;
  const nodes = loop.nodes.map((item) => ({
    ...item,
    operands: item.operands.map((operand) => {
      if (operand.from !== "memory" || operand.access.base !== array) return operand;
      const isFull = item.level === "full" || item.node.op === "reduce";
      if (!isFull || !isStraight(operand.access)) straight = false;
      return { ...operand, access: { base: array, offset: 0, strides: canonical } };
    }),
  }));
  return straight ? { ...loop, nodes } : undefined;
}

/** Sums over rows force the threads to share columns, so there must be enough of them. */
function isWorthIt({ node }: MatmulKernel, { loop }: Epilogue, target: Target, threads: number): boolean {
  if (threads === 1 || !loop.isReduced.includes(true)) return true;
  const tile = tileFor(target);
  const { stripsPerUnit, columns } = stripsOf(loop, target, tile.vectors);
  const units = Math.ceil(columns / (stripsPerUnit * tile.vectors * target.lanes));
  const inner = node.inputs[0]?.shape.at(-1) as number;
  return units >= threads || sizeOf(node.shape) * inner <= WORK_OF_ONE_THREAD;
}
