import type { Index, Target } from "../../codegen/program.ts";
import { LoopWalk } from "./loop-walk.ts";
import type { LoopShape, Stream } from "./streams.ts";
import type { Site } from "./values.ts";

/** Elements of one row that a work item covers at most. */
const MAP_BLOCK = 1024;

/** Vectors that one turn along a row handles. */
export function vectorsPerTurn({ drawsRandom, nodeCount }: LoopShape, { lanes }: Target): number {
  if (drawsRandom && lanes > 1) return 4;
  return nodeCount > 24 ? 1 : 2;
}

/** A kernel without reductions: a work item is a block of a row. */
export class MapLowering extends LoopWalk {
  /** Elements of a work item, and items of a row. */
  get #blocks(): readonly [block: number, blocks: number] {
    const columns = this.plan.sizes[this.last] as number;
    const width = vectorsPerTurn(this.plan, this.target) * this.target.lanes;
    const block = Math.min(Math.ceil(columns / width) * width, Math.ceil(MAP_BLOCK / width) * width);
    return [block, Math.ceil(columns / block)];
  }

  override get itemCount(): number {
    return this.outerItems * this.#blocks[1];
  }

  protected override items(root: Site, begin: Index, end: Index): void {
    const columns = this.plan.sizes[this.last] as number;
    const [block, blocks] = this.#blocks;
    this.b.loop(begin, end, 1, (item) => {
      const row = blocks === 1 ? item : this.b.indexDiv(item, blocks);
      const first = blocks === 1 ? 0 : this.b.indexMul(this.b.indexSub(item, this.b.indexMul(row, blocks)), block);
      const last = blocks === 1 ? columns : this.b.indexMin(this.b.indexAdd(first, block), columns);
      this.partOfRow(root, this.itemPointers(row, first), first, last);
    });
  }

  /** Columns [first, last) of a row, which end where the row ends or after whole turns. */
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
    // whole steps of `unroll` vectors, then single vectors, then what is left of one
    const whole =
      typeof length === "number" ? length - (length % width) : this.b.indexMul(this.b.indexDiv(length, width), width);
    this.b.loop(0, whole, width, () => {
      emit(unroll, lanes);
      advance(width);
    });
    const rest = columns % width;
    if (rest === 0) return;
    this.b.ifEqual(last, columns, () => {
      // from the row's end, so that it is plain to see where it lies
      const tail = this.moving(this.tailOf(start, this.b.indexSub(columns - rest, first)), this.last);
      for (let k = 0; k < Math.floor(rest / lanes); k++) {
        emit(1, lanes, tail.pointers);
        tail.advance(lanes);
      }
      if (rest % lanes > 0) emit(1, rest % lanes, tail.pointers);
    });
  }

  /** Addresses so many columns further on, where what is left after whole turns begins. */
  protected tailOf(start: ReadonlyMap<Stream, Index>, columns: Index): Map<Stream, Index> {
    const tail = new Map(start);
    for (const [stream, pointer] of start) {
      const stride = (stream.strides[this.last] as number) * this.scale(stream);
      if (stride !== 0) tail.set(stream, this.b.indexAdd(pointer, this.b.indexMul(columns, stride)));
    }
    return tail;
  }
}
