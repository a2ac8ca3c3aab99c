import { ELEMENT_BYTES } from "../core/dtype.ts";
import { sizeOf, stridesOf } from "../core/shape.ts";
import { makeNode } from "../graph/build.ts";
import type { Graph, Node } from "../graph/node.ts";
import { sameNumbers, squeezeShape } from "./access.ts";
import { Arena } from "./arena.ts";
import { type Extent, locationOf } from "./extents.ts";
import { canonicalStrides } from "./groups.ts";
import { type Kernel, type LoopKernel, loopOf, readNodes, writtenNodes } from "./kernel.ts";
import type { Location } from "./location.ts";
import { isRun, partCopyOf } from "./place-parts.ts";
import type { Schedule } from "./schedule.ts";

export interface MemoryPlan {
  /** the schedule's kernels, with copies for states that cannot be updated in place */
  readonly kernels: readonly Kernel[];
  readonly locations: ReadonlyMap<Node, Location>;
  /** arrays that lie within other arrays, as parts of concatenations */
  readonly homes: ReadonlyMap<Node, Home>;
  readonly arenaBytes: number;
}

/** Where an array lies within another one. */
export interface Home {
  readonly array: Node;
  /** elements before its first one */
  readonly offset: number;
}

const ALIGNMENT = 64;

/** Bytes of an array, with room to read a full vector past its end. */
export function paddedBytes(node: Pick<Node, "shape">): number {
  return Math.ceil((sizeOf(node.shape) * ELEMENT_BYTES) / ALIGNMENT) * ALIGNMENT + ALIGNMENT;
}

/** Places every array: states in place if their old value is no longer needed, all others in one arena whose parts are reused as soon as
 *  their values are dead. */
export function planMemory(graph: Graph, scheduled: Schedule): MemoryPlan {
  const locations = new Map<Node, Location>();
  const stateOf = new Map<Node, number>();
  graph.states.forEach(({ input }, index) => {
    stateOf.set(input, index);
    locations.set(input, { space: "state", index, offset: 0, bytes: paddedBytes(input) });
  });
  const times = kernelTimes(scheduled.kernels);
  const copies: Kernel[] = [];
  for (const { input, next } of scheduled.states) {
    const index = stateOf.get(input) as number;
    const place: Location = { space: "state", index, offset: 0, bytes: paddedBytes(input) };
    if (updatesInPlace(scheduled.kernels, times, input, next)) {
      locations.set(next, place);
    } else {
      const copy = makeNode("permute", [next], { order: next.shape.map((_, axis) => axis) });
      copies.push(copyKernel(copy, next));
      locations.set(copy, place);
    }
  }
  const { kept, homes } = housed(scheduled, locations);
  const kernels = [...kept, ...copies];
  const resident = [...graph.inputs, ...literalsOf(kernels)];
  const arenaBytes = placeInArena(kernels, resident, scheduled.outputs, locations, homes);
  return { kernels, locations, homes, arenaBytes };
}

/** Computes parts of concatenations that are contiguous in memory where they belong, and drops their copies.
 *  A part lies in one array, and neither belongs to a state. */
function housed(
  { kernels, outputs }: Schedule,
  locations: ReadonlyMap<Node, Location>,
): { readonly kept: Kernel[]; readonly homes: Map<Node, Home> } {
  const homes = new Map<Node, Home>();
  const own = new Set(outputs);
  const kept = kernels.filter((kernel) => {
    const copy = partCopyOf(kernel);
    if (!copy || !isRun(copy.placement, kernel as LoopKernel)) return true;
    const { part, array, placement } = copy;
    if (own.has(part) || homes.has(part) || locations.has(part) || locations.has(array)) return true;
    homes.set(part, { array, offset: placement.offset });
    return false;
  });
  return { kept, homes };
}

function literalsOf(kernels: readonly Kernel[]): Node[] {
  return [...new Set(kernels.flatMap(readNodes))].filter(({ op }) => op === "literal");
}

function copyKernel(copy: Node, source: Node): LoopKernel {
  const domain = squeezeShape(copy.shape);
  const access = { base: source, offset: 0, strides: stridesOf(domain) };
  return {
    kind: "loop",
    domain,
    isReduced: domain.map(() => false),
    nodes: [
      { node: copy, level: "full", operands: [{ from: "memory", access }], isStored: true, pass: 0, lastPass: 0 },
    ],
  };
}

