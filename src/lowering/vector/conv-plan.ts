import type { Target } from "../../codegen/program.ts";
import type { ConvKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";
import type { KernelSignature } from "./lowered.ts";
import { type LoopPlan, planLoop } from "./streams.ts";

/** The sizes of a two-dimensional convolution, channels last. */
export interface ConvGeometry {
  readonly batch: number;
  /** input rows, columns, channels */
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** the window */
  readonly kernelRows: number;
  readonly kernelColumns: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly rowDilation: number;
  readonly columnDilation: number;
  /** padding before the first row and column */
  readonly above: number;
  readonly left: number;
  /** output rows, columns, channels */
  readonly outputRows: number;
  readonly outputColumns: number;
  readonly units: number;
}

/** The part of a padded input that some output rows need, in a thread's own memory. Every window in it is complete, and the elements of a
 *  window are at fixed distances. */
export interface InputTile {
  /** output rows that a tile serves, and tiles of one image */
  readonly outputRows: number;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** elements from one row to the next */
  readonly pitch: number;
  readonly bytes: number;
}

/** A register tile: the number of broadcasts and the number of vectors. */
export interface ConvTile {
  readonly broadcasts: number;
  readonly vectors: number;
}

/** Elements of a window that are adjacent, both in the input tile and in the weights: all columns of one of its rows; single elements if
 *  a dilation separates them. */
export interface WindowRuns {
  /** elements of one run */
  readonly length: number;
  /** the first element of each, in elements of the input tile */
  readonly starts: readonly number[];
}

export interface ConvPlan extends KernelSignature {
  readonly geometry: ConvGeometry;
  readonly input: InputTile;
  readonly tile: ConvTile;
  readonly runs: WindowRuns;
  /** runs on each image of the result once it is complete */
  readonly epilogue?: LoopPlan;
}

export interface ConvWeightPlan extends ConvPlan {
  readonly parts: number;
  /** the largest register tile that fits */
  readonly mostBroadcasts: number;
}

/** An input tile of this many bytes, with weights and outputs, stays in the first-level cache. */
const TILE_BYTES = 24 * 1024;

/** @param contracted products that an epilogue rounds together with their sums. */
export function planConv(kernel: ConvKernel, contracted: ReadonlySet<Node>, target: Target): ConvPlan {
  const geometry = geometryOfKernel(kernel);
  const tile = chooseTile(target, geometry.outputColumns, geometry.units);
  const plan = finishPlan(kernel, geometry, tile);
  return withEpilogue(plan, kernel, contracted);
}

/** The plan with the loop that runs on each image of the kernel's result, if it has one.
 *  @param contracted products that an epilogue rounds together with their sums. */
export function withEpilogue<P extends KernelSignature>(
  plan: P,
  { node, epilogue: loop }: ConvKernel,
  contracted: ReadonlySet<Node>,
): P & { readonly epilogue?: LoopPlan } {
  if (!loop) return plan;
  const epilogue = planLoop(loop, contracted, { isFirstApart: true });
  const place = epilogue.arrays.indexOf(node);
  const origins = [...plan.arrays.map(() => 0), ...epilogue.origins.filter((_, index) => index !== place)];
  const arrays = [...plan.arrays, ...epilogue.arrays.filter((array) => array !== node)];
  const key = `${plan.key} then ${place} from ${epilogue.origins[place]} ${epilogue.key}`;
  return { ...plan, epilogue, arrays, origins, key };
}

export function planConvWeight(kernel: ConvKernel, target: Target): ConvWeightPlan {
  const { node } = kernel;
  const geometry = geometryOfKernel(kernel);
  const elements = geometry.kernelColumns * geometry.channels;
  const tile = chooseTile(target, elements, geometry.units);
  const { parts = 1 } = (node as Node<"convWeight">).attributes;
  const plan = finishPlan(kernel, geometry, tile);
  return { ...plan, parts, mostBroadcasts: mostBroadcasts(target, tile.vectors), key: `${plan.key} ${parts}` };
}

function finishPlan({ kind, node, operands }: ConvKernel, geometry: ConvGeometry, tile: ConvTile): ConvPlan {
  const input = inputTile(geometry);
  return {
    geometry,
    input,
    tile,
    runs: windowRuns(geometry, input),
    arrays: [...operands.map(({ base }) => base), node],
    key: `${kind} ${JSON.stringify(geometry)}`,
  };
}

/** The sizes of a kernel's convolution. */
export function geometryOfKernel({ kind, node }: ConvKernel): ConvGeometry {
  const [x, other] = node.inputs as [Node, Node];
  return geometryOf(node, x.shape, (kind === "conv" ? node : other).shape.slice(1));
}

function geometryOf(
  { attributes }: ConvKernel["node"],
  [batch, rows, columns, channels]: readonly number[],
  [outputRows, outputColumns, units]: readonly number[],
): ConvGeometry {
  const { window, stride, dilation, before } = attributes;
  const pair = (list: readonly number[]) => list as readonly [number, number];
  const [kernelRows, kernelColumns] = pair(window);
  const [rowStride, columnStride] = pair(stride);
  const [rowDilation, columnDilation] = pair(dilation);
  const [above, left] = pair(before);
  return {
    ...({ batch, rows, columns, channels, outputRows, outputColumns, units } as Record<string, number>),
    ...{ kernelRows, kernelColumns, rowStride, columnStride, rowDilation, columnDilation, above, left },
  } as ConvGeometry;
}

function inputTile(geometry: ConvGeometry): InputTile {
  const { kernelRows, kernelColumns, rowStride, columnStride, rowDilation, columnDilation } = geometry;
  const { outputRows, outputColumns, channels } = geometry;
  const columns = (outputColumns - 1) * columnStride + (kernelColumns - 1) * columnDilation + 1;
  const rowsFor = (count: number) => (count - 1) * rowStride + (kernelRows - 1) * rowDilation + 1;
  const pitch = columns * channels;
  let most = outputRows;
  while (most > 1 && rowsFor(most) * pitch * 4 > TILE_BYTES) most--;
  // equal shares
  const count = Math.ceil(outputRows / most);
  const perTile = Math.ceil(outputRows / count);
  const rows = rowsFor(perTile);
  // room to read a full vector past the end
  const bytes = Math.ceil((rows * pitch * 4) / 64) * 64 + 64;
  return { outputRows: perTile, count: Math.ceil(outputRows / perTile), rows, columns, pitch, bytes };
}

function windowRuns(geometry: ConvGeometry, { pitch }: InputTile): WindowRuns {
  const { kernelRows, kernelColumns, rowDilation, columnDilation, channels } = geometry;
  const rowStarts = Array.from({ length: kernelRows }, (_, row) => row * rowDilation * pitch);
  if (columnDilation === 1 || kernelColumns === 1) return { length: kernelColumns * channels, starts: rowStarts };
  const starts = rowStarts.flatMap((start) =>
    Array.from({ length: kernelColumns }, (_, column) => start + column * columnDilation * channels),
  );
  return { length: channels, starts };
}

/** The number of sums that fit a target's registers beside their vectors and the broadcast; the number of independent multiply-adds that
 *  keep its units busy. */
const LIMITS: Record<Target["name"], { readonly sums: number; readonly busy: number }> = {
  wasm128: { sums: 10, busy: 8 },
  wasmScalar: { sums: 8, busy: 4 },
  avx2: { sums: 12, busy: 8 },
  avx512: { sums: 26, busy: 8 },
};

/** The broadcasts of the largest register tile of a number of vectors. */
export function mostBroadcasts(target: Target, vectors: number): number {
  return Math.floor(LIMITS[target.name].sums / vectors);
}

/** The cost of a vector besides its load, in multiply-adds: it may come from the second-level cache. */
const VECTOR_SHARE = 0.25;

/** The register tile with which `length` broadcasts against `units` columns take the fewest turns, at two multiply-adds or two loads per
 *  turn.
 *  Strips and tiles are cut evenly. */
export function chooseTile(target: Target, length: number, units: number): ConvTile {
  const { sums, busy } = LIMITS[target.name];
  const all = Math.ceil(units / target.lanes);
  let best: ConvTile = { broadcasts: 1, vectors: 1 };
  let least = Number.POSITIVE_INFINITY;
  for (let vectors = 1; vectors <= Math.min(4, all); vectors++) {
    const strips = Math.ceil(all / vectors);
    if (Math.ceil(all / strips) !== vectors) continue;
    for (let broadcasts = 1; broadcasts <= Math.min(length, Math.floor(sums / vectors)); broadcasts++) {
      const tiles = Math.ceil(length / broadcasts);
      if (Math.ceil(length / tiles) !== broadcasts) continue;
      // every turn loads its vectors and broadcasts; a narrow tile waits for its own sums
      const products = Math.max(broadcasts * vectors, busy);
      const turns = strips * tiles * (Math.max(products, broadcasts + vectors) + VECTOR_SHARE * vectors);
      if (turns <= least) {
        least = turns;
        best = { broadcasts, vectors };
      }
    }
  }
  return best;
}
