import { stridesOf } from "../core/shape.ts";
import { isOp, type Node } from "../graph/node.ts";
import { type Access, resolveAccess, sameNumbers, squeezeShape, squeezeStrides } from "./access.ts";
import type { Level } from "./kernel.ts";
import { isElementwise, isFormula, isMovement, isResident, needsArrays } from "./kinds.ts";

/** Nodes that will be one kernel. Loop groups grow while the schedule is made; the others hold one node. */
export interface Group {
  readonly id: number;
  readonly isLoop: boolean;
  readonly domain: readonly number[];
  isReduced: readonly boolean[];
  readonly nodes: Map<Node, Level>;
  /** least and greatest id of its nodes: a node has a greater id than all that it needs */
  leastId: number;
  greatestId: number;
  /** set when another group took this one's nodes */
  mergedInto?: Group;
}

/** More nodes than this would not fit registers and code caches well. */
const MAX_GROUP_NODES = 160;

function operandAccess(input: Node): Access {
  const { base, strides, offset } = resolveAccess(input);
  return { base, offset, strides: squeezeStrides(input.shape, strides) };
}

/** Cuts a graph into groups: a node joins the groups of its operands where the loops agree and no cycle arises. */
export class Grouping {
  readonly groups: Group[] = [];
  readonly #fuse: boolean;
  readonly #home = new Map<Node, Group>();
  #visited = new Map<Group, number>();
  #visit = 0;

  /** @param fuse false: every node is a group of its own. */
  constructor(fuse = true) {
    this.#fuse = fuse;
  }

  homeOf(node: Node): Group | undefined {
    let group = this.#home.get(node);
    while (group?.mergedInto) group = group.mergedInto;
    return group;
  }

  /** Places a node; its inputs have been placed before. */
  add(node: Node): void {
    if (isResident(node) || isMovement(node.op)) return;
    for (const { base } of groupOperands(node)) if (isMovement(base.op)) this.addCopy(base);
    if (isFormula(node)) return;
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
      : domain.map(() => false);
    const operands = groupOperands(node);

    let joined: Group | undefined;
    for (const candidate of this.#fuse ? this.#candidates(operands) : []) {
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
      } else if (candidate !== joined && this.#canMerge(joined, candidate, node, operands)) {
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

  /** A movement written out as it is read: for views that strides cannot pass on, and for results. */
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
      isReduced: domain.map(() => false),
      nodes: new Map([[node, "full"]]),
      leastId: node.id,
      greatestId: node.id,
    };
    this.groups.push(group);
    this.#home.set(node, group);
    return group;
  }

