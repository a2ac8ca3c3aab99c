import type { Target } from "../../codegen/program.ts";
import type { ConvKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";
import {
  type ConvGeometry,
  type ConvPlan,
  type ConvWeightPlan,
  chooseTile,
  type InputTile,
  mostBroadcasts,
  planConv,
  planConvWeight,
} from "./conv-plan.ts";
import { oddLines } from "./winograd-planes.ts";
import { PLANES, TILE_OUTPUTS } from "./winograd-transform.ts";

/** A convolution by Winograd's algorithm: its second array holds the transformed weights. */
export interface WinogradPlan extends ConvPlan {
  readonly block: TileBlock;
}

/** A weight gradient by Winograd's algorithm. */
export interface WinogradWeightPlan extends ConvWeightPlan {
  readonly block: TileBlock;
  /** channels of an item: all, or a divisor of their number */
  readonly chunk: number;
}

/** The tiles of outputs whose transforms lie in a thread's own memory at the same time: some rows of tiles of one image, or all tiles of
 *  some images. */
export interface TileBlock {
  /** tiles along the rows and columns of an image */
  readonly tileRows: number;
  readonly tileColumns: number;
  /** images, and rows of tiles of each */
  readonly images: number;
  readonly rows: number;
  /** room for this many tiles: whole register tiles */
  readonly capacity: number;
}

/** A block's transformed inputs and products together fit the first-level cache beside the weights of one plane... */
const NEAR_BYTES = 32 * 1024;

/** ...unless they are fewer tiles than these: each weight, which comes from a farther cache, should serve this many. */
const LEAST_TILES = 32;

/** Sums of a weight gradient, all planes. */
const SUM_BYTES = 1024 * 1024;
const LEAST_CHUNK = 32;

/** Items that threads share: a block has no more images than leave this many. */
const LEAST_ITEMS = 16;

/** @param contracted products that an epilogue rounds together with their sums. */
export function planWinograd(kernel: ConvKernel, contracted: ReadonlySet<Node>, target: Target): WinogradPlan {
  const plan = planConv(kernel, contracted, target);
  const { geometry } = plan;
  const planned = planBlock(geometry, target);
  return { ...plan, ...planned, input: blockInput(geometry, planned.block), key: `winograd ${plan.key}` };
}

/** The block and the register tile of a convolution. */
export function planBlock(geometry: ConvGeometry, target: Target): Pick<WinogradPlan, "block" | "tile"> {
  const { batch, channels, units } = geometry;
  const strip = stripWidth(units, target);
  const shape = blockShape(geometry, channels + strip, Math.floor(batch / LEAST_ITEMS));
  const tiles = shape.images * shape.rows * shape.tileColumns;
  const vectors = strip / target.lanes;
  const turns = Math.ceil(tiles / mostBroadcasts(target, vectors));
  const broadcasts = Math.ceil(tiles / turns);
  return { tile: { broadcasts, vectors }, block: { ...shape, capacity: turns * broadcasts } };
}

/** @param channels elements of a plane for each tile.
 *  @param mostImages images of a block. */
function blockShape(
  { outputRows, outputColumns }: ConvGeometry,
  channels: number,
  mostImages: number,
): Omit<TileBlock, "capacity"> {
  const [tileRows, tileColumns] = [tilesAlong(outputRows), tilesAlong(outputColumns)];
  const near = Math.floor(NEAR_BYTES / (PLANES * 4 * channels));
  const wanted = Math.max(LEAST_TILES, near);
  const images = Math.max(1, Math.min(mostImages, Math.floor(wanted / (tileRows * tileColumns))));
  const shares = Math.ceil(tileRows / Math.max(1, Math.floor(wanted / tileColumns)));
  const rows = images > 1 ? tileRows : Math.ceil(tileRows / shares);
  return { tileRows, tileColumns, images, rows };
}

export function planWinogradWeight(kernel: ConvKernel, target: Target): WinogradWeightPlan {
  const plan = planConvWeight(kernel, target);
  const { geometry, parts } = plan;
  const planned = planWeightBlock(geometry, parts);
  const tile = chooseTile(target, planned.chunk, geometry.units);
  return { ...plan, ...planned, tile, input: blockInput(geometry, planned.block), key: `winograd ${plan.key}` };
}

/** The block and the channels of an item of a weight gradient. */
export function planWeightBlock(geometry: ConvGeometry, parts: number): Pick<WinogradWeightPlan, "block" | "chunk"> {
  const { batch, channels, units } = geometry;
  const chunk = chunkOf(channels, units);
  const shape = blockShape(geometry, chunk + units, Math.ceil(batch / parts));
  return { chunk, block: { ...shape, capacity: shape.images * shape.rows * shape.tileColumns } };
}

/** The channels whose sums of all planes fit beside a block of tiles in the second-level cache; not fewer than repay transforming the
 *  gradient once more. */
function chunkOf(channels: number, units: number): number {
  const most = Math.max(LEAST_CHUNK, Math.floor(SUM_BYTES / (PLANES * units * 4)));
  for (let chunk = Math.min(most, channels); chunk >= Math.min(LEAST_CHUNK, channels); chunk--) {
    if (channels % chunk === 0) return chunk;
  }
  return channels;
}

/** Tiles along an axis; the last one may be partly outside. */
function tilesAlong(outputs: number): number {
  return Math.ceil(outputs / TILE_OUTPUTS);
}

/** Columns of a strip of the transformed weights: as wide as the register tile. */
export function stripWidth(units: number, target: Target): number {
  return chooseTile(target, LEAST_TILES, units).vectors * target.lanes;
}

/** Bytes of one plane of a strip of the transformed weights. */
export function weightPlaneBytes(channels: number, width: number): number {
  return oddLines(channels * width * 4);
}

/** The padded input of a block's rows of one image. */
function blockInput({ channels }: ConvGeometry, { rows, tileColumns }: TileBlock): InputTile {
  const inputRows = rows * TILE_OUTPUTS + 2;
  const columns = tileColumns * TILE_OUTPUTS + 2;
  const pitch = columns * channels;
  // room to read a full vector past the end
  const bytes = Math.ceil((inputRows * pitch * 4) / 64) * 64 + 64;
  return { outputRows: rows * TILE_OUTPUTS, count: 1, rows: inputRows, columns, pitch, bytes };
}