/** When each array is first written and last read, as positions in the kernel order. */
interface Times {
  readonly written: ReadonlyMap<Node, number>;
  readonly read: ReadonlyMap<Node, number>;
}

function kernelTimes(kernels: readonly Kernel[]): Times {
  const written = new Map<Node, number>();
  const read = new Map<Node, number>();
  kernels.forEach((kernel, time) => {
    for (const node of writtenNodes(kernel)) if (!written.has(node)) written.set(node, time);
    for (const node of readNodes(kernel)) read.set(node, time);
  });
  return { written, read };
}

/** May the kernel that makes `next` write it over `input`? It may if no later kernel reads the old value, and the kernel itself reads it
 *  only at the position that it is about to write, not in a later pass. */
function updatesInPlace(kernels: readonly Kernel[], times: Times, input: Node, next: Node): boolean {
  const writer = times.written.get(next) as number;
  const lastReader = times.read.get(input) ?? -1;
  if (lastReader > writer) return false;
  if (lastReader < writer) return true;
  const kernel = kernels[writer] as Kernel;
  // the factors of a product are read at all positions, at any time
  if (kernel.kind === "matmul" && [kernel.left, kernel.right].some(({ base }) => base === input)) return false;
  if (kernel.kind === "conv" && kernel.operands.some(({ base }) => base === input)) return false;
  const loop = loopOf(kernel);
  const target = loop?.nodes.find(({ node }) => node === next);
  if (loop === undefined || loop.placement || target === undefined) return false;
  const strides = canonicalStrides(loop, target.level, target.level);
  return loop.nodes.every(({ node, level, operands, lastPass }) =>
    operands.every((operand) => {
      if (operand.from === "random") return operand.key.base !== input;
      if (operand.from !== "memory" || operand.access.base !== input) return true;
      const isSamePlace =
        level === target.level &&
        node.op !== "reduce" &&
        sameNumbers(operand.access.strides, strides) &&
        operand.access.offset === 0;
      // a value may be recomputed in every pass up to its last use, and reads its operands each time
      return isSamePlace && lastPass <= target.pass && target.node.op !== "reduce";
    }),
  );
}

/** The elements that a part occupies in the outermost array that holds it. */
function placeWithin(part: Node, homes: ReadonlyMap<Node, Home>): Extent {
  let [node, first] = [part, 0];
  for (let home = homes.get(node); home; home = homes.get(node)) [node, first] = [home.array, first + home.offset];
  return { node, first, last: first + sizeOf(part.shape) - 1 };
}

interface Interval {
  readonly node: Node;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** First fit by size: large arrays first, each at the lowest offset that is free for as long as it lives. */
function placeInArena(
  kernels: readonly Kernel[],
  resident: readonly Node[],
  outputs: readonly Node[],
  locations: Map<Node, Location>,
  homes: ReadonlyMap<Node, Home>,
): number {
  const rootOf = (node: Node): Node => {
    let root = node;
    for (let home = homes.get(root); home; home = homes.get(root)) root = home.array;
    return root;
  };
  // arrays that lie in no other array live as long as any of their parts
  const lives = new Map<Node, { from: number; to: number }>();
  for (const node of resident) lives.set(node, { from: -1, to: kernels.length });
  kernels.forEach((kernel, time) => {
    for (const node of writtenNodes(kernel).map(rootOf)) {
      const life = lives.get(node) ?? { from: time, to: time };
      lives.set(node, { from: Math.min(life.from, time), to: Math.max(life.to, time) });
    }
    for (const node of readNodes(kernel).map(rootOf)) {
      const life = lives.get(node);
      if (life) life.to = Math.max(life.to, time);
    }
  });
  for (const node of outputs) {
    const life = lives.get(rootOf(node));
    if (life) life.to = kernels.length;
  }
  const intervals: Interval[] = [];
  for (const [node, life] of lives) {
    if (!locations.has(node)) intervals.push({ node, bytes: paddedBytes(node), from: life.from, to: life.to });
  }
  intervals.sort((a, b) => b.bytes - a.bytes || a.from - b.from);

  const arena = new Arena(intervals.length);
  for (const { node, bytes, from, to } of intervals) {
    locations.set(node, { space: "arena", offset: arena.place(bytes, from, to), bytes });
  }
  for (const part of homes.keys()) {
    const root = locations.get(rootOf(part));
    if (root) locations.set(part, locationOf(placeWithin(part, homes), root));
  }
  return arena.bytes;
}
