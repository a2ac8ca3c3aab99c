import type { Index, Target } from "../../codegen/program.ts";
import { LoopWalk } from "./loop-walk.ts";
import type { LoopShape, Stream } from "./streams.ts";
import type { Site } from "./values.ts";

/** The largest number of elements of a work item. */
const MAP_BLOCK = 1024;

interface MapShape {
  /** axes whose positions are separate items */
  readonly outer: readonly number[];
  /** the axis of which an item covers a run of `rows` positions */
  readonly split: number | undefined;
  readonly rows: number;
  /** axes that an item covers as a whole */
  readonly inner: readonly number[];
  /** columns of an item, and items of a row */
  readonly block: number;
  readonly blocks: number;
}

/** Vectors that one turn along a row handles. */
export function vectorsPerTurn({ drawsRandom, nodeCount }: LoopShape, { lanes }: Target): number {
  if (drawsRandom && lanes > 1) return 4;
  return nodeCount > 24 ? 1 : 2;
}

/** A kernel without reductions. */
export class MapLowering extends LoopWalk {
  override get itemCount(): number {
    const { outer, split, rows, blocks } = this.#shape;
    const length = split === undefined ? 1 : Math.ceil((this.plan.sizes[split] as number) / rows);
    return outer.reduce((product, axis) => product * (this.plan.sizes[axis] as number), length) * blocks;
  }

  protected override items(root: Site, begin: Index, end: Index): void {
    const { outer, split, rows, inner, block, blocks } = this.#shape;
    const b = this.b;
    const columns = this.plan.sizes[this.last] as number;
    b.loop(begin, end, 1, (item) => {
      const [place, part] = this.#divided(item, blocks);
      const first = b.indexMul(part, block);
      const last = blocks === 1 ? columns : b.indexMin(b.indexAdd(first, block), columns);
      const row = (pointers: ReadonlyMap<Stream, Index>) => this.partOfRow(root, pointers, first, last);
      if (split === undefined) {
        this.#nest(inner, this.pointersAt(outer, place, first), row);
        return;
      }
      const length = this.plan.sizes[split] as number;
      const [position, run] = this.#divided(place, Math.ceil(length / rows));
      const from = b.indexMul(run, rows);
      const start = this.pointersAt(outer, position, first, [split, from]);
      this.#loopOver(
        split,
        length % rows === 0 ? rows : b.indexMin(b.indexSub(length, from), rows),
        start,
        (pointers) => this.#nest(inner, pointers, row),
      );
    });
  }

  /** The work items: blocks of a row if rows are long; if they are short, the rows of all inner axes and a run of positions of the axis
   *  before those. Addresses are then computed once per item and advanced from row to row. */
  get #shape(): MapShape {
    const { sizes } = this.plan;
    const columns = sizes[this.last] as number;
    const width = vectorsPerTurn(this.plan, this.target) * this.target.lanes;
    const block = Math.min(Math.ceil(columns / width) * width, Math.ceil(MAP_BLOCK / width) * width);
    const blocks = Math.ceil(columns / block);
    const outer = [...this.kept];
    if (blocks > 1) return { outer, split: undefined, rows: 1, inner: [], block, blocks };
    const least = this.isFirstApart ? 1 : 0;
    const inner: number[] = [];
    let elements = columns;
    while (outer.length > least && elements * (sizes[outer.at(-1) as number] as number) <= MAP_BLOCK) {
      const axis = outer.pop() as number;
      inner.unshift(axis);
      elements *= sizes[axis] as number;
    }
    const rows = Math.floor(MAP_BLOCK / elements);
    const split = outer.length > least && rows > 1 ? outer.pop() : undefined;
    return { outer, split, rows: split === undefined ? 1 : rows, inner, block, blocks };
  }

  /** A number divided by a count: the quotient and the rest. */
  #divided(value: Index, count: number): readonly [Index, Index] {
    if (count === 1) return [value, 0];
    const quotient = this.b.indexDiv(value, count);
    return [quotient, this.b.indexSub(value, this.b.indexMul(quotient, count))];
  }

  #nest(
    axes: readonly number[],
    pointers: ReadonlyMap<Stream, Index>,
    body: (pointers: ReadonlyMap<Stream, Index>) => void,
  ): void {
    const [axis, ...rest] = axes;
    if (axis === undefined) body(pointers);
    else this.#loopOver(axis, this.plan.sizes[axis] as number, pointers, (moved) => this.#nest(rest, moved, body));
  }

  #loopOver(
    axis: number,
    count: Index,
    pointers: ReadonlyMap<Stream, Index>,
    body: (pointers: ReadonlyMap<Stream, Index>) => void,
  ): void {
    const { pointers: moving, advance } = this.moving(pointers, axis);
    this.b.loop(0, count, 1, () => {
      body(moving);
      advance(1);
    });
  }

  /** Columns [first, last) of a row. They end at the end of the row or after whole turns. */
  protected partOfRow(root: Site, start: ReadonlyMap<Stream, Index>, first: Index, last: Index): void {
    const { lanes } = this.target;
    const columns = this.plan.sizes[this.last] as number;
    const unroll = vectorsPerTurn(this.plan, this.target);
    const width = unroll * lanes;
    const targets = this.storesOf(0, "full");
    const keptAxes = this.kept.reduce((bits, axis) => bits | (1 << axis), 0);
    const itemSite: Site = { parent: root, axes: keptAxes, pointers: start, pass: 0, vectors: 0, cache: new Map() };
    this.values.prepare(targets, itemSite);
    const { pointers, advance } = this.moving(start, this.last);
    const emit = (vectors: number, lastLanes: number, at: ReadonlyMap<Stream, Index> = pointers) => {
      const site = this.inner(itemSite, at, vectors, 0, lastLanes);
      for (let u = 0; u < vectors; u++) this.storeAll(targets, u, site, u === vectors - 1 ? lastLanes : lanes);
    };
    const length = this.b.indexSub(last, first);
    // whole steps of `unroll` vectors, then single vectors, then the rest of one
    const whole =
      typeof length === "number" ? length - (length % width) : this.b.indexMul(this.b.indexDiv(length, width), width);
    this.b.loop(0, whole, width, () => {
      emit(unroll, lanes);
      advance(width);
    });
    const rest = columns % width;
    if (rest === 0) return;
    this.b.ifEqual(last, columns, () => {
      // counted from the end of the row, so that its place is evident
      const tail = this.moving(this.tailOf(start, this.b.indexSub(columns - rest, first)), this.last);
      for (let k = 0; k < Math.floor(rest / lanes); k++) {
        emit(1, lanes, tail.pointers);
        tail.advance(lanes);
      }
      if (rest % lanes > 0) emit(1, rest % lanes, tail.pointers);
    });
  }

  /** Addresses after a number of columns, where the rest after whole turns begins. */
  protected tailOf(start: ReadonlyMap<Stream, Index>, columns: Index): Map<Stream, Index> {
    const tail = new Map(start);
    for (const [stream, pointer] of start) {
      const stride = (stream.strides[this.last] as number) * this.scale(stream);
      if (stride !== 0) tail.set(stream, this.b.indexAdd(pointer, this.b.indexMul(columns, stride)));
    }
    return tail;
  }
}
