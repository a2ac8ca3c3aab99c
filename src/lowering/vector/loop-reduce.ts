import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";
import { reduceIdentity } from "../../graph/primitives/reduce.ts";
import { emitConstant, emitJoin } from "./elementwise.ts";
import { LoopWalk } from "./loop-walk.ts";
import type { LoopShape, PlannedNode, Stream } from "./streams.ts";
import type { Site } from "./values.ts";

/** Summing loops of more turns than this use partial sums, so that long sums lose no digits. */
const TURNS_PER_PARTIAL_SUM = 64;

/** Rows of a few columns that one turn takes, and the largest number of operations written out for each of them. */
const ROWS_PER_TURN = 4;
const MOST_NODES_REPEATED = 20;

function accumulatorInit(b: FunctionBuilder, node: PlannedNode): Register {
  const { kind } = (node.node as Node<"reduce">).attributes;
  const { dtype } = node.node;
  const identity = reduceIdentity(kind, dtype);
  return dtype === "float32" ? b.variable(identity) : b.intVariable(identity);
}

function reduceKind(node: PlannedNode): Node<"reduce">["attributes"]["kind"] {
  return (node.node as Node<"reduce">).attributes.kind;
}

/** Adjacent vectors of columns that one work item covers if the last axis is kept. */
export function vectorsOfColumns({ sizes, drawsRandom, nodeCount }: LoopShape, { lanes }: Target): number {
  if (lanes === 1) return 1;
  const columns = sizes.at(-1) as number;
  return drawsRandom || (columns >= 16 * lanes * 2 && nodeCount < 40) ? 4 : 2;
}

/** A kernel with reductions. If the last axis is reduced, an item is one position of the kept axes; vectors lie along the row and their
 *  lanes are joined at the end. If the last axis is kept, an item covers a few adjacent vectors of columns. */