  /** Loop groups that hold an operand, the latest first: it is the likeliest to be joined without a cycle. */
  #candidates(operands: readonly Access[]): Group[] {
    const found = new Set<Group>();
    for (const { base } of operands) {
      const group = this.homeOf(base);
      if (group?.isLoop) found.add(group);
    }
    return [...found].sort((a, b) => b.id - a.id);
  }

  #levelIn(group: Group, node: Node, domain: readonly number[], isReduced: readonly boolean[]): Level | undefined {
    if (group.nodes.size >= MAX_GROUP_NODES) return undefined;
    const plain = !group.isReduced.includes(true);
    if (sameNumbers(group.domain, domain)) {
      if (node.op !== "reduce") return "full";
      return plain || sameFlags(group.isReduced, isReduced) ? "kept" : undefined;
    }
    const kept = group.domain.filter((_, axis) => !group.isReduced[axis]);
    return !plain && node.op !== "reduce" && sameNumbers(kept, domain) ? "kept" : undefined;
  }

  /** Operands computed in the group must be read position by position, at a level that exists there. */
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
  }

  /** Would the group depend on itself through another one? */
  #wouldCycle(group: Group, operands: readonly Access[]): boolean {
    const others = operands
      .map(({ base }) => this.homeOf(base))
      .filter((other) => other !== undefined && other !== group);
    this.#visit++;
    return (others as Group[]).some((other) => this.#reaches(other, group));
  }

  /** Does `from` need a value of `target`, directly or through others? */
  #reaches(from: Group, target: Group): boolean {
    if (from === target) return true;
    // whoever needs a value of the target was made after it
    if (from.greatestId < target.leastId) return false;
    if (this.#visited.get(from) === this.#visit) return false;
    this.#visited.set(from, this.#visit);
    for (const node of from.nodes.keys()) {
      for (const { base } of groupOperands(node)) {
        const group = this.homeOf(base);
        if (group !== undefined && group !== from && this.#reaches(group, target)) return true;
      }
    }
    return false;
  }

  #canMerge(into: Group, other: Group, node: Node, operands: readonly Access[]): boolean {
    if (!sameNumbers(into.domain, other.domain) || into.nodes.size + other.nodes.size > MAX_GROUP_NODES) return false;
    const [plainInto, plainOther] = [!into.isReduced.includes(true), !other.isReduced.includes(true)];
    if (!plainInto && !plainOther && !sameFlags(into.isReduced, other.isReduced)) return false;
    if ((into.nodes.get(node) as Level) === "kept" && node.op !== "reduce" && plainOther) return false;
    // values that pass between the two must be read position by position
    const merged: Group = { ...into, isReduced: plainInto ? other.isReduced : into.isReduced };
    const levelOf = (base: Node): Level | undefined => into.nodes.get(base) ?? other.nodes.get(base);
    const fits = (user: Node, level: Level, accesses: readonly Access[]) =>
      accesses.every(({ base, strides, offset }) => {
        const baseLevel = levelOf(base);
        if (baseLevel === undefined) return true;
        const readLevel: Level = user.op === "reduce" ? "full" : level;
        if (baseLevel === "full" && readLevel === "kept") return false;
        return offset === 0 && sameNumbers(strides, canonicalStrides(merged, baseLevel, readLevel));
      });
    if (!fits(node, into.nodes.get(node) as Level, operands)) return false;
    for (const group of [into, other]) {
      for (const [user, level] of group.nodes) if (!fits(user, level, groupOperands(user))) return false;
    }
    return !this.#pathThroughOthers(into, other) && !this.#pathThroughOthers(other, into);
  }

  /** Does `to` need `from` through a third group? */
  #pathThroughOthers(from: Group, to: Group): boolean {
    this.#visit++;
    this.#visited.set(to, this.#visit);
    for (const node of to.nodes.keys()) {
      for (const { base } of groupOperands(node)) {
        const group = this.homeOf(base);
        if (group === undefined || group === from || group === to) continue;
        if (this.#reaches(group, from)) return true;
      }
    }
    return false;
  }

  #merge(into: Group, other: Group): void {
    if (!into.isReduced.includes(true)) into.isReduced = other.isReduced;
    for (const [node, level] of other.nodes) into.nodes.set(node, level);
    into.leastId = Math.min(into.leastId, other.leastId);
    into.greatestId = Math.max(into.greatestId, other.greatestId);
    other.mergedInto = into;
  }
}

/** An operand that has to lie in memory: formulas, and where asked anything that is not contiguous, are written out first. */
function arrayAccess(input: Node, contiguous: boolean): Access {
  const access = resolveAccess(input);
  const strides = stridesOf(input.shape);
  const lies =
    access.offset === 0 &&
    sameNumbers(squeezeStrides(input.shape, access.strides), squeezeStrides(input.shape, strides));
  return isFormula(access.base) || (contiguous && !lies) ? { base: input, strides, offset: 0 } : access;
}

const operandCache = new WeakMap<Node, readonly Access[]>();

/** What a node reads: its operands, or for a movement that is written out, the elements it stands for.
 *  Strides belong to the axes that matter to a loop: sizes of 1 are left out. */
export function groupOperands(node: Node): readonly Access[] {
  let operands = operandCache.get(node);
  if (operands === undefined) {
    if (isMovement(node.op)) operands = [operandAccess(node)];
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

/** Strides at which a value of the group itself is read position by position. */
export function canonicalStrides(
  group: { readonly domain: readonly number[]; readonly isReduced: readonly boolean[] },
  baseLevel: Level,
  readLevel: Level,
): number[] {
  const kept = group.domain.filter((_, axis) => !group.isReduced[axis]);
  if (baseLevel === "full") return stridesOf(group.domain);
  const keptStrides = stridesOf(kept);
  if (readLevel === "kept") return keptStrides;
  let next = 0;
  return group.domain.map((_, axis) => (group.isReduced[axis] ? 0 : (keptStrides[next++] as number)));
}
