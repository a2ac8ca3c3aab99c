import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";

/** One register tile of a matrix product: sums over k of left (row, k) times right (k, column). Distances are in bytes. */
export interface TileProduct {
  readonly rows: number;
  readonly columns: number;
  /** number of values of k */
  readonly depth: Index;
  readonly left: { readonly address: Index; readonly row: number; readonly k: number };
  /** columns are adjacent */
  readonly right: { readonly address: Index; readonly k: number };
}

/** The vectors of a tile: `visit` gets each sum with its row, its vector and the number of its columns. */
export type EachSum = (visit: (sum: Register, row: number, vector: number, lanes: number) => void) => void;

/** Values of k that one turn handles, if their number is known. */
const UNROLL = 2;

/** Writes a register tile: broadcasts of the left side times vectors of the right one. Where columns end within a vector, the surplus lanes
 *  hold anything.
 *  @param begin sets sums that do not begin at 0. */
export function sumTile(
  b: FunctionBuilder,
  { rows, columns, depth, left, right }: TileProduct,
  begin: (each: EachSum) => void = () => {},
): EachSum {
  const { lanes } = b.target;
  const vectors = Math.ceil(columns / lanes);
  const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => b.variable(0)));
  const each: EachSum = (visit) => {
    sums.forEach((line, row) => {
      line.forEach((sum, vector) => {
        visit(sum, row, vector, Math.min(lanes, columns - vector * lanes));
      });
    });
  };
  begin(each);
  const a = b.indexVariable(left.address);
  const d = b.indexVariable(right.address);
  const turn = (k: number): void => {
    const line = Array.from({ length: vectors }, (_, v) => b.load(d, k * right.k + v * lanes * 4));
    for (let row = 0; row < rows; row++) {
      const factor = b.loadSplat(a, k * left.k + row * left.row);
      line.forEach((column, v) => {
        b.multiplyAddInto(sums[row]?.[v] as Register, factor, column);
      });
    }
  };
  // targets with four lanes or fewer spill the registers of a second turn
  const unroll = lanes > 4 && typeof depth === "number" && depth % UNROLL === 0 ? UNROLL : 1;
  b.loop(0, depth, unroll, () => {
    for (let k = 0; k < unroll; k++) turn(k);
    b.indexAddInto(a, unroll * left.k);
    b.indexAddInto(d, unroll * right.k);
  });
  return each;
}
