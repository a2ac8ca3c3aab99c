import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";

/** What is the same for all register tiles of a product. */
export interface TileForm {
  /** bytes from one k to the next and from one row to the next of the left side */
  readonly leftStep: number;
  readonly leftRow: number;
  /** bytes from one k to the next of the right side */
  readonly rightStep: number;
  /** bytes from one row of the result to the next */
  readonly rowBytes: number;
  /** do sums continue from those of the k before?  */
  readonly continues: boolean;
  /** values of k that one turn handles, and whether every block of k is a multiple of them */
  readonly unroll: number;
  readonly isWhole: boolean;
  /** values of k between two fetches, a multiple of `unroll` */
  readonly stretch: number;
}

/** One register tile: `rows` rows by `width` columns. */
export interface TilePlace {
  readonly rows: number;
  readonly width: number;
  /** addresses of the tile's elements of both sides, at k0, and of the result */
  readonly left: Index;
  readonly right: Index;
  readonly target: Index;
  readonly k0: Index;
  readonly depth: Index;
}

/** Lines that come next, fetched while a tile's sums run: before every stretch of k those at `offsets` from a pointer, which then moves by
 *  `step` bytes. */
export interface Fetch {
  readonly start: Index;
  readonly step: number;
  readonly offsets: readonly number[];
}

/** C[tile] (+)= A[panel] B[panel]: broadcasts of A times vectors of B; the sums stay in registers from first k to last. */
export function tileProduct(b: FunctionBuilder, form: TileForm, place: TilePlace, fetches: readonly Fetch[]): void {
  const { lanes } = b.target;
  const { leftStep, leftRow, rightStep, rowBytes, unroll, isWhole, stretch } = form;
  const { rows, width, target, depth } = place;
  const vectors = Math.ceil(width / lanes);
  const lanesOf = (v: number) => Math.min(lanes, width - v * lanes);
  const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => b.variable(0)));
  const eachSum = (visit: (sum: Register, row: number, v: number) => void) => {
    sums.forEach((line, row) => {
      line.forEach((sum, v) => {
        visit(sum, row, v);
      });
    });
  };
  // later blocks of k continue from the sums of the earlier ones
  if (form.continues) {
    b.ifLess(0, place.k0, () =>
      eachSum((sum, row, v) => b.assign(sum, b.load(target, row * rowBytes + v * lanes * 4))),
    );
  }
  const turn = (a: Register, d: Register, k: number): void => {
    const columns = Array.from({ length: vectors }, (_, v) => b.load(d, k * rightStep + v * lanes * 4));
    // adjacent values of A are loaded as whole vectors and their lanes broadcast one after the other; a single value is broadcast as it is
    // loaded
    let part: Register | undefined;
    for (let row = 0; row < rows; row++) {
      const lane = row % lanes;
      // wider targets broadcast an element as they load it, at no cost
      const isSingle = lanes !== 4 || (lane === 0 && row === rows - 1);
      if (lane === 0 && !isSingle) part = b.load(a, k * leftStep + row * leftRow);
      const factor = isSingle ? b.loadSplat(a, k * leftStep + row * leftRow) : b.splatLane(part as Register, lane);
      columns.forEach((column, v) => {
        b.multiplyAddInto(sums[row]?.[v] as Register, factor, column);
      });
    }
  };
  const a = b.indexVariable(place.left);
  const d = b.indexVariable(place.right);
  const turns = (left: Register, right: Register, from: Index, to: Index, step: number): void =>
    b.loop(from, to, step, () => {
      for (let k = 0; k < step; k++) turn(left, right, k);
      b.indexAddInto(left, step * leftStep);
      b.indexAddInto(right, step * rightStep);
    });
  const wholeUnits = (count: Index, unit: number): Index => b.indexMul(b.indexDiv(count, unit), unit);
  let rest = depth;
  if (fetches.length > 0) {
    const moving = fetches.map((fetch) => ({ ...fetch, pointer: b.indexVariable(fetch.start) }));
    const fetched = wholeUnits(depth, stretch);
    b.loop(0, fetched, stretch, () => {
      for (const { pointer, offsets, step } of moving) {
        for (const offset of offsets) b.prefetch(pointer, offset);
        b.indexAddInto(pointer, step);
      }
      turns(b.indexVariable(a), b.indexVariable(d), 0, stretch, unroll);
      b.indexAddInto(a, stretch * leftStep);
      b.indexAddInto(d, stretch * rightStep);
    });
    rest = b.indexSub(depth, fetched);
  }
  // blocks of k are multiples of four: only the last one may end within a turn. What is left of a block is not known to be whole turns
  const whole = isWhole && fetches.length === 0 ? rest : wholeUnits(rest, unroll);
  turns(a, d, 0, whole, unroll);
  if (!isWhole) turns(a, d, whole, rest, 1);
  eachSum((sum, row, v) => b.store(sum, target, row * rowBytes + v * lanes * 4, lanesOf(v)));
}
