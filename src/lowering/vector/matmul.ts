import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";
import { emitEpilogue } from "./epilogue.ts";
import type { LoweredKernel } from "./lowered.ts";
import { fetchBelow, fetchEpilogue, fetchLeft, fetchRight, stretchFor } from "./matmul-fetch.ts";
import {
  type BlockSizes,
  balancedTile,
  blockSizes,
  chooseSplit,
  cutStrips,
  type MatmulPlan,
  readsLeft,
  readsRight,
  type Side,
  type SplitAxis,
  type Tile,
} from "./matmul-plan.ts";
import { packPanel } from "./pack.ts";
import { byWidth, type StripSet, stripEnd, stripSet, stripStart } from "./strip-set.ts";
import { type Fetch, type TileForm, type TilePlace, tileProduct } from "./tile-product.ts";

/** The number of multiply-adds from which a strip is worth another thread. */
const WORK_PER_GRAIN = 32768;

/** A block of the left side larger than this is not prefetched as a whole: it would evict the right side from the caches. With few rows the
 *  right side takes less room. */
const MOST_FETCHED_BYTES = { few: 2 ** 19, many: 2 ** 17 } as const;

/** From the first to before the last. */
type Range = readonly [Index, Index];

/** Writes a matrix product as one vector function: blocks of both sides are packed into the thread's own working memory, and a register
 *  tile passes over each pair of panels. Source: Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008. */
export function lowerMatmul(plan: MatmulPlan, target: Target, threads: number, name: string): LoweredKernel {
  return new MatmulLowering(plan, target, threads, name).lower();
}

class MatmulLowering {
  readonly #plan: MatmulPlan;
  readonly #b: FunctionBuilder;
  readonly #tile: Tile;
  readonly #columns: StripSet;
  readonly #rows: StripSet;
  /** strips of columns that belong to one thread */
  readonly #unit: number;
  /** groups of columns that the epilogue takes together; a unit has the same number of columns of each */
  readonly #groups: number;
  /** is the left side read where it lies instead of being packed? */
  readonly #readsLeft: boolean;
  /** is the right side read where it lies? */
  readonly #readsRight: boolean;
  readonly #packsRight: boolean;
  readonly #split: SplitAxis;
  /** addresses of the arrays that the epilogue reads and writes */
  readonly #arrays = new Map<Node, Register>();
  readonly #block: BlockSizes;
  readonly #form: TileForm;
  /** values of k between two fetches of what follows; undefined: nothing is fetched */
  readonly #stretch: number | undefined;