export class ReduceLowering extends LoopWalk {
  /** Columns of a work item if they are kept, and items of a row. */
  get #blocks(): readonly [width: number, blocks: number] {
    const width = vectorsOfColumns(this.plan, this.target) * this.target.lanes;
    return [width, Math.ceil((this.plan.sizes[this.last] as number) / width)];
  }

  override get itemCount(): number {
    return this.outerItems * (this.plan.isReduced[this.last] ? 1 : this.#blocks[1]);
  }

  protected override items(root: Site, begin: Index, end: Index): void {
    if (this.plan.isReduced[this.last]) this.#rows(root, begin, end);
    else this.#columns(root, begin, end);
  }

  #columns(root: Site, begin: Index, end: Index): void {
    const outer = this.outerItems;
    const [width, blocks] = this.#blocks;

    this.b.loop(begin, end, 1, (item) => {
      const row = outer === 1 ? 0 : this.b.indexDiv(item, blocks);
      const block = outer === 1 ? item : this.b.indexSub(item, this.b.indexMul(row, blocks));
      const column = this.b.indexMul(block, width);
      this.columnsFrom(root, this.itemPointers(row, column), column, (known) => this.itemPointers(row, known));
    });
  }

  /** All passes over a few adjacent vectors of columns that start at `column`; there are fewer at the end of the row.
   *  @param pointersAt the addresses at a column whose number is known. */
  protected columnsFrom(
    root: Site,
    pointers: ReadonlyMap<Stream, Index>,
    column: Index,
    pointersAt: (column: number) => ReadonlyMap<Stream, Index>,
  ): void {
    const { lanes } = this.target;
    const columns = this.plan.sizes[this.last] as number;
    const vectors = vectorsOfColumns(this.plan, this.target);
    const rest = columns % (vectors * lanes);
    const whole = () => this.#reduceItem(root, pointers, vectors, lanes);
    const last = () =>
      this.#reduceItem(root, pointersAt(columns - rest), Math.ceil(rest / lanes), rest % lanes || lanes);
    if (rest === 0) whole();
    else if (rest === columns) last();
    // `column` is a multiple of the width, so one of the two holds; written so that the end of the loads is evident without knowing that
    else
      this.b.ifLess(this.b.indexAdd(column, vectors * lanes - 1), columns, whole, () =>
        this.b.ifEqual(column, columns - rest, last),
      );
  }

  #rows(root: Site, begin: Index, end: Index): void {
    this.b.loop(begin, end, 1, (item) => this.#reduceItem(root, this.itemPointers(item, undefined), 0, 1));
  }

  /** All passes of one work item. `vectors`: adjacent vectors if columns are kept; 0 if the last axis is reduced. */
  #reduceItem(root: Site, start: ReadonlyMap<Stream, Index>, vectors: number, lastLanes: number): void {
    const keptAxes = this.plan.isReduced.reduce((bits, reduced, axis) => (reduced ? bits : bits | (1 << axis)), 0);
    const lanesOf = (u: number) => (u === vectors - 1 ? lastLanes : this.target.lanes);
    const side = Math.max(1, vectors);
    // one cache for the whole item: results of earlier passes stay known
    const cache = new Map<string, Register>();
    for (let pass = 0; pass <= this.passes; pass++) {
      const site: Site = { parent: root, axes: keptAxes, pointers: start, pass, vectors, lastLanes, cache };
      const kept = this.storesOf(pass, "kept");
      const targets = this.passTargets(pass);
      for (let u = 0; u < side; u++) for (const node of kept) this.values.node(node, u, site);
      // before any write: the pass may need the old value of an array that is updated in place
      this.values.prepare(targets, site);
      for (let u = 0; u < side; u++) for (const node of kept) this.values.store(node, u, site, lanesOf(u));
      if (targets.length === 0) continue;
      const results =
        vectors > 0 ? this.#passOverRows(site, targets, vectors, lanesOf) : this.#passAlongRow(site, targets);
      for (const [node, registers] of results) {
        registers.forEach((register, u) => {
          this.values.define(node, u, site, register);
          if (node.store) this.values.store(node, u, site, lanesOf(u));
        });
      }
    }
  }

  /** Nested loops over reduced axes, the innermost with partial sums if it is long.
   *  @param sets of accumulators that `body` takes in turn, so that a sum need not wait for the previous one. */
  #nest(
    axes: readonly number[],
    pointers: ReadonlyMap<Stream, Index>,
    accumulators: readonly (readonly [PlannedNode, Register])[],
    body: (pointers: ReadonlyMap<Stream, Index>, accumulators: readonly Register[]) => void,
    sets = 1,
  ): void {
    const [axis, ...inner] = axes;
    if (axis === undefined) {
      body(
        pointers,
        accumulators.map(([, register]) => register),
      );
      return;
    }
    const size = this.plan.sizes[axis] as number;
    const { pointers: moving, advance } = this.moving(pointers, axis);
    if (inner.length === 0 && sets > 1) {
      const perSet = accumulators.length / sets;
      const turn = (current: readonly Register[], set: number): void => {
        body(moving, current.slice(set * perSet, (set + 1) * perSet));
        advance(1);
      };
      this.#turns(size - (size % sets), sets, accumulators, (current) => {
        for (let set = 0; set < sets; set++) turn(current, set);
      });
      const totals = accumulators.map(([, register]) => register);
      for (let set = 0; set < size % sets; set++) turn(totals, set);
      return;
    }
    this.#turns(size, 1, accumulators, (current) => {
      this.#nest(
        inner,
        moving,
        accumulators.map(([node], index) => [node, current[index] as Register] as const),
        body,
        sets,
      );
      advance(1);
    });
  }

  /** A loop of `count` turns; if it is long, sums are taken in parts. */
  #turns(
    count: number,
    step: number,
    accumulators: readonly (readonly [PlannedNode, Register])[],
    turn: (accumulators: readonly Register[]) => void,
  ): void {
    const totals = accumulators.map(([, register]) => register);
    const isLong =
      count / step > 2 * TURNS_PER_PARTIAL_SUM &&
      accumulators.some(([node]) => node.node.dtype === "float32" && reduceKind(node) === "sum");
    if (!isLong) {
      this.b.loop(0, count, step, () => turn(totals));
      return;
    }
    const stride = TURNS_PER_PARTIAL_SUM * step;
    this.b.loop(0, count, stride, (from) => {
      const parts = accumulators.map(([node]) => accumulatorInit(this.b, node));
      const to =
        count % stride === 0 ? this.b.indexAdd(from, stride) : this.b.indexMin(this.b.indexAdd(from, stride), count);
      this.b.loop(from, to, step, () => turn(parts));
      accumulators.forEach(([node, total], index) => {
        emitJoin(this.b, reduceKind(node), total, parts[index] as Register);
      });
    });
  }

  /** Rows per turn: several if, with few columns, every sum would wait for the previous one. */
  #rowsPerTurn(vectors: number, reductions: number): number {
    const rows = this.plan.sizes[this.reduced.at(-1) ?? this.last] as number;
    const isNarrow = vectors <= 2 && vectors * reductions <= 4 && this.plan.nodeCount <= MOST_NODES_REPEATED;
    return isNarrow && reductions > 0 && rows >= 2 * ROWS_PER_TURN ? ROWS_PER_TURN : 1;
  }

  /** One pass with columns kept: every turn handles one row of a few vectors. */
  #passOverRows(
    site: Site,
    targets: readonly PlannedNode[],
    vectors: number,
    lanesOf: (u: number) => number,
  ): Map<PlannedNode, Register[]> {
    const reductions = targets.filter(({ node }) => node.op === "reduce");
    const stores = targets.filter(({ node }) => node.op !== "reduce");
    const sets = this.#rowsPerTurn(vectors, reductions.length);
    const accumulators = Array.from({ length: sets }, () =>
      reductions.flatMap((node) =>
        Array.from({ length: vectors }, () => [node, accumulatorInit(this.b, node)] as const),
      ),
    ).flat();
    const turn = (pointers: ReadonlyMap<Stream, Index>, current: readonly Register[]): void => {
      const inner = this.inner(site, pointers, vectors, site.pass, lanesOf(vectors - 1));
      for (let u = 0; u < vectors; u++) {
        this.storeAll(stores, u, inner, lanesOf(u), () => {
          reductions.forEach((node, index) => {
            this.#accumulate(node, u, inner, current[index * vectors + u] as Register);
          });
        });
      }
    };
    this.#nest(this.reduced, site.pointers, accumulators, turn, sets);
    const perSet = reductions.length * vectors;
    for (let index = perSet; index < accumulators.length; index++) {
      const [node, register] = accumulators[index] as (typeof accumulators)[number];
      emitJoin(this.b, reduceKind(node), (accumulators[index % perSet] as (typeof accumulators)[number])[1], register);
    }
    return new Map(
      reductions.map((node, index) => [
        node,
        accumulators.slice(index * vectors, (index + 1) * vectors).map(([, register]) => register),
      ]),
    );
  }

  /** One pass along the last axis: several vectors per turn, then single vectors, then a partial one; lanes are joined at the end. */
  #passAlongRow(site: Site, targets: readonly PlannedNode[]): Map<PlannedNode, Register[]> {
    const { lanes } = this.target;
    const reductions = targets.filter(({ node }) => node.op === "reduce");
    const stores = targets.filter(({ node }) => node.op !== "reduce");
    const size = this.plan.sizes[this.last] as number;
    const unroll = this.plan.drawsRandom
      ? 4
      : size >= 8 * lanes && this.plan.nodes.length < 40
        ? 4
        : size >= 4 * lanes
          ? 2
          : 1;
    const width = unroll * lanes;
    const accumulators = reductions.flatMap((node) =>
      Array.from({ length: unroll }, () => [node, accumulatorInit(this.b, node)] as const),
    );

    this.#nest(this.reduced, site.pointers, accumulators, (rowPointers, rowAccumulators) => {
      const { pointers, advance } = this.moving(rowPointers, this.last);
      const emit = (vectors: number, lastLanes: number, current: readonly Register[]) => {
        const inner = this.inner(site, pointers, vectors, site.pass, lastLanes);
        for (let u = 0; u < vectors; u++) {
          const count = u === vectors - 1 ? lastLanes : lanes;
          this.storeAll(stores, u, inner, count, () => {
            reductions.forEach((node, index) => {
              this.#accumulate(node, u, inner, current[index * unroll + u] as Register, count);
            });
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
          for (let k = 0; k + gap < parts.length; k += 2 * gap)
            emitJoin(this.b, reduceKind(node), parts[k] as Register, parts[k + gap] as Register);
        }
        const joined = this.b.horizontal(
          ({ sum: "add", prod: "mul", max: "max", min: "min" } as const)[reduceKind(node)],
          parts[0] as Register,
        );
        return [node, [joined]];
      }),
    );
  }

  #accumulate(node: PlannedNode, u: number, site: Site, accumulator: Register, lanes = this.target.lanes): void {
    const source = node.sources[0] as PlannedNode["sources"][number];
    const kind = reduceKind(node);
    if (lanes < this.target.lanes) {
      const identity = emitConstant(this.b, reduceIdentity(kind, node.node.dtype), node.node.dtype);
      const value = this.b.select(this.b.maskFirst(lanes), this.values.source(source, u, site), identity);
      emitJoin(this.b, kind, accumulator, value);
      return;
    }
    // sum of products: one multiply-add
    const product =
      source.kind === "node" && source.node.node.op === "mul" && source.node.uses === 1 && !source.node.store
        ? source.node
        : undefined;
    if (product && kind === "sum" && node.node.dtype === "float32") {
      const [x, y] = product.sources.map((factor) => this.values.source(factor, u, site)) as [Register, Register];
      this.b.multiplyAddInto(accumulator, x, y);
      return;
    }
    emitJoin(this.b, kind, accumulator, this.values.source(source, u, site));
  }
}
