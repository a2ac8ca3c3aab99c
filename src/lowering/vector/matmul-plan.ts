import type { Target } from "../../codegen/program.ts";
import type { MatmulKernel } from "../../compiler/kernel.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";
import { type EpiloguePlan, planEpilogue } from "./epilogue.ts";
import type { KernelSignature } from "./lowered.ts";

/** C (M,N) = A (M,K) B (K,N), for every batch position; strides in elements, so that a transpose only changes how panels are packed. */
export interface MatmulPlan extends KernelSignature {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly batch: readonly number[];
  readonly left: Side;
  readonly right: Side;
  /** the right side's panels lie ready in its array */
  readonly isRightPacked: boolean;
  /** is the product written to an array? */
  readonly isStored: boolean;
  readonly epilogue: EpiloguePlan | undefined;
}

/** Where a factor's elements lie, relative to its first one. */
export interface Side {
  /** one per batch axis */
  readonly batchStrides: readonly number[];
  /** along the side's own axis (M or N) and along K */
  readonly outer: number;
  readonly inner: number;
}

/** @param contracted products that an epilogue rounds together with their sums. */
export function planMatmul(
  { node, left, right, epilogue, isRightPacked = false }: MatmulKernel,
  contracted: ReadonlySet<Node>,
  target: Target,
): MatmulPlan {
  const [a, b] = node.inputs as [Node, Node];
  const rank = node.shape.length;
  const batch = node.shape.slice(0, -2);
  const side = (strides: readonly number[], outer: number, inner: number): Side => ({
    batchStrides: strides.slice(0, -2),
    outer: strides[outer] as number,
    inner: strides[inner] as number,
  });
  const straight = {
    rows: node.shape.at(-2) as number,
    columns: node.shape.at(-1) as number,
    left: side(left.strides, rank - 2, rank - 1),
    right: side(right.strides, b.shape.length - 1, b.shape.length - 2),
  };
  // C^T (N,M) = B^T (N,K) A^T (K,M)
  const { rows, columns } = straight;
  const turned = { rows: columns, columns: rows, left: straight.right, right: straight.left };
  const isTurned = epilogue?.isTransposed === true;
  const isStored = epilogue?.isProductStored ?? true;
  const plan = { ...(isTurned ? turned : straight), inner: a.shape.at(-1) as number, batch, isRightPacked, isStored };
  const factors = isTurned ? [right, left] : [left, right];
  const planned = epilogue && planEpilogue(epilogue, node, contracted, target, tileFor(target).vectors);
  const arrays = [...factors.map(({ base }) => base), ...(isStored ? [node] : [])];
  const beside = (planned?.loop.arrays ?? []).flatMap((array, index) =>
    array === node ? [] : [{ array, origin: planned?.loop.origins[index] as number }],
  );
  const loopKey = planned ? ` ${planned.loop.arrays.indexOf(node)} ${planned.loop.key}` : "";
  const key = `matmul ${JSON.stringify(plan)} ${arrays.map((array) => arrays.indexOf(array)).join("")}${loopKey}`;
  return {
    ...plan,
    epilogue: planned,
    arrays: [...arrays, ...beside.map(({ array }) => array)],
    origins: [...factors.map(({ offset }) => offset), ...(isStored ? [0] : []), ...beside.map(({ origin }) => origin)],
    key,
  };
}

/** The length of the longest sums that are taken in one block, in registers from first to last. */
const INNER_BLOCK = 512;

/** Rows of a block of A. */
const ROW_BLOCK = 128;

/** A packed block of B fills this part of the second-level cache if many blocks of A use it, and this part if it must leave room for what
 *  an epilogue reads, or for the block that is fetched meanwhile. */
const PACKED_SHARE = 0.75;
const SMALL_SHARE = 0.25;
const SECOND_LEVEL_BYTES = 2 ** 20;

/** Rows of a part that a map finishes at once: the part and what the map reads beside it stay in the cache. */
const MAP_ROWS = 48;

/** A block has no more rows than this. */
export const MOST_ROWS_TOGETHER = 512;

/** Are the sums over k taken in one block? */
export function isOneInnerBlock(inner: number): boolean {
  return inner <= INNER_BLOCK;
}

