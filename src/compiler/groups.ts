import { sizeOf, stridesOf } from "../core/shape.ts";
import { isElementwise, isFormula, isMovement, isPart, isResident, needsArrays } from "../graph/kinds.ts";
import { isOp, type Node } from "../graph/node.ts";
import { type Access, resolveAccess, sameNumbers, squeezeShape, squeezeStrides } from "./access.ts";
import type { Level } from "./kernel.ts";

/** Nodes that will be one kernel. Loop groups grow while the schedule is made; other groups hold one node. */
export interface Group {
  readonly id: number;
  readonly isLoop: boolean;
  readonly domain: readonly number[];
  /** of the domain */
  readonly strides: readonly number[];
  isReduced: readonly boolean[];
  readonly nodes: Map<Node, Level>;
  /** groups whose values its nodes read, as they were at that time: some have since been merged into others */
  readonly needs: Set<Group>;
  /** least and greatest id of its nodes: a node has a greater id than every node it needs */
  leastId: number;
  greatestId: number;
  /** set when another group took this one's nodes */
  mergedInto?: Group;
  /** the last search that visited it */
  visit: number;
}

/** The group that now holds the nodes of this one. */
function present(group: Group): Group {
  let last = group;
  while (last.mergedInto) last = last.mergedInto;
  return last;
}

/** More nodes than this would not fit registers and code caches well. */
const MAX_GROUP_NODES = 160;

/** Arrays of fewer elements are read from a cache in any order. */
const LEAST_SCATTERED = 2 ** 14;

/** The permutation behind an operand that would be read again and again in steps along its last axis, element by element. It is written
 *  out once. */
function scattered(input: Node): Node | undefined {
  if (input.op !== "broadcast") return undefined;
  const { base, strides } = resolveAccess(input);
  const last = strides.at(-1) as number;
  if (last === 0 || last === 1 || sizeOf(base.shape) < LEAST_SCATTERED) return undefined;
  let source = input;
  while (isMovement(source.op) && source.op !== "permute") source = source.inputs[0] as Node;
  return source.op === "permute" ? source : undefined;
}

const accessCache = new WeakMap<Node, Access>();

/** How loops read an input; the same for all its readers. */
function operandAccess(input: Node): Access {
  let access = accessCache.get(input);
  if (access === undefined) {
    const { base, strides, offset } = resolveAccess(input, scattered(input));
    access = { base, offset, strides: squeezeStrides(input.shape, strides) };
    accessCache.set(input, access);
  }
  return access;
}

/** Cuts a graph into groups: a node joins the groups of its operands if the loops agree and no cycle arises. */
export class Grouping {
  readonly groups: Group[] = [];
  readonly #fuse: boolean;
  readonly #home = new Map<Node, Group>();
  /** the last loop that reads an array with a separate kernel, such as a matrix product */
  readonly #readers = new Map<Node, Group>();
  #visit = 0;

  /** @param fuse false: every node is a separate group. */
  constructor(fuse = true) {
    this.#fuse = fuse;
  }

  homeOf(node: Node): Group | undefined {
    const group = this.#home.get(node);
    return group?.mergedInto ? present(group) : group;
  }

  /** Places a node; its inputs must have been placed. */
  add(node: Node): void {
    if (isResident(node) || isMovement(node.op)) return;
    for (const { base } of groupOperands(node)) if (isMovement(base.op)) this.addCopy(base);
    if (isFormula(node)) return;
    if (isPart(node.op)) {
      const home = this.homeOf(node.inputs[0] as Node) as Group;
      home.nodes.set(node, "full");
      this.#home.set(node, home);
      return;
    }
    if (!isElementwise(node.op) && node.op !== "reduce") {
      this.#alone(node, false, []);
      return;
    }
    const reduction = isOp(node, "reduce") ? node : undefined;
    const source = reduction ? (reduction.inputs[0] as Node) : node;
    const domain = squeezeShape(source.shape);
    const isReduced = reduction
      ? source.shape
          .map((_, axis) => reduction.attributes.axes.includes(axis))
          .filter((_, axis) => source.shape[axis] !== 1)
      : [];
    const operands = groupOperands(node);

    let joined: Group | undefined;
    for (const candidate of this.#fuse ? this.#candidates(operands, reduction !== undefined) : []) {
      if (joined === undefined) {
        const level = this.#levelIn(candidate, node, domain, isReduced);
        if (
          level &&
          this.#operandsFit(candidate, operands, level, reduction !== undefined) &&
          !this.#wouldCycle(candidate, operands)
        ) {
          this.#join(candidate, node, level, reduction !== undefined, isReduced);
          joined = candidate;
        }
      } else if (candidate !== joined && this.#canMerge(joined, candidate, node)) {
        this.#merge(joined, candidate);
      }
    }
    if (joined === undefined) {
      const group = this.#alone(node, true, domain);
      if (reduction) {
        group.isReduced = isReduced;
        group.nodes.set(node, "kept");
      }
    }
  }

