import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";
import type { EpiloguePlan } from "./epilogue.ts";
import type { Side, Tile } from "./matmul-plan.ts";
import type { Fetch } from "./tile-product.ts";

/** Bytes and elements of a cache line. */
const LINE_BYTES = 64;
const LINE_ELEMENTS = LINE_BYTES / 4;

/** Fewer values of k than this between two fetches are not worth a loop of their own. */
const LEAST_STRETCH = 8;

/** More lines than this at once would wait for each other. */
const MOST_LINES = 48;

/** Values of k between two fetches: a tile has about as many stretches as rows, so that each fetches one row of what follows.
 *  undefined: sums are too short. */
export function stretchFor(inner: number, { rows, unroll }: Tile, lanes: number): number | undefined {
  const stretch = Math.floor(inner / rows / unroll) * unroll;
  // wasm has no prefetch
  return lanes > 4 && stretch >= LEAST_STRETCH ? stretch : undefined;
}

/** Fetches the rows [first, last) of a block of the left side at once. Data that another core wrote arrives line by line, and a product that
 *  waits for each line separately waits longer than it computes. */
export function fetchLeft(
  b: FunctionBuilder,
  side: Side,
  address: Index,
  [first, last]: readonly [Index, Index],
  k0: Index,
  depth: Index,
): void {
  const start = b.indexAdd(b.indexAdd(address, b.indexMul(first, side.outer * 4)), b.indexMul(k0, 4));
  const row = b.indexVariable(start);
  b.loop(first, last, 1, () => {
    const line = b.indexVariable(row);
    b.loop(0, depth, LINE_ELEMENTS, () => {
      b.prefetch(line);
      b.indexAddInto(line, LINE_BYTES);
    });
    b.indexAddInto(row, side.outer * 4);
  });
}

/** Fetches a tile's part of a strip of the right side that will be packed later: the tiles of a strip share its lines.
 *  @param address of the strip's first element
 *  @param tiles of a strip, and the number of this one among them */
export function fetchRight(
  b: FunctionBuilder,
  side: Side,
  address: Index,
  {
    width,
    depth,
    stretch,
    tiles,
    tile,
  }: {
    readonly width: number;
    readonly depth: number;
    readonly stretch: number;
    readonly tiles: number;
    readonly tile: Index;
  },
): readonly Fetch[] {
  const isAlongDepth = side.inner === 1;
  if (!isAlongDepth && side.outer !== 1) return [];
  const stretches = Math.floor(depth / stretch);
  // runs of adjacent elements: rows of the strip, or values of k
  const runs = isAlongDepth ? width : depth;
  const perTile = Math.ceil(runs / tiles);
  const runBytes = (isAlongDepth ? side.outer : side.inner) * 4;
  const perStretch = isAlongDepth ? perTile : Math.ceil(perTile / stretches);
  const lines = Math.ceil((isAlongDepth ? stretch : width) / LINE_ELEMENTS);
  if (perStretch * lines > MOST_LINES) return [];
  const offsets = range(perStretch).flatMap((run) => range(lines).map((line) => run * runBytes + line * LINE_BYTES));
  const first = b.indexMin(b.indexMul(tile, perTile), Math.max(0, runs - perTile));
  const start = b.indexAdd(address, b.indexMul(first, runBytes));
  return [{ start, step: isAlongDepth ? stretch * 4 : perStretch * runBytes, offsets }];
}

/** Fetches what the epilogue reads at the elements of a tile, besides the product. */
export function fetchEpilogue(
  b: FunctionBuilder,
  { loop, product, groups }: EpiloguePlan,
  arrays: ReadonlyMap<Node, Register>,
  { row, column, width }: { readonly row: Index; readonly column: Index; readonly width: number },
): readonly Fetch[] {
  if (groups > 1 || loop.sizes.length !== 2) return [];
  const read = new Set(
    loop.nodes.flatMap(({ sources }) => sources.flatMap((s) => (s.kind === "load" ? [s.stream] : []))),
  );
  const offsets = range(Math.ceil(width / LINE_ELEMENTS)).map((line) => line * LINE_BYTES);
  const fetches: Fetch[] = [];
  for (const { array, offset, strides } of read) {
    const [alongRows, alongColumns] = strides as [number, number];
    const base = array && array !== product ? arrays.get(array) : undefined;
    if (base === undefined || alongColumns !== 1 || alongRows === 0) continue;
    const start = b.indexAdd(
      b.indexAdd(b.indexAdd(base, offset * 4), b.indexMul(row, alongRows * 4)),
      b.indexMul(column, 4),
    );
    fetches.push({ start, step: alongRows * 4, offsets });
  }
  return fetches.slice(0, Math.floor(MOST_LINES / offsets.length));
}

/** Fetches the sums from which the tile below continues. */
export function fetchBelow(b: FunctionBuilder, target: Index, rows: number, width: number, rowBytes: number): Fetch {
  const offsets = range(Math.ceil(width / LINE_ELEMENTS)).map((line) => line * LINE_BYTES);
  return { start: b.indexAdd(target, rows * rowBytes), step: rowBytes, offsets };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