/** Register tile: `rows` broadcasts against `vectors` vectors of columns. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
  /** values of k that one turn of the inner loop handles */
  readonly unroll: number;
}

/** The tile that keeps the multiply-add units busy: enough independent sums, all in registers. */
export function tileFor(target: Target): Tile {
  const tiles: Record<Target["name"], Tile> = {
    // 10 sums + 2 columns + 1 vector of A + 1 broadcast: one register less than the engine gives, so that nothing is spilled.
    // The engine orders the code of one turn freely, loads first, then sum by sum: more than one k per turn is spilled
    wasm128: { rows: 5, vectors: 2, unroll: 1 },
    wasmScalar: { rows: 4, vectors: 2, unroll: 1 },
    avx2: { rows: 6, vectors: 2, unroll: 2 },
    // 24 sums + 4 columns + 1 broadcast. As fast as 8 x 3, and common widths are multiples of 64, so that threads get equal shares
    avx512: { rows: 6, vectors: 4, unroll: 2 },
  };
  return tiles[target.name];
}

/** A strip of columns (or rows) that one register tile covers. */
export interface Strip {
  readonly start: number;
  readonly width: number;
}

/** Cuts a length into strips of `tile` elements. A rest that is smaller than the tile shares evenly with the last whole strip, in
 *  multiples of `grain`: two medium strips keep the units busier than a whole one and a narrow one.
 *  @param grain the unit to which a strip's width is rounded up: the lanes for columns, 1 for rows. */
export function cutStrips(length: number, tile: number, grain: number): Strip[] {
  const rest = length % tile;
  const half = Math.ceil((tile + rest) / 2 / grain) * grain;
  const shares = rest > 0 && length > tile && half < tile;
  const whole = Math.floor(length / tile) - (shares ? 1 : 0);
  const strips = Array.from({ length: whole }, (_, k) => ({ start: k * tile, width: tile }));
  let start = whole * tile;
  if (shares) {
    strips.push({ start, width: half });
    start += half;
  }
  if (start < length) strips.push({ start, width: length - start });
  return strips;
}

/** Is the left side read where it lies? Its rows go along k, and targets wider than wasm's broadcast single elements as they load them. */
export function readsLeft({ left }: Pick<MatmulPlan, "left">, lanes: number): boolean {
  return left.inner === 1 && lanes > 4;
}

/** What another strip of rows costs a thread, in rows: the beginning and end of its sums. */
const STRIP_COST = 0.5;

/** The register tile with as many rows as give all threads equal shares: of 32 rows in strips of 6, one of two threads would get 18.
 *  Only where nothing has to be packed, as in the steps of a recurrence. */
export function balancedTile(plan: MatmulPlan, target: Target, threads: number): Tile {
  const tile = tileFor(target);
  if (threads === 1 || !plan.isRightPacked || !readsLeft(plan, target.lanes)) return tile;
  const costOf = (rows: number): number => {
    const strips = cutStrips(plan.rows, rows, 1);
    const share = strips.slice(0, Math.ceil(strips.length / threads));
    return share.reduce((sum, { width }) => sum + width + STRIP_COST, 0);
  };
  const heights = [tile.rows, tile.rows - 1, tile.rows - 2];
  return { ...tile, rows: heights.reduce((best, rows) => (costOf(rows) < costOf(best) ? rows : best)) };
}

/** The strips of a product's columns. An epilogue takes whole turns of columns except at the end of a row: no two strips share a rest. */
export function columnStrips(
  columns: number,
  target: Target,
  hasEpilogue: boolean,
): { readonly strips: readonly Strip[]; readonly whole: number } {
  const width = tileFor(target).vectors * target.lanes;
  const strips = cutStrips(columns, width, hasEpilogue ? width : target.lanes);
  return { strips, whole: strips.filter((strip) => strip.width === width).length };
}

/** Is the right side read where it lies? Its rows are vectors already, and with few rows of the left side packing them takes longer than it
 *  gains. wasm reads packed panels with fewer addresses. */
export function readsRight({ right, isRightPacked, rows, epilogue }: MatmulPlan, lanes: number): boolean {
  if (isRightPacked) return false;
  return right.outer === 1 && rows <= ROW_BLOCK && lanes > 4 && (epilogue?.groups ?? 1) === 1;
}

