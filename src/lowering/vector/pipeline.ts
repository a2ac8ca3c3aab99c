import type { Target, VectorFunction } from "../../codegen/program.ts";
import { type Extent, readExtents, writtenExtents } from "../../compiler/extents.ts";
import { innerKernels, type Kernel, loopOf, type ScanKernel, type StepPlace } from "../../compiler/kernel.ts";
import type { Location } from "../../compiler/location.ts";
import type { MemoryPlan } from "../../compiler/memory.ts";
import { type PlannedGraph, planGraph } from "../../compiler/pipeline.ts";
import { type RowExtent, rowExtents, type Touch, touchOf } from "../../compiler/touches.ts";
import { ELEMENT_BYTES } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Graph, Node } from "../../graph/node.ts";
import { lowerAttention } from "./attention.ts";
import { lowerAttentionGrad } from "./attention-grad.ts";
import { planAttention } from "./attention-plan.ts";
import { barriersBefore } from "./barriers.ts";
import { chooseWinograd } from "./choose-winograd.ts";
import { contractedProducts } from "./contract.ts";
import { lowerConv } from "./conv.ts";
import { planConv, planConvWeight } from "./conv-plan.ts";
import { lowerConvWeight } from "./conv-weight.ts";
import { lowerDepthwise } from "./depthwise.ts";
import { isDepthwise, planDepthwise, planDepthwiseWeight } from "./depthwise-plan.ts";
import { lowerDepthwiseWeight } from "./depthwise-weight.ts";
import { flushStates } from "./flush-states.ts";
import { fuseConvEpilogues } from "./fuse-conv.ts";
import { fuseMatmulEpilogues } from "./fuse-matmul.ts";
import { labelOf } from "./label.ts";
import { lowerLoop } from "./loop.ts";
import type { KernelSignature, LoweredKernel } from "./lowered.ts";
import { lowerMatmul } from "./matmul.ts";
import { planMatmul } from "./matmul-plan.ts";
import { packShared } from "./pack-shared.ts";
import { planLoop } from "./streams.ts";
import { lowerTable, planTable } from "./table.ts";
import { lowerTransform, planTransform } from "./transform-weights.ts";
import { lowerWinograd } from "./winograd.ts";
import { planWinograd, planWinogradWeight } from "./winograd-plan.ts";
import { lowerWinogradWeight } from "./winograd-weight.ts";

/** A call whose addresses are still locations in the plan. */
export interface PlannedCall {
  readonly function: number;
  readonly locations: readonly Location[];
  readonly needsScratch: boolean;
  readonly items: number;
  readonly grain: number;
  readonly barrierBefore: boolean;
  readonly label: string;
}

/** A graph as vector code, free of addresses: ready for any target with the same lanes. */
export interface CompiledProgram extends Pick<PlannedGraph, "arenaBytes" | "inputs" | "outputs" | "literals"> {
  readonly functions: readonly VectorFunction[];
  readonly calls: readonly PlannedCall[];
  /** working memory of one thread */
  readonly scratchBytes: number;
}

export interface CompileOptions {
  /** false: one kernel per operation, for comparison. Default true. */
  readonly fuse?: boolean | undefined;
  /** false: loops over a matrix product never run in the product's kernel, for comparison. Default: as `fuse`. */
  readonly epilogues?: boolean | undefined;
  /** true: Winograd's algorithm for every convolution that it can compute; false: for none; for comparison. Default: where it is faster */
  readonly winograd?: boolean | undefined;
}

/** From a graph to vector code: plan kernels and memory, lower each kernel once, place barriers. */
export function compileGraph(
  graph: Graph,
  target: Target,
  threads: number,
  options: CompileOptions = {},
): CompiledProgram {
  const { fuse = true, epilogues = fuse, winograd } = options;
  const plan = planGraph(target.flushesSubnormals ? graph : flushStates(graph), fuse, (scheduled) => {
    const joined = epilogues
      ? packShared(fuseConvEpilogues(fuseMatmulEpilogues(scheduled, target, threads), threads), target)
      : scheduled;
    return chooseWinograd(joined, target, winograd);
  });
  const { functions, calls, scratchBytes } = lowerAll(plan, target, threads);
  const barriers = barriersBefore(calls);
  return {
    functions,
    calls: calls.map(({ reads: _, writes: __, ...call }, index) => ({
      ...call,
      barrierBefore: barriers[index] as boolean,
    })),
    arenaBytes: plan.arenaBytes,
    scratchBytes,
    inputs: plan.inputs,
    outputs: plan.outputs,
    literals: plan.literals,
  };
}

type UnorderedCall = Omit<PlannedCall, "barrierBefore"> & {
  readonly reads: readonly Touch[];
  readonly writes: readonly Touch[];
};

