import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";
import type { ConvGeometry } from "./conv-plan.ts";
import type { TileBlock } from "./winograd-plan.ts";
import { TILE_OUTPUTS } from "./winograd-transform.ts";

/** Some rows of tiles of one image. */
export interface TileRows {
  /** number of the first row, and how many there are */
  readonly first: Index;
  readonly count: Index;
  /** address of the first row's outputs */
  readonly image: Index;
  /** address of what belongs to the first tile, and bytes from one tile to the next */
  readonly own: Index;
  readonly ownBytes: number;
}

/** Visits tiles row by row: with the addresses of a tile's outputs and of what belongs to it, and how many of its rows and columns of outputs
 *  are inside the image. */
export function eachTile(
  b: FunctionBuilder,
  { outputRows, outputColumns, units }: ConvGeometry,
  { tileRows, tileColumns }: TileBlock,
  { first, count, image, own, ownBytes }: TileRows,
  visit: (outputs: Register, own: Register, rows: number, columns: number) => void,
): void {
  const whole = Math.floor(outputColumns / TILE_OUTPUTS);
  const line = b.indexVariable(image);
  const place = b.indexVariable(own);
  const rowOfTiles = (rows: number): void => {
    const outputs = b.indexVariable(line);
    const tile = (columns: number): void => {
      visit(outputs, place, rows, columns);
      b.indexAddInto(outputs, columns * units * 4);
      b.indexAddInto(place, ownBytes);
    };
    b.loop(0, whole, 1, () => tile(TILE_OUTPUTS));
    if (whole < tileColumns) tile(1);
  };
  b.loop(0, count, 1, (row) => {
    if (outputRows % TILE_OUTPUTS === 0) rowOfTiles(TILE_OUTPUTS);
    else {
      b.ifLess(
        b.indexAdd(first, row),
        tileRows - 1,
        () => rowOfTiles(TILE_OUTPUTS),
        () => rowOfTiles(1),
      );
    }
    b.indexAddInto(line, TILE_OUTPUTS * outputColumns * units * 4);
  });
}
