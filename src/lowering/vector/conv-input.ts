import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";
import type { ConvGeometry, InputTile } from "./conv-plan.ts";

/** What a tile is copied from: images of rows, columns and channels, and where the outputs' windows lie in them. */
export type TileSource = Pick<ConvGeometry, "rows" | "columns" | "channels" | "rowStride" | "above" | "left">;

/** Vectors that one turn of a copying loop handles. */
const VECTORS_PER_TURN = 4;

/** Runs `body` with byte offsets over a run of elements: a loop of vectors, then the rest. */
function eachVector(
  b: FunctionBuilder,
  elements: number,
  pointers: readonly Register[],
  body: (offset: number, lanes: number) => void,
): void {
  const { lanes } = b.target;
  const perTurn = lanes * VECTORS_PER_TURN;
  const whole = Math.floor(elements / perTurn) * perTurn;
  b.loop(0, whole, perTurn, () => {
    for (let k = 0; k < VECTORS_PER_TURN; k++) body(k * lanes * 4, lanes);
    for (const pointer of pointers) b.indexAddInto(pointer, perTurn * 4);
  });
  for (let start = whole; start < elements; start += lanes) {
    body((start - whole) * 4, Math.min(lanes, elements - start));
  }
}

function zeroRun(b: FunctionBuilder, address: Index, elements: number): void {
  if (elements <= 0) return;
  const to = b.indexVariable(address);
  eachVector(b, elements, [to], (offset, lanes) => b.store(b.constant(0), to, offset, lanes));
}

function copyRun(b: FunctionBuilder, source: Index, address: Index, elements: number): void {
  if (elements <= 0) return;
  const from = b.indexVariable(source);
  const to = b.indexVariable(address);
  eachVector(b, elements, [from, to], (offset, lanes) => b.store(b.load(from, offset), to, offset, lanes));
}

/** Copies the rows of an image that the outputs from `outputRow` on need, with the padding around them as zeros.
 *  @param image address of the image's first element
 *  @param tile address of the tile */
export function fillInputTile(
  b: FunctionBuilder,
  geometry: TileSource,
  input: Pick<InputTile, "rows" | "columns" | "pitch">,
  image: Index,
  outputRow: Index,
  tile: Index,
): void {
  const { rows, columns, channels, rowStride, above, left } = geometry;
  const pitchBytes = input.pitch * 4;
  const first = b.indexSub(b.indexMul(outputRow, rowStride), above);
  // rows of the tile before `top` and from `bottom` on are padding
  const top = b.indexMin(b.indexMax(b.indexSub(0, first), 0), input.rows);
  const bottom = b.indexMax(b.indexMin(b.indexSub(rows, first), input.rows), top);
  const to = b.indexVariable(tile);
  b.loop(0, top, 1, () => {
    zeroRun(b, to, input.pitch);
    b.indexAddInto(to, pitchBytes);
  });
  const copied = Math.max(0, Math.min(columns, input.columns - left));
  const before = Math.min(left, input.columns) * channels;
  b.loop(top, bottom, 1, (row) => {
    zeroRun(b, to, before);
    const source = b.indexAdd(image, b.indexMul(b.indexAdd(first, row), columns * channels * 4));
    copyRun(b, source, b.indexAdd(to, before * 4), copied * channels);
    zeroRun(b, b.indexAdd(to, before * 4 + copied * channels * 4), input.pitch - before - copied * channels);
    b.indexAddInto(to, pitchBytes);
  });
  b.loop(bottom, input.rows, 1, () => {
    zeroRun(b, to, input.pitch);
    b.indexAddInto(to, pitchBytes);
  });
}
