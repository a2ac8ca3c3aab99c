import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { reduceIdentity } from "../../graph/primitives/reduce.ts";
import type { Node } from "../../graph/node.ts";
import { emitConstant, emitJoin } from "./elementwise.ts";
import type { LoweredKernel } from "./lowered.ts";
import type { LoopPlan, PlannedNode, Stream } from "./streams.ts";
import { axesOf, type Site, Values } from "./values.ts";

/** More turns of a summing loop than this go through partial sums, so that digits are not lost with size. */
const TURNS_PER_PARTIAL_SUM = 64;

/** Element operations that make a chunk worth another thread. */
const WORK_PER_GRAIN = 8192;

/** Elements of one row that a map's work item covers at most. */
const MAP_BLOCK = 1024;

function accumulatorInit(b: FunctionBuilder, node: PlannedNode): Register {
  const { kind } = (node.node as Node<"reduce">).attributes;
  const { dtype } = node.node;
  const identity = reduceIdentity(kind, dtype);
  return dtype === "float32" ? b.variable(identity) : b.intVariable(identity);
}

function reduceKind(node: PlannedNode): Node<"reduce">["attributes"]["kind"] {
  return (node.node as Node<"reduce">).attributes.kind;
}

/** Writes a loop kernel as one vector function.
 *  Vectors lie along the last axis. If that axis is reduced ("rows"), lanes are joined at the end; if it is kept while others are reduced
 *  ("columns"), a work item covers a few vectors of columns; without reductions ("map") an item is a block of a row. */
export class LoopLowering {
  readonly #plan: LoopPlan;
  readonly #target: Target;
  readonly #b: FunctionBuilder;
  readonly #values: Values;
  readonly #bases = new Map<Stream, Register>();
  readonly #last: number;
  readonly #kept: readonly number[];
  readonly #reduced: readonly number[];
  readonly #passes: number;

