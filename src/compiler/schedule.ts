import { largest } from "../core/extremes.ts";
import { positionOf, sizeOf, stridesOf } from "../core/shape.ts";
import { makeNode } from "../graph/build.ts";
import { costOf } from "../graph/cost.ts";
import { isElementwise, isFormula, isMovement, isResident } from "../graph/kinds.ts";
import { type Graph, isOp, type Node } from "../graph/node.ts";
import { topologicalOrder } from "../graph/walk.ts";
import { type Access, resolveAccess, sameNumbers, squeezeShape, squeezeStrides } from "./access.ts";
import { type Group, Grouping, groupOperands } from "./groups.ts";
import { type Kernel, type Level, type LoopNode, type Operand, readNodes, writtenNodes } from "./kernel.ts";
import { placeParts } from "./place-parts.ts";
import { scanKernels } from "./scan-kernel.ts";

/** Kernels in an order in which they may run, and for each root of the graph the node that holds its values. */
export interface Schedule {
  readonly kernels: readonly Kernel[];
  readonly states: readonly { readonly input: Node<"input">; readonly next: Node }[];
  readonly outputs: readonly Node[];
}

/** A value whose whole recomputation costs no more than this is recomputed rather than stored and loaded. */
const RECOMPUTE_LIMIT = 9;

/** The same for arrays of at least this many elements: they leave the cache before they are read again. */
const RECOMPUTE_LIMIT_OF_LARGE = 16;
const LARGE = 2 ** 18;

/** Each array that a recomputation reads besides the first one costs this many multiply-adds: loading the value itself reads one array. */
const COST_OF_ARRAY = 3;

/** A value that a later pass of its kernel needs is kept in memory if recomputing it costs more than this. */
const PASS_RECOMPUTE_LIMIT = 12;

/** Each root becomes a separate node that some kernel writes: leaves, views and shared results get a copy. */
function separateRoots(graph: Graph): { states: Schedule["states"]; outputs: readonly Node[] } {
  const taken = new Set<Node>();
  const own = (node: Node): Node => {
    const isWritten = !isResident(node) && !isFormula(node) && !isMovement(node.op) && !taken.has(node);
    const root = isWritten ? node : makeNode("reshape", [node], { shape: node.shape });
    taken.add(root);
    return root;
  };
  const states = graph.states
    .filter(({ input, next }) => input !== next)
    .map(({ input, next }) => ({ input, next: own(next) }));
  return { states, outputs: graph.outputs.map(own) };
}

/** Cuts a simplified graph into kernels and orders them.
 *  @param fuse false: one kernel per operation, nothing computed twice. For comparison. */
export function schedule(graph: Graph, fuse = true): Schedule {
  const { states, outputs } = separateRoots(graph);
  const roots = [...states.map(({ next }) => next), ...outputs];
  const grouping = new Grouping(fuse);
  for (const node of topologicalOrder(roots)) grouping.add(node);
  for (const root of roots) if (isMovement(root.op)) grouping.addCopy(root);

  const groups = grouping.groups.filter((group) => group.mergedInto === undefined);
  const builder = new KernelBuilder(grouping, new Set(roots), fuse);
  for (const group of groups) builder.resolve(group);
  const kernels = groups.flatMap((group) => builder.build(group));
  return { kernels: orderKernels(fuse ? placeParts(kernels, new Set(roots)) : kernels), states, outputs };
}

/** Is the operand read position by position, over the whole domain? */
function isWhole(group: Group, { base, strides, offset }: Access): boolean {
  return offset === 0 && sameNumbers(strides, group.strides) && sameNumbers(squeezeShape(base.shape), group.domain);
}

class KernelBuilder {
  readonly #grouping: Grouping;
  readonly #stored: Set<Node>;
  /** nodes that a group computes besides its own */
  readonly #clones = new Map<Group, Map<Node, Level>>();

  readonly #fuse: boolean;
  readonly #recomputeLimit: number;

  constructor(grouping: Grouping, roots: ReadonlySet<Node>, fuse: boolean) {
    this.#grouping = grouping;
    this.#fuse = fuse;
    this.#recomputeLimit = fuse ? RECOMPUTE_LIMIT : 0;
    this.#stored = new Set(roots);
  }

  /** Decides for every value from another group whether the group loads it or recomputes it. */
  resolve(group: Group): void {
    const clones = new Map<Node, Level>();
    this.#clones.set(group, clones);
    const visit = (node: Node, level: Level): void => {
      for (const access of groupOperands(node)) {
        const { base } = access;
        if (isOp(base, "randomBits")) this.#store(resolveAccess(base.inputs[0] as Node).base);
        if (isResident(base) || isFormula(base) || group.nodes.has(base)) continue;
        const readLevel: Level = node.op === "reduce" ? "full" : level;
        if (clones.has(base) && isWhole(group, access) && readLevel === "full") continue;
        const limit = this.#limitFor(group);
        if (group.isLoop && readLevel === "full" && this.#cloneCost(group, access, limit, new Set()) <= limit) {
          clones.set(base, "full");
          visit(base, "full");
        } else {
          this.#store(base);
        }
      }
    };
    for (const [node, level] of group.nodes) visit(node, level);
  }