/** Lowers the kernels. Equal kernels share one function. */
function lowerAll(
  plan: MemoryPlan,
  target: Target,
  threads: number,
): { functions: VectorFunction[]; calls: UnorderedCall[]; scratchBytes: number } {
  const functions: VectorFunction[] = [];
  const known = new Map<string, { readonly index: number; readonly lowered: LoweredKernel }>();
  const calls: UnorderedCall[] = [];
  let scratchBytes = 0;
  const contracted = contractedProducts(plan.kernels.flatMap(innerKernels).flatMap((kernel) => loopOf(kernel) ?? []));
  const lowered = (kernel: Exclude<Kernel, ScanKernel>): Ready => {
    const { signature, lower } = lowering(kernel, contracted, target, threads);
    let entry = known.get(signature.key);
    if (!entry) {
      const made = lower(`${labelOf(kernel)}_${functions.length}`);
      entry = { index: functions.length, lowered: made };
      functions.push(made.code);
      known.set(signature.key, entry);
    }
    scratchBytes = Math.max(scratchBytes, entry.lowered.scratchBytes);
    const { rowShare, items, grain } = entry.lowered;
    return {
      kernel,
      signature,
      ...entry,
      reads: readExtents(kernel),
      writes: writtenExtents(kernel),
      rows: kernel.kind === "matmul" && rowShare !== undefined ? rowExtents(kernel) : new Map<Node, RowExtent>(),
      share: rowShare === undefined ? undefined : `${rowShare} ${items} ${grain}`,
    };
  };
  const call = ({ kernel, signature, index, lowered, reads, writes, rows, share }: Ready, place: Place): void => {
    if (lowered.items === 0) return;
    const touch = (extent: Extent) => touchOf(extent, place(extent.node), rows.get(extent.node), share);
    calls.push({
      function: index,
      locations: signature.arrays.map((node, k) => placeFrom(place(node), signature.origins?.[k] ?? 0)),
      needsScratch: lowered.scratchBytes > 0,
      items: lowered.items,
      grain: lowered.grain,
      label: labelOf(kernel),
      reads: reads.map(touch),
      writes: writes.map(touch),
    });
  };
  const visit = (kernels: readonly Kernel[], place: Place): void => {
    for (const kernel of kernels) {
      if (kernel.kind === "scan") callSteps(kernel, place);
      else call(lowered(kernel), place);
    }
  };
  const callSteps = ({ kernels, length, places }: ScanKernel, place: Place): void => {
    const ready = kernels.map((kernel) => (kernel.kind === "scan" ? kernel : lowered(kernel)));
    for (let step = 0; step < length; step++) {
      const placeInStep: Place = (node) => {
        const known = places.get(node);
        return known ? placeAt(known, node, step, place) : place(node);
      };
      for (const item of ready) {
        if ("lowered" in item) call(item, placeInStep);
        else callSteps(item, placeInStep);
      }
    }
  };
  visit(plan.kernels, (node) => plan.locations.get(node) as Location);
  return { functions, calls, scratchBytes };
}

/** A kernel with its code, ready to be called in any place. */
interface Ready {
  readonly kernel: Kernel;
  readonly signature: KernelSignature;
  readonly index: number;
  readonly lowered: LoweredKernel;
  readonly reads: readonly Extent[];
  readonly writes: readonly Extent[];
  /** the rows that belong to each item, and how threads share them */
  readonly rows: ReadonlyMap<Node, RowExtent>;
  readonly share: string | undefined;
}

/** Where a kernel's array lies. */
type Place = (node: Node) => Location;

/** Where an array of a loop's body lies in one step. */
function placeAt({ array, start, stride, period }: StepPlace, node: Node, step: number, place: Place): Location {
  const whole = place(array);
  const offset = whole.offset + (start + stride * (step % period)) * ELEMENT_BYTES;
  return { ...whole, offset, bytes: sizeOf(node.shape) * ELEMENT_BYTES };
}

/** A location without its first elements. */
function placeFrom(location: Location, elements: number): Location {
  const skipped = elements * ELEMENT_BYTES;
  return { ...location, offset: location.offset + skipped, bytes: location.bytes - skipped };
}

function lowering(
  kernel: Exclude<Kernel, ScanKernel>,
  contracted: ReadonlySet<Node>,
  target: Target,
  threads: number,
): { signature: KernelSignature; lower: (name: string) => LoweredKernel } {
  switch (kernel.kind) {
    case "loop": {
      const plan = planLoop(kernel, contracted);
      return { signature: plan, lower: (name) => lowerLoop(plan, target, name) };
    }
    case "matmul": {
      const plan = planMatmul(kernel, contracted, target);
      return { signature: plan, lower: (name) => lowerMatmul(plan, target, threads, name) };
    }
    case "conv": {
      if (isDepthwise(kernel)) {
        const plan = planDepthwise(kernel, contracted);
        return { signature: plan, lower: (name) => lowerDepthwise(plan, target, name) };
      }
      if (kernel.isWinograd) {
        const plan = planWinograd(kernel, contracted, target);
        return { signature: plan, lower: (name) => lowerWinograd(plan, target, name) };
      }
      const plan = planConv(kernel, contracted, target);
      return { signature: plan, lower: (name) => lowerConv(plan, target, name) };
    }
    case "convWeight": {
      if (isDepthwise(kernel)) {
        const plan = planDepthwiseWeight(kernel);
        return { signature: plan, lower: (name) => lowerDepthwiseWeight(plan, target, name) };
      }
      if (kernel.isWinograd) {
        const plan = planWinogradWeight(kernel, target);
        return { signature: plan, lower: (name) => lowerWinogradWeight(plan, target, name) };
      }
      const plan = planConvWeight(kernel, target);
      return { signature: plan, lower: (name) => lowerConvWeight(plan, target, name) };
    }
    case "attention": {
      const plan = planAttention(kernel);
      return { signature: plan, lower: (name) => lowerAttention(plan, target, threads, name) };
    }
    case "attentionGrad": {
      const plan = planAttention(kernel);
      return { signature: plan, lower: (name) => lowerAttentionGrad(plan, target, name) };
    }
    case "transform": {
      const plan = planTransform(kernel, target);
      return { signature: plan, lower: (name) => lowerTransform(plan, target, name) };
    }
    default: {
      const plan = planTable(kernel);
      return { signature: plan, lower: (name) => lowerTable(plan, target, name) };
    }
  }
}