  constructor(plan: LoopPlan, target: Target, name: string) {
    this.#plan = plan;
    this.#target = target;
    this.#b = new FunctionBuilder(name, target);
    const parameters = new Map(plan.arrays.map((array) => [array, this.#b.parameter()] as const));
    this.#values = new Values(this.#b, plan, parameters);
    for (const stream of plan.streams) if (stream.array) this.#bases.set(stream, parameters.get(stream.array) as Register);
    this.#last = plan.sizes.length - 1;
    const axes = plan.sizes.map((_, axis) => axis).slice(0, -1);
    this.#kept = axes.filter((axis) => !plan.isReduced[axis]);
    this.#reduced = axes.filter((axis) => plan.isReduced[axis]);
    this.#passes = 1 + Math.max(-1, ...plan.nodes.filter(({ node }) => node.op === "reduce").map(({ phase }) => phase));
  }

  lower(): LoweredKernel {
    const [begin, end] = this.#b.range();
    if (this.#plan.sizes.some((size, axis) => size === 0 && !this.#plan.isReduced[axis])) {
      return { code: this.#b.finish(), items: 0, grain: 1, scratchBytes: 0 };
    }
    const lastIsReduced = this.#plan.isReduced[this.#last] as boolean;
    const root = this.#rootSite();
    const shape = lastIsReduced ? this.#rows(root, begin, end) : this.#passes > 0 ? this.#columns(root, begin, end) : this.#map(root, begin, end);
    const work = this.#plan.sizes.reduce((product, size) => product * size, 1) * this.#plan.nodes.length;
    const grain = Math.max(1, Math.ceil(WORK_PER_GRAIN / Math.max(1, work / shape.items)));
    return { code: this.#b.finish(), items: shape.items, grain, scratchBytes: 0 };
  }

  // ---- places

  /** Before all loops: walks that never move. */
  #rootSite(): Site {
    const pointers = new Map<Stream, Index>();
    for (const stream of this.#plan.streams) {
      if (axesOf(stream) === 0) pointers.set(stream, this.#pointer(stream));
    }
    const site: Site = { parent: undefined, axes: 0, pointers, phase: 0, vectors: 0, cache: new Map() };
    this.#values.prepare(this.#plan.nodes, site);
    return site;
  }

  #scale(stream: Stream): number {
    return stream.array ? 4 : 1;
  }

  #pointer(stream: Stream): Index {
    const base = this.#bases.get(stream);
    return base ? this.#b.indexAdd(base, stream.offset * 4) : stream.offset;
  }

  /** Addresses at the start of a work item, whose kept indices come from `outer` and whose columns start at `column`. */
  #itemPointers(outer: Index, column: Index | undefined): Map<Stream, Index> {
    const indices = new Map<number, Index>();
    let rest = outer;
    for (const axis of [...this.#kept].reverse()) {
      const size = this.#plan.sizes[axis] as number;
      const isFirst = axis === this.#kept[0];
      indices.set(axis, isFirst ? rest : this.#b.indexRem(rest, size));
      if (!isFirst) rest = this.#b.indexDiv(rest, size);
    }
    if (column !== undefined) indices.set(this.#last, column);
    const pointers = new Map<Stream, Index>();
    for (const stream of this.#plan.streams) {
      let pointer = this.#pointer(stream);
      for (const [axis, index] of indices) {
        const stride = (stream.strides[axis] as number) * this.#scale(stream);
        if (stride !== 0) pointer = this.#b.indexAdd(pointer, this.#b.indexMul(index, stride));
      }
      pointers.set(stream, pointer);
    }
    return pointers;
  }

  /** Copies of addresses that a loop over one axis moves. */
  #moving(pointers: ReadonlyMap<Stream, Index>, axis: number): { pointers: Map<Stream, Index>; advance: (steps: number) => void } {
    const moving = new Map<Stream, Index>(pointers);
    const moved: [Register, number][] = [];
    for (const [stream, pointer] of pointers) {
      const stride = (stream.strides[axis] as number) * this.#scale(stream);
      if (stride === 0) continue;
      const copy = this.#b.indexVariable(pointer);
      moving.set(stream, copy);
      moved.push([copy, stride]);
    }
    return {
      pointers: moving,
      advance: (steps) => {
        for (const [copy, stride] of moved) this.#b.indexAddInto(copy, stride * steps);
      },
    };
  }

  #inner(parent: Site, pointers: ReadonlyMap<Stream, Index>, vectors: number, phase: number): Site {
    return { parent, axes: parent.axes, pointers, phase, vectors, cache: new Map() };
  }

  // ---- what a pass computes

  #reductionsOf(phase: number): PlannedNode[] {
    return this.#plan.nodes.filter((node) => node.node.op === "reduce" && node.phase === phase);
  }

  #storesOf(phase: number, level: "full" | "kept"): PlannedNode[] {
    return this.#plan.nodes.filter((node) => node.store && node.level === level && node.phase === phase && node.node.op !== "reduce");
  }

  #passTargets(phase: number): PlannedNode[] {
    return [...this.#reductionsOf(phase), ...this.#storesOf(phase, "full")];
  }

  // ---- map

  #map(root: Site, begin: Register, end: Register): { items: number } {
    const { lanes } = this.#target;
    const columns = this.#plan.sizes[this.#last] as number;
    const outer = this.#kept.reduce((product, axis) => product * (this.#plan.sizes[axis] as number), 1);
    const hasRandom = this.#plan.nodes.some(({ sources }) => sources.some(({ kind }) => kind === "random"));
    const unroll = hasRandom && lanes === 4 ? 4 : this.#plan.nodes.length > 24 ? 1 : 2;
    const width = unroll * lanes;
    const block = Math.min(Math.ceil(columns / width) * width, Math.ceil(MAP_BLOCK / width) * width);
    const blocks = Math.ceil(columns / block);
    const targets = this.#storesOf(0, "full");
    const keptAxes = this.#kept.reduce((bits, axis) => bits | (1 << axis), 0);

    this.#b.loop(begin, end, 1, (item) => {
      const row = blocks === 1 ? item : this.#b.indexDiv(item, blocks);
      const first = blocks === 1 ? 0 : this.#b.indexMul(this.#b.indexSub(item, this.#b.indexMul(row, blocks)), block);
      const last = blocks === 1 ? columns : this.#b.indexMin(this.#b.indexAdd(first, block), columns);
      const start = this.#itemPointers(row, first);
      const itemSite: Site = { parent: root, axes: keptAxes, pointers: start, phase: 0, vectors: 0, cache: new Map() };
      this.#values.prepare(targets, itemSite);
      const { pointers, advance } = this.#moving(start, this.#last);
      const emit = (vectors: number, lastLanes: number) => {
        const site = this.#inner(itemSite, pointers, vectors, 0);
        for (let u = 0; u < vectors; u++) this.#storeAll(targets, u, site, u === vectors - 1 ? lastLanes : lanes);
      };
      const length = this.#b.indexSub(last, first);
      // whole steps of `unroll` vectors, then single vectors, then what is left of one
      const whole = typeof length === "number" ? length - (length % width) : this.#b.indexMul(this.#b.indexDiv(length, width), width);
      this.#b.loop(0, whole, width, () => {
        emit(unroll, lanes);
        advance(width);
      });
      const rest = columns % block === 0 ? 0 : (columns % block) % width;
      const tail = () => {
        for (let k = 0; k < Math.floor(rest / lanes); k++) {
          emit(1, lanes);
          advance(lanes);
        }
        if (rest % lanes > 0) emit(1, rest % lanes);
      };
      if (rest === 0) return;
      if (blocks === 1) tail();
      else this.#b.ifEqual(last, columns, tail);
    });
    return { items: outer * blocks };
  }

  // ---- columns

  #columns(root: Site, begin: Register, end: Register): { items: number } {
    const { lanes } = this.#target;
    const columns = this.#plan.sizes[this.#last] as number;
    const outer = this.#kept.reduce((product, axis) => product * (this.#plan.sizes[axis] as number), 1);
    const hasRandom = this.#plan.nodes.some(({ sources }) => sources.some(({ kind }) => kind === "random"));
    const vectors = lanes === 1 ? 1 : hasRandom || (columns >= 16 * lanes * 2 && this.#plan.nodes.length < 40) ? 4 : 2;
    const width = vectors * lanes;
    const blocks = Math.ceil(columns / width);
    const rest = columns % width;

    this.#b.loop(begin, end, 1, (item) => {
      const row = outer === 1 ? 0 : this.#b.indexDiv(item, blocks);
      const block = outer === 1 ? item : this.#b.indexSub(item, this.#b.indexMul(row, blocks));
      const pointers = this.#itemPointers(row, this.#b.indexMul(block, width));
      const body = (count: number, lastLanes: number) => this.#reduceItem(root, pointers, count, lastLanes);
      if (rest === 0) body(vectors, lanes);
      else if (blocks === 1) body(Math.ceil(rest / lanes), rest % lanes || lanes);
      else {
        this.#b.ifLess(
          block,
          blocks - 1,
          () => body(vectors, lanes),
          () => body(Math.ceil(rest / lanes), rest % lanes || lanes),
        );
      }
    });
    return { items: outer * blocks };
  }

  // ---- rows

  #rows(root: Site, begin: Register, end: Register): { items: number } {
    const outer = this.#kept.reduce((product, axis) => product * (this.#plan.sizes[axis] as number), 1);
    this.#b.loop(begin, end, 1, (item) => this.#reduceItem(root, this.#itemPointers(item, undefined), 0, 1));
    return { items: outer };
  }

  /** All passes of one work item. `vectors` side by side if columns are kept; 0 if the last axis is reduced. */
  #reduceItem(root: Site, start: ReadonlyMap<Stream, Index>, vectors: number, lastLanes: number): void {
    const keptAxes = this.#plan.isReduced.reduce((bits, reduced, axis) => (reduced ? bits : bits | (1 << axis)), 0);
    const lanesOf = (u: number) => (u === vectors - 1 ? lastLanes : this.#target.lanes);
    const side = Math.max(1, vectors);
    // one cache for the whole item: what an earlier pass reduced stays known
    const cache = new Map<string, Register>();
    for (let phase = 0; phase <= this.#passes; phase++) {
      const site: Site = { parent: root, axes: keptAxes, pointers: start, phase, vectors, cache };
      const kept = this.#storesOf(phase, "kept");
      for (let u = 0; u < side; u++) this.#storeAll(kept, u, site, lanesOf(u));
      const targets = this.#passTargets(phase);
      if (targets.length === 0) continue;
      this.#values.prepare(targets, site);
      const results = vectors > 0 ? this.#passOverRows(site, targets, vectors, lanesOf) : this.#passAlongRow(site, targets);
      for (const [node, registers] of results) {
        registers.forEach((register, u) => {
          this.#values.define(node, u, site, register);
          if (node.store) this.#values.store(node, u, site, lanesOf(u));
        });
      }
    }
  }

  /** Computes all first and writes then, so that an array may be updated in place while others still read its old values. */
  #storeAll(nodes: readonly PlannedNode[], u: number, site: Site, lanes: number): void {
    for (const node of nodes) this.#values.node(node, u, site);
    for (const node of nodes) this.#values.store(node, u, site, lanes);
  }

  /** Nested loops over reduced axes, the innermost with partial sums if it is long. */
  #nest(
    axes: readonly number[],
    pointers: ReadonlyMap<Stream, Index>,
    accumulators: readonly (readonly [PlannedNode, Register])[],
    body: (pointers: ReadonlyMap<Stream, Index>, accumulators: readonly Register[]) => void,
  ): void {
    const [axis, ...inner] = axes;
    if (axis === undefined) {
      body(pointers, accumulators.map(([, register]) => register));
      return;
    }
    const size = this.#plan.sizes[axis] as number;
    const { pointers: moving, advance } = this.#moving(pointers, axis);
    this.#turns(size, 1, accumulators, (current) => {
      this.#nest(
        inner,
        moving,
        accumulators.map(([node], index) => [node, current[index] as Register] as const),
        body,
      );
      advance(1);
    });
  }

  /** A loop of `count` turns; where it is long, sums are taken in parts. */
  #turns(
    count: number,
    step: number,
    accumulators: readonly (readonly [PlannedNode, Register])[],
    turn: (accumulators: readonly Register[]) => void,
  ): void {
    const totals = accumulators.map(([, register]) => register);
    const isLong = count / step > 2 * TURNS_PER_PARTIAL_SUM && accumulators.some(([node]) => node.node.dtype === "float32" && reduceKind(node) === "sum");
    if (!isLong) {
      this.#b.loop(0, count, step, () => turn(totals));
      return;
    }
    const stride = TURNS_PER_PARTIAL_SUM * step;
    this.#b.loop(0, count, stride, (from) => {
      const parts = accumulators.map(([node]) => accumulatorInit(this.#b, node));
      const to = count % stride === 0 ? this.#b.indexAdd(from, stride) : this.#b.indexMin(this.#b.indexAdd(from, stride), count);
      this.#b.loop(from, to, step, () => turn(parts));
      accumulators.forEach(([node, total], index) => {
        emitJoin(this.#b, reduceKind(node), total, parts[index] as Register);
      });
    });
  }

  /** One pass with columns kept: every turn handles one row of a few vectors. */
  #passOverRows(site: Site, targets: readonly PlannedNode[], vectors: number, lanesOf: (u: number) => number): Map<PlannedNode, Register[]> {
    const reductions = targets.filter(({ node }) => node.op === "reduce");
    const stores = targets.filter(({ node }) => node.op !== "reduce");
    const accumulators = reductions.flatMap((node) => Array.from({ length: vectors }, () => [node, accumulatorInit(this.#b, node)] as const));
    this.#nest(this.#reduced, site.pointers, accumulators, (pointers, current) => {
      const inner = this.#inner(site, pointers, vectors, site.phase);
      for (let u = 0; u < vectors; u++) {
        this.#storeAll(stores, u, inner, lanesOf(u));
        reductions.forEach((node, index) => {
          this.#accumulate(node, u, inner, current[index * vectors + u] as Register);
        });
      }
    });
    return new Map(reductions.map((node, index) => [node, accumulators.slice(index * vectors, (index + 1) * vectors).map(([, register]) => register)]));
  }

  /** One pass along the last axis: several vectors a turn, then single ones, then a part of one; lanes joined at the end. */
  #passAlongRow(site: Site, targets: readonly PlannedNode[]): Map<PlannedNode, Register[]> {
    const { lanes } = this.#target;
    const reductions = targets.filter(({ node }) => node.op === "reduce");
    const stores = targets.filter(({ node }) => node.op !== "reduce");
    const size = this.#plan.sizes[this.#last] as number;
    const hasRandom = this.#plan.nodes.some(({ sources }) => sources.some(({ kind }) => kind === "random"));
    const unroll = hasRandom ? 4 : size >= 8 * lanes && this.#plan.nodes.length < 40 ? 4 : size >= 4 * lanes ? 2 : 1;
    const width = unroll * lanes;
    const accumulators = reductions.flatMap((node) => Array.from({ length: unroll }, () => [node, accumulatorInit(this.#b, node)] as const));

    this.#nest(this.#reduced, site.pointers, accumulators, (rowPointers, rowAccumulators) => {
      const { pointers, advance } = this.#moving(rowPointers, this.#last);
      const emit = (vectors: number, lastLanes: number, current: readonly Register[]) => {
        const inner = this.#inner(site, pointers, vectors, site.phase);
        for (let u = 0; u < vectors; u++) {
          const count = u === vectors - 1 ? lastLanes : lanes;
          this.#storeAll(stores, u, inner, count);
          reductions.forEach((node, index) => {
            this.#accumulate(node, u, inner, current[index * unroll + u] as Register, count);
          });
        }
      };
      const pairs = accumulators.map(([node], index) => [node, rowAccumulators[index] as Register] as const);
      this.#turns(size - (size % width), width, pairs, (current) => {
        emit(unroll, lanes, current);
        advance(width);
      });
      const rest = size % width;
      for (let k = 0; k < Math.floor(rest / lanes); k++) {
        emit(1, lanes, rowAccumulators);
        advance(lanes);
      }
      if (rest % lanes > 0) emit(1, rest % lanes, rowAccumulators);
    });

    return new Map(
      reductions.map((node, index) => {
        const parts = accumulators.slice(index * unroll, (index + 1) * unroll).map(([, register]) => register);
        // pairwise, so that the order is the same for every length
        for (let gap = 1; gap < parts.length; gap *= 2) {
          for (let k = 0; k + gap < parts.length; k += 2 * gap) emitJoin(this.#b, reduceKind(node), parts[k] as Register, parts[k + gap] as Register);
        }
        const joined = this.#b.horizontal(({ sum: "add", prod: "mul", max: "max", min: "min" } as const)[reduceKind(node)], parts[0] as Register);
        return [node, [joined]];
      }),
    );
  }

  #accumulate(node: PlannedNode, u: number, site: Site, accumulator: Register, lanes = this.#target.lanes): void {
    const source = node.sources[0] as PlannedNode["sources"][number];
    const kind = reduceKind(node);
    if (lanes < this.#target.lanes) {
      const identity = emitConstant(this.#b, reduceIdentity(kind, node.node.dtype), node.node.dtype);
      const value = this.#b.select(this.#b.maskFirst(lanes), this.#values.source(source, u, site), identity);
      emitJoin(this.#b, kind, accumulator, value);
      return;
    }
    // sum of products: one multiply-add
    const product = source.kind === "node" && source.node.node.op === "mul" && source.node.uses === 1 && !source.node.store ? source.node : undefined;
    if (product && kind === "sum" && node.node.dtype === "float32") {
      const [x, y] = product.sources.map((factor) => this.#values.source(factor, u, site)) as [Register, Register];
      this.#b.multiplyAddInto(accumulator, x, y);
      return;
    }
    emitJoin(this.#b, kind, accumulator, this.#values.source(source, u, site));
  }
}
