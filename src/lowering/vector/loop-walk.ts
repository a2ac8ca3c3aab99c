import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { largest } from "../../core/extremes.ts";
import type { Node } from "../../graph/node.ts";
import type { LoweredKernel } from "./lowered.ts";
import type { LoopPlan, PlannedNode, Stream } from "./streams.ts";
import { axesOf, type Site, Values } from "./values.ts";

/** The number of element operations from which a chunk is worth another thread. */
const WORK_PER_GRAIN = 8192;

/** Common to all loop kernels: the addresses of the walks at each place of the loops, and the values computed and written there. */
export abstract class LoopWalk {
  protected readonly plan: LoopPlan;
  protected readonly target: Target;
  protected readonly b: FunctionBuilder;
  protected readonly values: Values;
  /** the axis along which vectors lie */
  protected readonly last: number;
  /** the other kept axes, and the other reduced ones */
  protected readonly kept: readonly number[];
  protected readonly reduced: readonly number[];
  /** passes over the reduced axes; 0 without reductions */
  protected readonly passes: number;
  readonly #bases = new Map<Stream, Register>();

  /** @param parameters the addresses of arrays. */
  constructor(plan: LoopPlan, b: FunctionBuilder, parameters: ReadonlyMap<Node, Register>) {
    this.plan = plan;
    this.target = b.target;
    this.b = b;
    this.values = new Values(this.b, plan, parameters);
    for (const stream of plan.streams) {
      const base = stream.array && parameters.get(stream.array);
      if (base) this.#bases.set(stream, base);
    }
    this.last = plan.sizes.length - 1;
    const axes = plan.sizes.map((_, axis) => axis).slice(0, -1);
    this.kept = axes.filter((axis) => !plan.isReduced[axis]);
    this.reduced = axes.filter((axis) => plan.isReduced[axis]);
    this.passes = 1 + largest([-1, ...plan.nodes.filter(({ node }) => node.op === "reduce").map(({ pass }) => pass)]);
  }

  /** Writes the loops over the work items [begin, end). */
  protected abstract items(root: Site, begin: Index, end: Index): void;

  /** The number of work items; those of one position of the first axis are neighbours. */
  abstract get itemCount(): number;

  /** does every item lie within one position of the first axis? */
  protected isFirstApart = false;

  /** Writes the loop within another kernel's code. What it needs only once is computed at the call; the returned function writes the work
   *  on one position of the first axis wherever it is called. */
  within(): (position: Index) => void {
    this.isFirstApart = true;
    const perPosition = this.itemCount / (this.plan.sizes[0] as number);
    const root = this.rootSite();
    return (position) => {
      const begin = this.b.indexMul(position, perPosition);
      this.items(root, begin, this.b.indexAdd(begin, perPosition));
    };
  }

  lower(): LoweredKernel {
    const [begin, end] = this.b.range();
    if (this.plan.sizes.some((size, axis) => size === 0 && !this.plan.isReduced[axis])) {
      return { code: this.b.finish(), items: 0, grain: 1, scratchBytes: 0 };
    }
    this.items(this.rootSite(), begin, end);
    const items = this.itemCount;
    const work = this.plan.sizes.reduce((product, size) => product * size, 1) * this.plan.nodes.length;
    const grain = Math.max(1, Math.ceil(WORK_PER_GRAIN / Math.max(1, work / items)));
    return { code: this.b.finish(), items, grain, scratchBytes: 0 };
  }

  /** Positions of the kept axes besides the last one. */
  protected get outerItems(): number {
    return this.kept.reduce((product, axis) => product * (this.plan.sizes[axis] as number), 1);
  }

  // ---- places

  /** Before all loops: walks that never move. */
  protected rootSite(): Site {
    const pointers = new Map<Stream, Index>();
    for (const stream of this.plan.streams) {
      if (axesOf(stream) === 0) pointers.set(stream, this.pointer(stream));
    }
    const site: Site = { parent: undefined, axes: 0, pointers, pass: 0, vectors: 0, cache: new Map() };
    this.values.prepare(this.plan.nodes, site);
    return site;
  }