export type SplitAxis = "columns" | "rows";

/** The cost of reading an element that another core wrote, in packed elements. */
const FAR_READ = 5;

/** The axis along which threads share the work: the one whose longest share is shorter, packing included. */
export function chooseSplit(
  plan: MatmulPlan,
  columnStrips: readonly Strip[],
  rowStrips: readonly Strip[],
  threads: number,
  lanes: number,
): SplitAxis {
  const batches = sizeOf(plan.batch);
  if (batches >= 4 * threads || threads === 1 || plan.epilogue?.kind === "columns") return "columns";
  const share = (strips: readonly Strip[]) => {
    const chunk = Math.ceil((strips.length * batches) / threads);
    return strips.slice(0, chunk).reduce((sum, { width }) => sum + width, 0);
  };
  const { rows, columns, inner } = plan;
  const [columnShare, rowShare] = [Math.min(columns, share(columnStrips)), Math.min(rows, share(rowStrips))];
  // multiply-adds by vectors, at two vectors in the time of a packed element
  const products = (2 * lanes) ** -1 * inner;
  const packedLeft = readsLeft(plan, lanes) ? 0 : inner;
  const packedRight = plan.isRightPacked ? 0 : inner;
  const byColumns = columnShare * rows * products + columnShare * packedRight + rows * packedLeft;
  const byRows = rowShare * columns * products + columns * packedRight + rowShare * packedLeft;
  // shared by columns, every thread reads all rows, most of them written by others: in steps of a recurrence that takes most of the time
  const fromOthers = packedLeft === 0 ? FAR_READ * rows * inner * (1 - 1 / threads) : 0;
  return byRows < byColumns + fromOthers ? "rows" : "columns";
}

/** A block of a product. */
export interface BlockSizes {
  readonly inner: number;
  readonly rows: number;
  readonly columns: number;
  /** Is the left side read where it lies, and has no more rows than a batch has? The right side's next block is then fetched while this one is
   *  computed. */
  readonly hasFewRows: boolean;
}

type CacheOf = Pick<Target, "lanes" | "secondLevelBytes">;

/** Sizes of the packed blocks. With many rows, a block of B stays in the second-level cache for all blocks of rows. With few, a block of B
 *  is a strip or two, which are used at once, while the next ones are fetched. */
export function blockSizes(plan: MatmulPlan, tile: Tile, { lanes, secondLevelBytes }: CacheOf): BlockSizes {
  const cached = (secondLevelBytes ?? SECOND_LEVEL_BYTES) / 4;
  const { epilogue } = plan;
  const parts = Math.ceil(plan.inner / INNER_BLOCK);
  const inner = Math.min(plan.inner, Math.ceil(plan.inner / parts / 4) * 4);
  // what an epilogue reads is fetched beside the product, except in wasm, which cannot fetch
  const fetches = epilogue !== undefined && lanes > 4;
  // sums over the rows need all rows
  const together = epilogue?.kind === "columns" ? plan.rows : Math.min(plan.rows, fetches ? MAP_ROWS : ROW_BLOCK);
  const rows = Math.ceil(together / tile.rows) * tile.rows;
  const width = tile.vectors * lanes;
  const unit = epilogue?.stripsPerUnit ?? 1;
  // with groups, one unit at a time
  if ((epilogue?.groups ?? 1) > 1) return { inner, rows, columns: unit * width, hasFewRows: false };
  // a left side that is packed is packed again for every block of columns
  const hasFewRows = plan.rows <= MOST_ROWS_TOGETHER && readsLeft(plan, lanes);
  const leftElements = plan.rows * plan.inner;
  const wanted = hasFewRows
    ? Math.max(epilogue?.stripsPerPart ?? 1, leftElements > SMALL_SHARE * cached ? 4 : 1)
    : Math.floor(
        ((fetches ? SMALL_SHARE : PACKED_SHARE) * cached) / inner - Math.max(0, rows - ROW_BLOCK - tile.rows),
      ) / width;
  const strips = Math.min(Math.ceil(plan.columns / width) + 1, wanted);
  const columns = Math.max(1, Math.floor(strips / unit)) * unit * width;
  return { inner, rows, columns, hasFewRows };
}
