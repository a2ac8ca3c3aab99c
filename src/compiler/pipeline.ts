import type { Target, VectorFunction } from "../codegen/program.ts";
import { ELEMENT_BYTES } from "../core/dtype.ts";
import { append } from "../core/extremes.ts";
import type { Graph, Node } from "../graph/node.ts";
import { contractedProducts } from "./contract.ts";
import { expand } from "./expand.ts";
import { locationOf, readExtents, writtenExtents } from "./extents.ts";
import { flushStates } from "./flush-states.ts";
import { fuseConvEpilogues } from "./fuse-conv.ts";
import { fuseMatmulEpilogues } from "./fuse-matmul.ts";
import {
  type ConvKernel,
  type Kernel,
  type LoopKernel,
  loopOf,
  type MatmulKernel,
  type TableKernel,
} from "./kernel.ts";
import { lowerConv } from "./lower/conv.ts";
import { planConv, planConvWeight } from "./lower/conv-plan.ts";
import { lowerConvWeight } from "./lower/conv-weight.ts";
import { lowerLoop } from "./lower/loop.ts";
import type { KernelSignature, LoweredKernel } from "./lower/lowered.ts";
import { lowerMatmul } from "./lower/matmul.ts";
import { planMatmul } from "./lower/matmul-plan.ts";
import { planLoop } from "./lower/streams.ts";
import { lowerTable, planTable } from "./lower/table.ts";
import { type Location, type MemoryPlan, planMemory } from "./memory.ts";
import { pushSlices } from "./push-slices.ts";
import { schedule } from "./schedule.ts";
import { shareConcats } from "./share-concats.ts";
import { simplify } from "./simplify.ts";

/** A call whose addresses are still places in the plan. */
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
export interface CompiledProgram {
  readonly functions: readonly VectorFunction[];
  readonly calls: readonly PlannedCall[];
  readonly arenaBytes: number;
  /** working memory of one thread */
  readonly scratchBytes: number;
  readonly inputs: readonly (Location | undefined)[];
  readonly outputs: readonly Location[];
  readonly literals: readonly { readonly node: Node<"literal">; readonly location: Location }[];
}

export interface CompileOptions {
  /** false: a kernel for every operation, for comparison. Default true. */
  readonly fuse?: boolean | undefined;
  /** false: what is computed from a matrix product is never part of the product's kernel, for comparison. Default: as `fuse`. */
  readonly epilogues?: boolean | undefined;
}

/** From a graph to vector code: expand, simplify, cut into kernels, plan memory, lower each kernel once, place barriers. */
export function compileGraph(
  graph: Graph,
  target: Target,
  threads: number,
  options: CompileOptions = {},
): CompiledProgram {
  const simple = prepared(target.flushesSubnormals ? graph : flushStates(graph));
  const { fuse = true, epilogues = fuse } = options;
  const unfused = schedule(simple, fuse);
  const scheduled = epilogues ? fuseConvEpilogues(fuseMatmulEpilogues(unfused, target, threads), threads) : unfused;
  const plan = planMemory(simple, scheduled);
  const { functions, calls, scratchBytes } = lowerAll(plan, target, threads);
  const locate = (node: Node) => plan.locations.get(node);
  const literals = [...plan.locations].filter(([node]) => node.op === "literal");
  return {
    functions,
    calls: placeBarriers(calls),
    arenaBytes: plan.arenaBytes,
    scratchBytes,
    inputs: simple.inputs.map(locate),
    outputs: scheduled.outputs.map((node) => locate(node) as Location),
    literals: literals.map(([node, location]) => ({ node: node as Node<"literal">, location })),
  };
}

/** The graph as kernels are made of it: rewritten, never changed in what it computes. */
export function prepared(graph: Graph): Graph {
  return shareConcats(pushSlices(simplify(expand(graph))));
}

type UnorderedCall = Omit<PlannedCall, "barrierBefore"> & {
  readonly reads: readonly Location[];
  readonly writes: readonly Location[];
};