  /** Writes a movement out in the order in which it is read: for views that strides cannot express, and for results. */
  addCopy(node: Node): void {
    if (this.homeOf(node)) return;
    for (const { base } of groupOperands(node)) if (isMovement(base.op)) this.addCopy(base);
    this.#alone(node, true, squeezeShape(node.shape));
  }

  #alone(node: Node, isLoop: boolean, domain: readonly number[]): Group {
    const group: Group = {
      id: this.groups.length,
      isLoop,
      domain,
      strides: stridesOf(domain),
      isReduced: domain.map(() => false),
      nodes: new Map([[node, "full"]]),
      needs: new Set(),
      leastId: node.id,
      greatestId: node.id,
      visit: 0,
    };
    this.groups.push(group);
    this.#home.set(node, group);
    this.#noteNeeds(group, node);
    return group;
  }

  #readerOf(array: Node): Group | undefined {
    const group = this.#readers.get(array);
    const now = group && present(group);
    return now?.isReduced.includes(true) ? undefined : now;
  }

  #noteNeeds(group: Group, node: Node): void {
    for (const { base } of groupOperands(node)) {
      const home = this.homeOf(base);
      if (home !== undefined && home !== group) group.needs.add(home);
      if (group.isLoop && home?.isLoop === false) this.#readers.set(base, group);
    }
  }

  /** Loop groups that hold an operand, the latest first, which is most likely to be joined without a cycle. Groups that read the same
   *  product position by position come after them, because all of them may run in its kernel; a sum would keep the others out of it. */
  #candidates(operands: readonly Access[], isReduction: boolean): Group[] {
    const [holders, readers] = [new Set<Group>(), new Set<Group>()];
    for (const { base } of operands) {
      const home = this.homeOf(base);
      if (home?.isLoop) holders.add(home);
      const reader = home && !home.isLoop && !isReduction ? this.#readerOf(base) : undefined;
      if (reader?.isLoop) readers.add(reader);
    }
    const latestFirst = (groups: Iterable<Group>) => [...groups].sort((a, b) => b.id - a.id);
    return [...latestFirst(holders), ...latestFirst([...readers].filter((group) => !holders.has(group)))];
  }

  #levelIn(group: Group, node: Node, domain: readonly number[], isReduced: readonly boolean[]): Level | undefined {
    if (group.nodes.size >= MAX_GROUP_NODES) return undefined;
    const plain = !group.isReduced.includes(true);
    if (sameNumbers(group.domain, domain)) {
      if (node.op !== "reduce") return "full";
      return plain || sameFlags(group.isReduced, isReduced) ? "kept" : undefined;
    }
    if (plain || node.op === "reduce") return undefined;
    const kept = group.domain.filter((_, axis) => !group.isReduced[axis]);
    return sameNumbers(kept, domain) ? "kept" : undefined;
  }

  /** Operands computed in the group must be read position by position, at a level that the group has. */
  #operandsFit(group: Group, operands: readonly Access[], level: Level, isReduction: boolean): boolean {
    const readLevel: Level = isReduction ? "full" : level;
    return operands.every(({ base, strides, offset }) => {
      if (this.homeOf(base) !== group) return true;
      const baseLevel = group.nodes.get(base) as Level;
      if (baseLevel === "full" && readLevel === "kept") return false;
      return offset === 0 && sameNumbers(strides, canonicalStrides(group, baseLevel, readLevel));
    });
  }

  #join(group: Group, node: Node, level: Level, isReduction: boolean, isReduced: readonly boolean[]): void {
    if (isReduction) group.isReduced = isReduced;
    group.nodes.set(node, level);
    group.greatestId = Math.max(group.greatestId, node.id);
    this.#home.set(node, group);
    this.#noteNeeds(group, node);
  }

  /** Would the group depend on itself through another one? */
  #wouldCycle(group: Group, operands: readonly Access[]): boolean {
    this.#visit++;
    return operands.some(({ base }) => {
      const other = this.homeOf(base);
      return other !== undefined && other !== group && this.#reaches(other, group);
    });
  }

  /** Does `from` need a value of `target`, directly or indirectly? A loop, not a recursion, because unrolled recurrences are deep. */
  #reaches(from: Group, target: Group): boolean {
    const open = [from];
    for (let group = open.pop(); group !== undefined; group = open.pop()) {
      if (group === target) return true;
      // every node that needs a value of the target was made after it
      if (group.greatestId < target.leastId || group.visit === this.#visit) continue;
      group.visit = this.#visit;
      for (const needed of group.needs) open.push(present(needed));
    }
    return false;
  }

  #canMerge(into: Group, other: Group, node: Node): boolean {
    if (!sameNumbers(into.domain, other.domain) || into.nodes.size + other.nodes.size > MAX_GROUP_NODES) return false;
    const [plainInto, plainOther] = [!into.isReduced.includes(true), !other.isReduced.includes(true)];
    if (!plainInto && !plainOther && !sameFlags(into.isReduced, other.isReduced)) return false;
    if ((into.nodes.get(node) as Level) === "kept" && node.op !== "reduce" && plainOther) return false;
    return (
      this.#readsFit(into, other) &&
      this.#readsFit(other, into) &&
      !this.#pathThroughOthers(into, other) &&
      !this.#pathThroughOthers(other, into)
    );
  }

  /** Two groups can become one only if the values that one reads of the other are read position by position. */
  #readsFit(reader: Group, source: Group): boolean {
    let reads = false;
    for (const needed of reader.needs) reads ||= present(needed) === source;
    if (!reads) return true;
    const { domain, isReduced } = source.isReduced.includes(true) ? source : reader;
    for (const [user, level] of reader.nodes) {
      const readLevel: Level = user.op === "reduce" ? "full" : level;
      for (const { base, strides, offset } of groupOperands(user)) {
        const baseLevel = source.nodes.get(base);
        if (baseLevel === undefined) continue;
        if (baseLevel === "full" && readLevel === "kept") return false;
        if (offset !== 0 || !sameNumbers(strides, canonicalStrides({ domain, isReduced }, baseLevel, readLevel)))
          return false;
      }
    }
    return true;
  }

  /** Does `to` need `from` through a third group? */
  #pathThroughOthers(from: Group, to: Group): boolean {
    this.#visit++;
    to.visit = this.#visit;
    for (const needed of to.needs) {
      const group = present(needed);
      if (group !== from && group !== to && this.#reaches(group, from)) return true;
    }
    return false;
  }

  #merge(into: Group, other: Group): void {
    if (!into.isReduced.includes(true)) into.isReduced = other.isReduced;
    for (const [node, level] of other.nodes) into.nodes.set(node, level);
    for (const needed of other.needs) into.needs.add(needed);
    into.leastId = Math.min(into.leastId, other.leastId);
    into.greatestId = Math.max(into.greatestId, other.greatestId);
    other.mergedInto = into;
  }
}