  #limitFor({ domain }: Group): number {
    const isLarge = this.#recomputeLimit > 0 && sizeOf(domain) >= LARGE;
    return isLarge ? RECOMPUTE_LIMIT_OF_LARGE : this.#recomputeLimit;
  }

  #store(node: Node): void {
    if (!isResident(node) && !isFormula(node)) this.#stored.add(node);
  }

  /** The cost of recomputing a full-level value; infinite if that is not allowed or exceeds the limit.
   *  @param arrays large arrays that are read for it. */
  #cloneCost(group: Group, access: Access, limit: number, arrays: Set<Node>): number {
    const { base } = access;
    const home = this.#grouping.homeOf(base);
    if (!home?.isLoop || !isElementwise(base.op) || this.#stored.has(base)) return Number.POSITIVE_INFINITY;
    if (home.nodes.get(base) !== "full" || !isWhole(group, access)) return Number.POSITIVE_INFINITY;
    let cost = costOf(base.op);
    if (cost > limit) return Number.POSITIVE_INFINITY;
    for (const operand of groupOperands(base)) {
      const source = operand.base;
      // a small vector that is broadcast over the domain is worth storing
      if (isFormula(source) || sizeOf(source.shape) * 8 <= sizeOf(group.domain)) continue;
      const sourceHome = this.#grouping.homeOf(source);
      const isArray =
        isResident(source) ||
        this.#stored.has(source) ||
        !sourceHome?.isLoop ||
        sourceHome.nodes.get(source) === "kept" ||
        source.op === "reduce";
      if (!isArray) cost += this.#cloneCost(group, operand, limit - cost, arrays);
      else if (!arrays.has(source)) {
        if (arrays.size > 0) cost += COST_OF_ARRAY;
        arrays.add(source);
      }
      if (cost > limit) return Number.POSITIVE_INFINITY;
    }
    return cost;
  }

  /** The group as kernels; none if no other group needs its values. */
  build(group: Group): Kernel[] {
    const [first] = group.nodes.keys();
    if (!group.isLoop) return wholeArrayKernels(first as Node, [...group.nodes.keys()].slice(1), this.#fuse);
    const levels = new Map(group.nodes);
    for (const [node, level] of this.#clones.get(group) ?? []) levels.set(node, level);
    const live = this.#liveNodes(group, levels);
    if (live.size === 0) return [];
    const order = [...live];
    const passes = order.some(({ op }) => op === "reduce") ? passesOf(order, live) : undefined;
    const nodes = order.map((node): LoopNode => {
      const level = levels.get(node) as Level;
      const isOwn = group.nodes.has(node);
      const pass = passes?.first.get(node) ?? 0;
      const lastPass = passes?.last.get(node) ?? 0;
      const later = level === "full" && isOwn && lastPass > pass && costsMore(node, live, PASS_RECOMPUTE_LIMIT);
      return {
        node,
        level,
        operands: groupOperands(node).map((access) => operandOf(group, access, node, level, levels, live)),
        isStored: isOwn && (this.#stored.has(node) || later),
        pass,
        lastPass,
      };
    });
    return [{ kind: "loop", domain: group.domain, isReduced: group.isReduced, nodes }];
  }

  /** Nodes that lead to a stored value, inputs first. The order follows from the computation alone, so that groups that compute the same
   *  share one function, whenever their nodes were made. */
  #liveNodes(group: Group, levels: ReadonlyMap<Node, Level>): Set<Node> {
    const live = new Set<Node>();
    const seen = new Set<Node>();
    const mark = (node: Node): void => {
      if (!levels.has(node) || seen.has(node)) return;
      seen.add(node);
      for (const { base } of groupOperands(node)) mark(base);
      live.add(node);
    };
    const stored = [...group.nodes.keys()].filter((node) => this.#stored.has(node));
    for (const node of stored.sort((a, b) => a.id - b.id)) mark(node);
    return live;
  }
}

function operandOf(
  group: Group,
  access: Access,
  node: Node,
  level: Level,
  levels: ReadonlyMap<Node, Level>,
  live: ReadonlySet<Node>,
): Operand {
  const { base } = access;
  if (live.has(base) && base !== node && (group.nodes.has(base) || isWhole(group, access))) {
    return { from: "kernel", node: base, level: levels.get(base) ?? level };
  }
  return leafOperand(access);
}

function leafOperand(access: Access): Operand {
  const { base, strides, offset } = access;
  if (isOp(base, "constant")) return { from: "constant", value: base.attributes.value, dtype: base.dtype };
  if (base.op === "iota") return { from: "iota", strides, offset };
  if (base.op === "randomBits")
    return { from: "random", node: base, key: resolveAccess(base.inputs[0] as Node), strides, offset };
  return { from: "memory", access };
}

/** The kernels of a node that is not a loop over its own positions.
 *  @param parts the arrays that a loop of steps writes. */
function wholeArrayKernels(node: Node, parts: readonly Node[], fuse: boolean): Kernel[] {
  const operands = groupOperands(node);
  if (isOp(node, "scan")) {
    const { shared, sequences } = node.attributes.body;
    const initial = operands.slice(shared.length + sequences.length).map(leafOperand);
    return scanKernels(node, parts, operands, initial, (graph) => schedule(graph, fuse));
  }
  if (node.op === "matmul")
    return [{ kind: "matmul", node, left: operands[0] as Access, right: operands[1] as Access }];
  if (isOp(node, "conv") || isOp(node, "convData")) return [{ kind: "conv", node, operands }];
  if (isOp(node, "convWeight")) return [{ kind: "convWeight", node, operands }];
  if (isOp(node, "attention") || isOp(node, "attentionGrad")) return [{ kind: node.op, node, operands }];
  if (node.op === "gather" || node.op === "scatterAdd") return [{ kind: node.op, node, operands }];
  const strides = stridesOf(node.shape);
  const place = (part: Node, operand: Operand, offset: number, partStrides: readonly number[]): Kernel => ({
    kind: "loop",
    domain: squeezeShape(part.shape),
    isReduced: squeezeShape(part.shape).map(() => false),
    nodes: [{ node, level: "full", operands: [operand], isStored: true, pass: 0, lastPass: 0 }],
    placement: { offset, strides: squeezeStrides(part.shape, partStrides) },
  });
  if (isOp(node, "pad")) {
    const { before, interior, value } = node.attributes;
    const offset = before.reduce((sum, count, axis) => sum + count * (strides[axis] as number), 0);
    const spread = strides.map((stride, axis) => stride * ((interior[axis] as number) + 1));
    const fill: Operand = { from: "constant", value, dtype: node.dtype };
    return [
      place(node, fill, 0, strides),
      place(node.inputs[0] as Node, leafOperand(operands[0] as Access), offset, spread),
    ];
  }
  if (isOp(node, "interleave")) {
    const { counts } = node.attributes;
    const apart = strides.map((stride, axis) => stride * (counts[axis] as number));
    return node.inputs.map((input, index) => {
      const offset = positionOf(index, counts).reduce((sum, place, axis) => sum + place * (strides[axis] as number), 0);
      return place(input, leafOperand(operands[index] as Access), offset, apart);
    });
  }
  const { axis } = (node as Node<"concat">).attributes;
  let start = 0;
  return node.inputs.map((input, index) => {
    const offset = start * (strides[axis] as number);
    start += input.shape[axis] as number;
    return place(input, leafOperand(operands[index] as Access), offset, strides);
  });
}

interface Passes {
  readonly first: ReadonlyMap<Node, number>;
  readonly last: ReadonlyMap<Node, number>;
}

/** For every value of a kernel, the pass that computes it and the last pass that needs it. */
function passesOf(order: readonly Node[], live: ReadonlySet<Node>): Passes {
  const first = new Map<Node, number>();
  for (const node of order) {
    let pass = 0;
    for (const { base } of groupOperands(node)) {
      const before = first.get(base);
      if (before === undefined || !live.has(base)) continue;
      // the result of a reduction is available from the next pass on
      pass = Math.max(pass, base.op === "reduce" ? before + 1 : before);
    }
    first.set(node, pass);
  }
  const last = new Map(first);
  for (const user of [...order].reverse()) {
    const needed = (user.op === "reduce" ? first : last).get(user) as number;
    for (const { base } of groupOperands(user)) {
      if (live.has(base)) last.set(base, Math.max(last.get(base) as number, needed));
    }
  }
  return { first, last };
}

/** Does recomputing the value within its kernel cost more than the limit? */
function costsMore(node: Node, live: ReadonlySet<Node>, limit: number): boolean {
  const stack = [node];
  const seen = new Set<Node>();
  let cost = 0;
  while (stack.length > 0) {
    const current = stack.pop() as Node;
    if (seen.has(current) || !live.has(current) || current.op === "reduce") continue;
    seen.add(current);
    cost += costOf(current.op);
    if (cost > limit) return true;
    for (const { base } of groupOperands(current)) stack.push(base);
  }
  return false;
}

/** Inputs before users; ready kernels in the order in which their nodes were traced. */
function orderKernels(kernels: readonly Kernel[]): Kernel[] {
  const writers = new Map<Node, Kernel[]>();
  for (const kernel of kernels) {
    for (const node of writtenNodes(kernel)) writers.set(node, [...(writers.get(node) ?? []), kernel]);
  }
  const ordered: Kernel[] = [];
  const seen = new Set<Kernel>();
  const visit = (kernel: Kernel): void => {
    if (seen.has(kernel)) return;
    seen.add(kernel);
    for (const base of readNodes(kernel)) for (const other of writers.get(base) ?? []) visit(other);
    ordered.push(kernel);
  };
  const ranked = kernels.map((kernel) => ({ kernel, rank: largest(writtenNodes(kernel).map(({ id }) => id)) }));
  for (const { kernel } of ranked.sort((a, b) => a.rank - b.rank)) visit(kernel);
  return ordered;
}
