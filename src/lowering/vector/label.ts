import {
  type AttentionKernel,
  type ConvKernel,
  type Kernel,
  type LoopKernel,
  loopOf,
  type MatmulKernel,
  type TableKernel,
  type TransformKernel,
} from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";

/** A kernel's name in listings and profiles: the kind, the shape, and the operations. */
export function labelOf(kernel: Kernel): string {
  if (kernel.kind === "loop") return loopLabel(kernel);
  if (kernel.kind === "scan") return `scan_${kernel.length}steps_${kernel.kernels.length}kernels`;
  const shapes = [...operandsOf(kernel), kernel.node].map(({ shape }) => shape.join("x"));
  const loop = loopOf(kernel);
  const kind = "isWinograd" in kernel && kernel.isWinograd ? `winograd_${kernel.kind}` : kernel.kind;
  return [kind, ...shapes, ...(loop ? [loopLabel(loop)] : [])].join("_");
}

function operandsOf(kernel: MatmulKernel | TableKernel | ConvKernel | TransformKernel | AttentionKernel): Node[] {
  const operands = kernel.kind === "matmul" ? [kernel.left, kernel.right] : kernel.operands;
  return operands.map(({ base }) => base);
}

function loopLabel(kernel: LoopKernel): string {
  const reductions = kernel.nodes.filter(({ node }) => node.op === "reduce").length;
  const kind = !kernel.isReduced.includes(true) ? "map" : kernel.isReduced.at(-1) ? "rows" : "columns";
  return `${kind}_${kernel.domain.join("x") || "scalar"}_${kernel.nodes.length}ops${reductions > 0 ? `_${reductions}sums` : ""}`;
}