/** An operand that must lie in memory. Formulas are written out first, and on request also everything that is not contiguous. */
function arrayAccess(input: Node, contiguous: boolean): Access {
  const access = resolveAccess(input);
  const strides = stridesOf(input.shape);
  const lies =
    access.offset === 0 &&
    sameNumbers(squeezeStrides(input.shape, access.strides), squeezeStrides(input.shape, strides));
  return isFormula(access.base) || (contiguous && !lies) ? { base: input, strides, offset: 0 } : access;
}

/** What a loop reads: arrays that lie contiguously, wherever they begin, and the first values of carried ones in any form. */
function scanAccesses(node: Node<"scan">): readonly Access[] {
  const { shared, sequences } = node.attributes.body;
  return node.inputs.map((input, index) => {
    if (index >= shared.length + sequences.length) return operandAccess(input);
    const { base, offset, strides } = resolveAccess(input);
    const lies = sameNumbers(squeezeStrides(input.shape, strides), squeezeStrides(input.shape, stridesOf(input.shape)));
    return lies && !isFormula(base) ? { base, offset, strides } : arrayAccess(input, true);
  });
}

const operandCache = new WeakMap<Node, readonly Access[]>();

/** What a node reads: its operands, or for a movement that is written out, the elements it stands for.
 *  Strides belong to the axes of a loop; axes of size 1 are left out. */
export function groupOperands(node: Node): readonly Access[] {
  let operands = operandCache.get(node);
  if (operands === undefined) {
    if (isMovement(node.op)) operands = [operandAccess(node)];
    else if (isOp(node, "scan")) operands = scanAccesses(node);
    else
      operands = node.inputs.map(
        needsArrays(node.op) ? (input) => arrayAccess(input, node.op !== "matmul") : operandAccess,
      );
    operandCache.set(node, operands);
  }
  return operands;
}

function sameFlags(a: readonly boolean[], b: readonly boolean[]): boolean {
  return a.length === b.length && a.every((flag, index) => flag === b[index]);
}

/** Strides at which a value of the group is read position by position. */
export function canonicalStrides(
  group: { readonly domain: readonly number[]; readonly isReduced: readonly boolean[] },
  baseLevel: Level,
  readLevel: Level,
): number[] {
  if (baseLevel === "full") return stridesOf(group.domain);
  const keptStrides = stridesOf(group.domain.filter((_, axis) => !group.isReduced[axis]));
  if (readLevel === "kept") return keptStrides;
  let next = 0;
  return group.domain.map((_, axis) => (group.isReduced[axis] ? 0 : (keptStrides[next++] as number)));
}