  constructor(plan: MatmulPlan, target: Target, threads: number, name: string) {
    this.#plan = plan;
    this.#b = new FunctionBuilder(name, target);
    this.#tile = balancedTile(plan, target, threads);
    const width = this.#tile.vectors * target.lanes;
    this.#readsLeft = readsLeft(plan, target.lanes);
    this.#readsRight = readsRight(plan, target.lanes);
    this.#packsRight = !plan.isRightPacked && !this.#readsRight;
    this.#unit = plan.epilogue?.stripsPerUnit ?? 1;
    this.#groups = plan.epilogue?.groups ?? 1;
    // an epilogue takes whole turns of columns except at the end of a row: no two strips share a rest
    this.#columns = stripSet(plan.columns, width, plan.epilogue ? width : target.lanes);
    this.#rows = stripSet(plan.rows, this.#tile.rows, 1);
    const unitWidth = this.#unit * width;
    const units = this.#unit > 1 ? cutStrips(plan.columns, unitWidth, unitWidth) : this.#columns.strips;
    this.#split = chooseSplit(plan, units, this.#rows.strips, threads, target.lanes);
    this.#block = blockSizes(plan, this.#tile, target);
    const { rows, unroll } = this.#tile;
    this.#stretch = stretchFor(this.#block.inner, this.#tile, target.lanes);
    this.#form = {
      leftStep: this.#readsLeft ? 4 : rows * 4,
      leftRow: this.#readsLeft ? plan.left.outer * 4 : 4,
      rightStep: this.#readsRight ? plan.right.inner * 4 : width * 4,
      rowBytes: (plan.epilogue?.pitch ?? plan.columns) * 4,
      continues: plan.inner > this.#block.inner,
      unroll,
      isWhole: plan.inner % unroll === 0,
      stretch: this.#stretch ?? unroll,
    };
  }

  lower(): LoweredKernel {
    const b = this.#b;
    const { epilogue } = this.#plan;
    const [left, right, ...others] = this.#plan.arrays.map(() => b.parameter()) as [Register, Register, ...Register[]];
    others.forEach((address, index) => {
      this.#arrays.set(this.#plan.arrays[index + 2] as Node, address);
    });
    const leftBytes = this.#readsLeft ? 0 : align(this.#block.rows * this.#block.inner * 4);
    const rightBytes = this.#packsRight ? align(this.#block.columns * this.#block.inner * 4) : 0;
    const productBytes = align(this.#block.rows * (epilogue?.pitch ?? 0) * 4);
    const scratchBytes = leftBytes + rightBytes + productBytes;
    const own = scratchBytes > 0 ? ([b.parameter(), b.parameter()] as const) : undefined;
    const [begin, end, thread] = b.range();
    // the stride is that of the program, not of this kernel: two kernels that pack need no barrier between them
    const packedLeft = own ? (b.indexAdd(own[0], b.indexMul(thread, own[1])) as Register) : left;
    const packedRight = b.indexAdd(packedLeft, leftBytes) as Register;
    const result = this.#plan.isStored ? (others[0] as Register) : (b.indexAdd(packedRight, rightBytes) as Register);
    const columnStrips = this.#columns.strips.length;
    const strips = this.#split === "columns" ? Math.ceil(columnStrips / this.#unit) : this.#rows.strips.length;
    const batches = sizeOf(this.#plan.batch);

    const product = (batch: Index, from: Index, to: Index): void => {
      const a = this.#atBatch(left, this.#plan.left, batch);
      const c = b.indexAdd(result, b.indexMul(batch, this.#plan.rows * this.#plan.columns * 4));
      const d = this.#atBatch(right, this.#plan.right, batch);
      const isByColumns = this.#split === "columns";
      const rowRange: Range = isByColumns ? [0, this.#rows.strips.length] : [from, to];
      const packed = [packedLeft, packedRight] as const;
      if (this.#groups > 1) {
        const units: Range = isByColumns ? [from, to] : [0, columnStrips / this.#unit];
        b.loop(...units, 1, (unit) => this.#blocks(a, d, c, packed, [0, this.#unit], rowRange, unit));
      } else {
        const columnRange: Range = isByColumns ? this.#stripsOf(from, to) : [0, columnStrips];
        this.#blocks(a, d, c, packed, columnRange, rowRange);
      }
    };
    if (batches === 1) product(0, begin, end);
    else {
      const lastBatch = b.indexDiv(b.indexAdd(end, strips - 1), strips);
      b.loop(b.indexDiv(begin, strips), lastBatch, 1, (batch) => {
        const start = b.indexMul(batch, strips);
        product(batch, b.indexMax(b.indexSub(begin, start), 0), b.indexMin(b.indexSub(end, start), strips));
      });
    }
    const items = batches * strips;
    // four multiply-adds per operation of the epilogue
    const depth = this.#plan.inner + 4 * (epilogue?.loop.nodes.length ?? 0);
    const work = (batches * this.#plan.rows * this.#plan.columns * depth) / items;
    return {
      code: b.finish(),
      items,
      grain: Math.max(1, Math.ceil(WORK_PER_GRAIN / work)),
      scratchBytes,
      rowShare:
        this.#split === "rows" && batches === 1 ? this.#rows.strips.map(({ start }) => start).join() : undefined,
    };
  }

  /** The strips of columns of a range of units. */
  #stripsOf(from: Index, to: Index): [Index, Index] {
    if (this.#unit === 1) return [from, to];
    const b = this.#b;
    return [b.indexMul(from, this.#unit), b.indexMin(b.indexMul(to, this.#unit), this.#columns.strips.length)];
  }

  #atBatch(base: Register, side: Side, batch: Index): Index {
    let address: Index = base;
    let rest = batch;
    for (let axis = this.#plan.batch.length - 1; axis >= 0; axis--) {
      const size = this.#plan.batch[axis] as number;
      const index = axis === 0 ? rest : this.#b.indexRem(rest, size);
      if (axis > 0) rest = this.#b.indexDiv(rest, size);
      const stride = (side.batchStrides[axis] as number) * 4;
      if (stride !== 0) address = this.#b.indexAdd(address, this.#b.indexMul(index, stride));
    }
    return address;
  }

  /** @param unit if columns come in groups: the unit whose strips are meant. */
  #blocks(
    left: Index,
    right: Index,
    result: Index,
    [packedLeft, packedRight]: readonly [Register, Register],
    [firstColumn, lastColumn]: Range,
    [firstRow, lastRow]: Range,
    unit?: Index,
  ): void {
    const b = this.#b;
    const { inner } = this.#plan;
    const block = this.#block;
    const columnStrips = block.columns / this.#columns.width;
    const rowStrips = block.rows / this.#tile.rows;
    const panelBytes = (width: number, depth: Index): Index => b.indexMul(depth, width * 4);

    b.loop(firstColumn, lastColumn, columnStrips, (column0) => {
      const column1 = b.indexMin(b.indexAdd(column0, columnStrips), lastColumn);
      b.loop(0, inner, block.inner, (k0) => {
        const depth = inner % block.inner === 0 ? block.inner : b.indexMin(b.indexSub(inner, k0), block.inner);
        const next = unit === undefined ? this.#nextRight(right, k0, columnStrips, lastColumn) : undefined;
        const rightPanel = panelBytes(this.#columns.width, depth);
        const panelAt = this.#plan.isRightPacked
          ? this.#readyPanel(right, k0, unit)
          : this.#readsRight
            ? (strip: Index) => this.#partAt(this.#columns, strip, right, this.#plan.right, k0)
            : (strip: Index) => b.indexAdd(packedRight, b.indexMul(b.indexSub(strip, column0), rightPanel));
        if (this.#packsRight && unit !== undefined) this.#packUnit(unit, right, k0, depth, panelAt);
        else if (this.#packsRight) {
          b.loop(column0, column1, 1, (strip) => {
            const from = this.#partAt(this.#columns, strip, right, this.#plan.right, k0);
            this.#pack(this.#columns, strip, from, this.#plan.right, depth, panelAt(strip), this.#columns.width);
          });
        }
        b.loop(firstRow, lastRow, rowStrips, (row0) => {
          const row1 = b.indexMin(b.indexAdd(row0, rowStrips), lastRow);
          const leftPanel = panelBytes(this.#tile.rows, depth);
          if (!this.#readsLeft) {
            b.loop(row0, row1, 1, (strip) => {
              const to = b.indexAdd(packedLeft, b.indexMul(b.indexSub(strip, row0), leftPanel));
              const from = this.#partAt(this.#rows, strip, left, this.#plan.left, k0);
              this.#pack(this.#rows, strip, from, this.#plan.left, depth, to, this.#tile.rows);
            });
          }
          if (
            this.#readsLeft &&
            block.rows * block.inner * 4 <= MOST_FETCHED_BYTES[block.hasFewRows ? "few" : "many"]
          ) {
            // later blocks of columns find it in the cache
            const rows = [stripStart(b, this.#rows, row0), stripEnd(b, this.#rows, row1)] as const;
            const fetch = () => fetchLeft(b, this.#plan.left, left, rows, k0, depth);
            if (block.hasFewRows) b.ifEqual(column0, firstColumn, fetch);
            else fetch();
          }
          this.#parts([column0, column1], [row0, row1], result, k0, unit, (firstStrip, lastStrip, targetOf) => {
            b.loop(firstStrip, lastStrip, 1, (columnStrip) => {
              const panelB = panelAt(columnStrip);
              const column = stripStart(b, this.#columns, columnStrip);
              byWidth(b, this.#columns, columnStrip, (width) => {
                b.loop(row0, row1, 1, (rowStrip) => {
                  const panelA = this.#readsLeft
                    ? this.#partAt(this.#rows, rowStrip, left, this.#plan.left, k0)
                    : b.indexAdd(packedLeft, b.indexMul(b.indexSub(rowStrip, row0), leftPanel));
                  const target = targetOf(stripStart(b, this.#rows, rowStrip), column);
                  byWidth(b, this.#rows, rowStrip, (rows) => {
                    const place = { rows, width, left: panelA, right: panelB, target, k0, depth };
                    const fetches = this.#fetches(place, { row: rowStrip, column: columnStrip, firstRow, next });
                    tileProduct(b, this.#form, place, fetches);
                  });
                });
              });
            });
          });
        });
      });
    });
  }

  /** Where the strips that are packed next lie: those of the next block of k, or after the last one those of the next block of columns. */
  #nextRight(right: Index, k0: Index, columnStrips: number, lastColumn: Index): ((strip: Index) => Index) | undefined {
    const b = this.#b;
    const { inner, right: side } = this.#plan;
    if (this.#stretch === undefined || !this.#packsRight || !this.#block.hasFewRows) return undefined;
    const nextK = b.indexVariable(0);
    const shift = b.indexVariable(columnStrips);
    b.ifLess(b.indexAdd(k0, this.#block.inner), inner, () => {
      b.indexAssign(nextK, b.indexAdd(k0, this.#block.inner));
      b.indexAssign(shift, 0);
    });
    return (strip) => {
      const next = b.indexMin(b.indexAdd(strip, shift), b.indexSub(lastColumn, 1));
      return this.#partAt(this.#columns, next, right, side, nextK);
    };
  }

  /** What is fetched while a tile's sums run. Only whole tiles fetch: the others are few, or there is little to fetch. */
  #fetches(
    { rows, width, target }: TilePlace,
    strips: {
      readonly row: Index;
      readonly column: Index;
      readonly firstRow: Index;
      readonly next: ((strip: Index) => Index) | undefined;
    },
  ): readonly Fetch[] {
    const b = this.#b;
    const { epilogue, right } = this.#plan;
    const stretch = this.#stretch;
    if (stretch === undefined || rows < this.#tile.rows || width < this.#columns.width) return [];
    const fetches: Fetch[] = [];
    if (this.#form.continues && epilogue?.pitch === undefined)
      fetches.push(fetchBelow(b, target, rows, width, this.#form.rowBytes));
    if (epilogue) {
      const [row, column] = [stripStart(b, this.#rows, strips.row), stripStart(b, this.#columns, strips.column)];
      for (const each of fetchEpilogue(b, epilogue, this.#arrays, { row, column, width })) fetches.push(each);
    }
    if (strips.next) {
      const tile = b.indexSub(strips.row, strips.firstRow);
      const sizes = { width, depth: this.#block.inner, stretch, tiles: this.#rows.strips.length, tile };
      for (const each of fetchRight(b, right, strips.next(strips.column), sizes)) fetches.push(each);
    }
    return fetches;
  }

  /** Runs `body` over the strips of columns of a block. With an epilogue it does so part by part, and the epilogue follows each part once
   *  its sums are complete. `body` gets the address of each element of the product. */
  #parts(
    [column0, column1]: Range,
    [row0, row1]: Range,
    result: Index,
    k0: Index,
    unit: Index | undefined,
    body: (firstStrip: Index, lastStrip: Index, targetOf: (row: Index, column: Index) => Index) => void,
  ): void {
    const b = this.#b;
    const { epilogue, columns, inner } = this.#plan;
    const inArray = (row: Index, column: Index): Index =>
      b.indexAdd(b.indexAdd(result, b.indexMul(column, 4)), b.indexMul(row, columns * 4));
    if (epilogue === undefined) {
      body(column0, column1, inArray);
      return;
    }
    const { stripsPerPart, pitch } = epilogue;
    b.loop(column0, column1, stripsPerPart, (firstStrip) => {
      const lastStrip = b.indexMin(b.indexAdd(firstStrip, stripsPerPart), column1);
      const [row, column] = [stripStart(b, this.#rows, row0), stripStart(b, this.#columns, firstStrip)];
      const inOwnMemory = (row1: Index, column1: Index): Index =>
        b.indexAdd(
          b.indexAdd(result, b.indexMul(b.indexSub(column1, column), 4)),
          b.indexMul(b.indexSub(row1, row), (pitch as number) * 4),
        );
      body(firstStrip, lastStrip, pitch === undefined ? inArray : inOwnMemory);
      // a unit has this many columns of each group
      const unitWidth = (this.#unit * this.#columns.width) / this.#groups;
      const part = {
        row0: row,
        row1: stripEnd(b, this.#rows, row1),
        column0: unit === undefined ? column : b.indexMul(unit, unitWidth),
        column1:
          unit === undefined
            ? stripEnd(b, this.#columns, lastStrip)
            : b.indexAdd(b.indexMul(unit, unitWidth), unitWidth),
        address: result,
      };
      const finish = () => emitEpilogue(epilogue, b, this.#arrays, part);
      if (inner <= this.#block.inner) finish();
      else b.ifLess(b.indexAdd(k0, this.#block.inner), inner, () => {}, finish);
    });
  }

  /** The address of a strip's elements at k0. */
  #partAt(set: StripSet, strip: Index, base: Index, side: Side, k0: Index): Index {
    const b = this.#b;
    const start = b.indexMul(stripStart(b, set, strip), side.outer * 4);
    return b.indexAdd(b.indexAdd(base, start), b.indexMul(k0, side.inner * 4));
  }

  /** The address of a strip's panel, from k0 on, in the array of ready panels. */
  #readyPanel(right: Index, k0: Index, unit: Index | undefined): (strip: Index) => Index {
    const b = this.#b;
    const rowBytes = this.#columns.width * 4;
    const panels = b.indexAdd(right, b.indexMul(k0, rowBytes));
    const first = unit === undefined ? 0 : b.indexMul(unit, this.#unit);
    return (strip) => b.indexAdd(panels, b.indexMul(b.indexAdd(first, strip), this.#plan.inner * rowBytes));
  }

  /** Packs the strips of a unit: its columns of the first group, then those of the next. */
  #packUnit(unit: Index, base: Index, k0: Index, depth: Index, panelAt: (strip: Index) => Index): void {
    const b = this.#b;
    const { right: side, columns } = this.#plan;
    const { width } = this.#columns;
    const strips = this.#unit / this.#groups;
    const first = b.indexAdd(
      b.indexAdd(base, b.indexMul(unit, strips * width * side.outer * 4)),
      b.indexMul(k0, side.inner * 4),
    );
    b.loop(0, this.#groups, 1, (group) => {
      const start = b.indexAdd(first, b.indexMul(group, (columns / this.#groups) * side.outer * 4));
      b.loop(0, strips, 1, (strip) => {
        const from = b.indexAdd(start, b.indexMul(strip, width * side.outer * 4));
        const to = panelAt(b.indexAdd(b.indexMul(group, strips), strip));
        this.#pack(this.#columns, 0, from, side, depth, to, width);
      });
    });
  }

  #pack(set: StripSet, strip: Index, address: Index, side: Side, depth: Index, to: Index, panelWidth: number): void {
    const b = this.#b;
    byWidth(b, set, strip, (width) => {
      packPanel(b, { address, outerStride: side.outer * 4, innerStride: side.inner * 4, width }, to, panelWidth, depth);
    });
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