/** Equal kernels share one function. */
function lowerAll(
  plan: MemoryPlan,
  target: Target,
  threads: number,
): { functions: VectorFunction[]; calls: UnorderedCall[]; scratchBytes: number } {
  const functions: VectorFunction[] = [];
  const known = new Map<string, { readonly index: number; readonly lowered: LoweredKernel }>();
  const calls: UnorderedCall[] = [];
  let scratchBytes = 0;
  const contracted = contractedProducts(plan.kernels.flatMap((kernel) => loopOf(kernel) ?? []));
  for (const kernel of plan.kernels) {
    const { signature, lower } = lowering(kernel, contracted, target, threads);
    let entry = known.get(signature.key);
    if (!entry) {
      const lowered = lower(`${labelOf(kernel)}_${functions.length}`);
      entry = { index: functions.length, lowered };
      functions.push(lowered.code);
      known.set(signature.key, entry);
    }
    const { lowered } = entry;
    if (lowered.items === 0) continue;
    scratchBytes = Math.max(scratchBytes, lowered.scratchBytes);
    const place = (node: Node) => plan.locations.get(node) as Location;
    calls.push({
      function: entry.index,
      locations: signature.arrays.map((node, index) => placeFrom(place(node), signature.origins?.[index] ?? 0)),
      needsScratch: lowered.scratchBytes > 0,
      items: lowered.items,
      grain: lowered.grain,
      label: labelOf(kernel),
      reads: readExtents(kernel).map((extent) => locationOf(extent, place(extent.node))),
      writes: writtenExtents(kernel).map((extent) => locationOf(extent, place(extent.node))),
    });
  }
  return { functions, calls, scratchBytes };
}

/** A location without so many elements at its beginning. */
function placeFrom(location: Location, elements: number): Location {
  const skipped = elements * ELEMENT_BYTES;
  return { ...location, offset: location.offset + skipped, bytes: location.bytes - skipped };
}

function lowering(
  kernel: Kernel,
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
      const plan = planConv(kernel, contracted, target);
      return { signature: plan, lower: (name) => lowerConv(plan, target, name) };
    }
    case "convWeight": {
      const plan = planConvWeight(kernel, target);
      return { signature: plan, lower: (name) => lowerConvWeight(plan, target, name) };
    }
    default: {
      const plan = planTable(kernel);
      return { signature: plan, lower: (name) => lowerTable(plan, target, name) };
    }
  }
}

/** What a person sees in listings: the kind, the shape, and the operations. */
function labelOf(kernel: Kernel): string {
  if (kernel.kind === "loop") return loopLabel(kernel);
  const shapes = [...operandsOf(kernel), kernel.node].map(({ shape }) => shape.join("x"));
  const loop = loopOf(kernel);
  return [kernel.kind, ...shapes, ...(loop ? [loopLabel(loop)] : [])].join("_");
}

function operandsOf(kernel: MatmulKernel | TableKernel | ConvKernel): Node[] {
  const operands = kernel.kind === "matmul" ? [kernel.left, kernel.right] : kernel.operands;
  return operands.map(({ base }) => base);
}

function loopLabel(kernel: LoopKernel): string {
  const reductions = kernel.nodes.filter(({ node }) => node.op === "reduce").length;
  const kind = !kernel.isReduced.includes(true) ? "map" : kernel.isReduced.at(-1) ? "rows" : "columns";
  return `${kind}_${kernel.domain.join("x") || "scalar"}_${kernel.nodes.length}ops${reductions > 0 ? `_${reductions}sums` : ""}`;
}

/** A barrier goes before a call that touches what another thread may still be writing, or writes what another may still be reading. */
function placeBarriers(calls: readonly UnorderedCall[]): PlannedCall[] {
  let reads: Location[] = [];
  let writes: Location[] = [];
  return calls.map(({ reads: newReads, writes: newWrites, ...call }) => {
    const barrierBefore = meets(newReads, writes) || meets(newWrites, writes) || meets(newWrites, reads);
    if (barrierBefore) {
      reads = [];
      writes = [];
    }
    append(reads, newReads);
    append(writes, newWrites);
    return { ...call, barrierBefore };
  });
}

function meets(some: readonly Location[], others: readonly Location[]): boolean {
  return some.some((a) => others.some((b) => overlaps(a, b)));
}

function overlaps(a: Location, b: Location): boolean {
  if (a.space === "state" ? b.space !== "state" || a.index !== b.index : b.space === "state") return false;
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}
