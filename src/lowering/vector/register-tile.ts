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

export interface SumOptions {
  /** sets sums that do not begin at 0 */
  readonly begin?: (each: EachSum) => void;
  /** values of k that one turn handles; what is left over is done one by one. Default: two where they are known to be even */
  readonly unroll?: number;
}

const UNROLL = 2;

/** Writes a register tile: broadcasts of the left side times vectors of the right one. Where columns end within a vector, the surplus lanes
 *  hold anything. */
export function sumTile(
  b: FunctionBuilder,
  { rows, columns, depth, left, right }: TileProduct,
  { begin, unroll = defaultUnroll(b, depth) }: SumOptions = {},
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
  begin?.(each);
  const turn = (a: Index, d: Index, k: number): void => {
    const line = Array.from({ length: vectors }, (_, v) => b.load(d, k * right.k + v * lanes * 4));
    for (let row = 0; row < rows; row++) {
      const factor = b.loadSplat(a, k * left.k + row * left.row);
      line.forEach((column, v) => {
        b.multiplyAddInto(sums[row]?.[v] as Register, factor, column);
      });
    }
  };
  if (depth === unroll) {
    for (let k = 0; k < depth; k++) turn(left.address, right.address, k);
    return each;
  }
  const a = b.indexVariable(left.address);
  const d = b.indexVariable(right.address);
  const turns = (from: Index, to: Index, count: number): void =>
    b.loop(from, to, count, () => {
      for (let k = 0; k < count; k++) turn(a, d, k);
      b.indexAddInto(a, count * left.k);
      b.indexAddInto(d, count * right.k);
    });
  const isWhole = unroll === 1 || (typeof depth === "number" && depth % unroll === 0);
  const whole = isWhole ? depth : b.indexMul(b.indexDiv(depth, unroll), unroll);
  turns(0, whole, unroll);
  if (!isWhole) turns(whole, depth, 1);
  return each;
}

/** Targets with four lanes or fewer spill the registers of a second turn. */
function defaultUnroll({ target }: FunctionBuilder, depth: Index): number {
  return target.lanes > 4 && typeof depth === "number" && depth % UNROLL === 0 ? UNROLL : 1;
}