  protected scale(stream: Stream): number {
    return stream.array ? 4 : 1;
  }

  protected pointer(stream: Stream): Index {
    const base = this.#bases.get(stream);
    return base ? this.b.indexAdd(base, stream.offset * 4) : stream.offset;
  }

  /** Addresses at the start of a work item. `outer` gives its kept indices, `column` its first column. */
  protected itemPointers(outer: Index, column: Index | undefined): Map<Stream, Index> {
    return this.pointersAt(this.kept, outer, column);
  }

  /** Addresses at a position of some axes, numbered row by row, and at separately given positions of others. */
  protected pointersAt(
    axes: readonly number[],
    position: Index,
    column: Index | undefined,
    ...others: readonly (readonly [axis: number, index: Index])[]
  ): Map<Stream, Index> {
    const indices = new Map<number, Index>(others);
    let rest = position;
    for (const axis of [...axes].reverse()) {
      const size = this.plan.sizes[axis] as number;
      const isFirst = axis === axes[0];
      indices.set(axis, isFirst ? rest : this.b.indexRem(rest, size));
      if (!isFirst) rest = this.b.indexDiv(rest, size);
    }
    if (column !== undefined) indices.set(this.last, column);
    const pointers = new Map<Stream, Index>();
    for (const stream of this.plan.streams) {
      let pointer = this.pointer(stream);
      for (const [axis, index] of indices) {
        const stride = (stream.strides[axis] as number) * this.scale(stream);
        if (stride !== 0) pointer = this.b.indexAdd(pointer, this.b.indexMul(index, stride));
      }
      pointers.set(stream, pointer);
    }
    return pointers;
  }

  /** Copies of addresses that a loop over one axis advances. */
  protected moving(
    pointers: ReadonlyMap<Stream, Index>,
    axis: number,
  ): { pointers: Map<Stream, Index>; advance: (steps: number) => void } {
    const moving = new Map<Stream, Index>(pointers);
    const moved: [Register, number][] = [];
    for (const [stream, pointer] of pointers) {
      const stride = (stream.strides[axis] as number) * this.scale(stream);
      if (stride === 0) continue;
      const copy = this.b.indexVariable(pointer);
      moving.set(stream, copy);
      moved.push([copy, stride]);
    }
    return {
      pointers: moving,
      advance: (steps) => {
        for (const [copy, stride] of moved) this.b.indexAddInto(copy, stride * steps);
      },
    };
  }

  /** @param lastLanes elements of the last vector. */
  protected inner(
    parent: Site,
    pointers: ReadonlyMap<Stream, Index>,
    vectors: number,
    pass: number,
    lastLanes: number,
  ): Site {
    return { parent, axes: parent.axes, pointers, pass, vectors, lastLanes, cache: new Map() };
  }

  // ---- what a pass computes

  protected reductionsOf(pass: number): PlannedNode[] {
    return this.plan.nodes.filter((node) => node.node.op === "reduce" && node.pass === pass);
  }

  protected storesOf(pass: number, level: "full" | "kept"): PlannedNode[] {
    return this.plan.nodes.filter(
      (node) => node.store && node.level === level && node.pass === pass && node.node.op !== "reduce",
    );
  }

  protected passTargets(pass: number): PlannedNode[] {
    return [...this.reductionsOf(pass), ...this.storesOf(pass, "full")];
  }

  /** Computes all values first, together with everything else that is read here, and writes them afterwards, so that an array may be
   *  updated in place while its old values are still needed. */
  protected storeAll(
    nodes: readonly PlannedNode[],
    u: number,
    site: Site,
    lanes: number,
    otherReads: () => void = () => {},
  ): void {
    for (const node of nodes) this.values.node(node, u, site);
    otherReads();
    for (const node of nodes) this.values.store(node, u, site, lanes);
  }
}
