import type { Node } from "../graph/node.ts";
import type { Access } from "./access.ts";

/** Fused element-wise work and reductions over one domain. For every position of the kept axes, passes run one after the other, each over
 *  the reduced axes. Without reduced axes it is a plain map. */
export interface LoopKernel {
  readonly kind: "loop";
  /** sizes of all axes, none of them 1 */
  readonly domain: readonly number[];
  /** for each axis of the domain: does the kernel reduce over it? */
  readonly isReduced: readonly boolean[];
  /** the values computed here, inputs first */
  readonly nodes: readonly LoopNode[];
  /** where the one stored node goes in its array, if it does not fill it: parts of a concatenation, the inside of a padding */
  readonly placement?: Placement;
}

/** The path through an array while the kernel passes over its domain. */
export interface Placement {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The extent of a value: over the whole domain, or over the kept axes only. */
export type Level = "full" | "kept";

export interface LoopNode {
  readonly node: Node;
  readonly level: Level;
  readonly operands: readonly Operand[];
  /** written to memory, for other kernels or for a later pass */
  readonly isStored: boolean;
  /** the array that the stored value is a part of */
  readonly partOf?: Placement & { readonly array: Node };
  /** the pass over the reduced axes in which a full value is computed, or before which a kept one exists */
  readonly pass: number;
  /** the last pass that needs the value, itself or to recompute others */
  readonly lastPass: number;
}

/** Where an operand comes from: another node of the kernel, memory, or a formula of the position. Strides belong to the axes of the level
 *  at which the operand is read (the whole domain, or the kept axes). */
export type Operand =
  | { readonly from: "kernel"; readonly node: Node; readonly level: Level }
  | { readonly from: "memory"; readonly access: Access }
  | { readonly from: "constant"; readonly value: number; readonly dtype: Node["dtype"] }
  | { readonly from: "iota"; readonly strides: readonly number[]; readonly offset: number }
  /** random word at a flat position of its stream; the key is in memory */
  | {
      readonly from: "random";
      readonly node: Node;
      readonly key: Access;
      readonly strides: readonly number[];
      readonly offset: number;
    };

/** One matrix product, with any strides on either side. */
export interface MatmulKernel {
  readonly kind: "matmul";
  readonly node: Node;
  readonly left: Access;
  readonly right: Access;
  /** the right side's panels lie ready in its array */
  readonly isRightPacked?: boolean;
  /** computed from each finished part of the product */
  readonly epilogue?: Epilogue;
}

/** A loop over the positions of a product. It runs within the product's kernel on every part that is finished. */
export interface Epilogue {
  readonly loop: LoopKernel;
  /** the loop's axes are those of the transposed product, which is computed instead */
  readonly isTransposed: boolean;
  /** the product is also written to memory: other kernels read it, or its sums are too long to take in one block */
  readonly isProductStored: boolean;
  /** The product's columns are this many equal groups side by side, such as the gates of a cell, and the loop takes one column of each
   *  group at a time. 1: it passes over all columns. */
  readonly groups: number;
}

/** Work on one node whose output positions do not map to single input positions. */
export interface TableKernel {
  readonly kind: "gather" | "scatterAdd";
  readonly node: Node;
  /** gather: table, indices; scatterAdd: indices, updates */
  readonly operands: readonly Access[];
}

/** A convolution over two spatial axes (operands x and w), a depthwise one's data gradient (g and w), or the sums of a weight gradient
 *  (operands x and g). */
export interface ConvKernel {
  readonly kind: "conv" | "convWeight";
  readonly node: Node<"conv"> | Node<"convData"> | Node<"convWeight">;
  readonly operands: readonly Access[];
  /** computed by Winograd's algorithm; the second operand of `conv` is then the transform of w that it multiplies by */
  readonly isWinograd?: boolean;
  /** a loop that runs on each image of the result as soon as it is complete; its first axis is that of the images */
  readonly epilogue?: LoopKernel;
}

/** A loop of equal steps. Its kernels refer to nodes of its body. */
export interface ScanKernel {
  readonly kind: "scan";
  readonly node: Node<"scan">;
  /** number of steps */
  readonly length: number;
  /** shared arrays and sequences */
  readonly operands: readonly Access[];
  /** of one step, in order */
  readonly kernels: readonly Kernel[];
  /** nodes of the body that need separate arrays */
  readonly roots: readonly Node[];
  /** what it writes and other kernels may read; the first are the carried arrays, which it also reads */
  readonly arrays: readonly Node[];
  /** where arrays of the body lie, by step; all others lie in one place in every step */
  readonly places: ReadonlyMap<Node, StepPlace>;
}

/** Where an array of a body lies in step s: start + stride (s mod period) elements into another array. */
export interface StepPlace {
  readonly array: Node;
  readonly start: number;
  readonly stride: number;
  readonly period: number;
}

/** Self-attention of all heads, or the gradient in its input. */
export interface AttentionKernel {
  readonly kind: "attention" | "attentionGrad";
  readonly node: Node<"attention"> | Node<"attentionGrad">;
  /** in the order of the node's inputs */
  readonly operands: readonly Access[];
}

/** The weights of a convolution (operand w), transformed as Winograd's algorithm wants them. */
export interface TransformKernel {
  readonly kind: "transform";
  /** input and output channels of the convolution */
  readonly channels: number;
  readonly units: number;
  /** one row for each element of a transformed window; how they lie in memory is up to the target's kernels */
  readonly node: Node;
  readonly operands: readonly Access[];
}

export type Kernel =
  | ScanKernel
  | LoopKernel
  | MatmulKernel
  | TableKernel
  | ConvKernel
  | TransformKernel
  | AttentionKernel;

/** The array in which a stored value lies. */
export function arrayOf({ node, partOf }: LoopNode): Node {
  return partOf?.array ?? node;
}

/** Nodes whose values the kernel writes. */
export function writtenNodes(kernel: Kernel): readonly Node[] {
  let nodes = writtenCache.get(kernel);
  if (nodes === undefined) {
    nodes = findWritten(kernel);
    writtenCache.set(kernel, nodes);
  }
  return nodes;
}

/** Every stage asks for them again. */
const writtenCache = new WeakMap<Kernel, readonly Node[]>();

function findWritten(kernel: Kernel): readonly Node[] {
  if (kernel.kind === "loop") return [...new Set(kernel.nodes.flatMap((item) => (item.isStored ? arrayOf(item) : [])))];
  if (kernel.kind === "scan") {
    const inner = kernel.kernels.flatMap(writtenNodes).filter((node) => !kernel.places.has(node));
    return [...new Set([...kernel.arrays, ...inner])];
  }
  if (kernel.kind === "conv") return [kernel.node, ...(kernel.epilogue ? writtenNodes(kernel.epilogue) : [])];
  if (kernel.kind !== "matmul" || !kernel.epilogue) return [kernel.node];
  const { loop, isProductStored } = kernel.epilogue;
  return [...(isProductStored ? [kernel.node] : []), ...writtenNodes(loop)];
}

/** The kernel itself, or the kernels of a loop's step. */
export function innerKernels(kernel: Kernel): readonly Kernel[] {
  return kernel.kind === "scan" ? kernel.kernels.flatMap(innerKernels) : [kernel];
}

/** The loop that a kernel is or has. */
export function loopOf(kernel: Kernel): LoopKernel | undefined {
  if (kernel.kind === "loop") return kernel;
  if (kernel.kind === "conv") return kernel.epilogue;
  return kernel.kind === "matmul" ? kernel.epilogue?.loop : undefined;
}

/** Nodes whose values the kernel reads from memory. Its own product is not one of them: its epilogue reads it where it was made. */
export function readNodes(kernel: Kernel): readonly Node[] {
  let nodes = readCache.get(kernel);
  if (nodes === undefined) {
    const carried = kernel.kind === "scan" ? kernel.arrays.filter(({ op }) => op === "scanCarry") : [];
    nodes = [...new Set([...accesses(kernel).map(({ base }) => base), ...carried])];
    readCache.set(kernel, nodes);
  }
  return nodes;
}

/** Every stage asks for them again. */
const readCache = new WeakMap<Kernel, readonly Node[]>();

export function accesses(kernel: Kernel): Access[] {
  switch (kernel.kind) {
    case "loop":
      return kernel.nodes.flatMap(({ operands }) =>
        operands.flatMap((operand) =>
          operand.from === "memory" ? [operand.access] : operand.from === "random" ? [operand.key] : [],
        ),
      );
    case "matmul":
      return [kernel.left, kernel.right, ...besideOf(kernel.epilogue?.loop, kernel.node)];
    case "conv":
      return [...kernel.operands, ...besideOf(kernel.epilogue, kernel.node)];
    default:
      return [...kernel.operands];
  }
}

/** What an epilogue reads besides the result that it belongs to. */
function besideOf(loop: LoopKernel | undefined, result: Node): Access[] {
  return loop ? accesses(loop).filter(({ base }) => base !== result) : [];
}
