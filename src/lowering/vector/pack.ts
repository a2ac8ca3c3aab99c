import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index } from "../../codegen/program.ts";

/** The source of a panel, in bytes: `width` neighbours along the panel's own axis, and the step from one k to the next. */
export interface PanelSource {
  readonly address: Index;
  readonly outerStride: number;
  readonly innerStride: number;
  /** elements that exist; the rest of the panel holds arbitrary values */
  readonly width: number;
}

/** Rows per turn of the copying loop. */
const ROWS_PER_TURN = 4;

/** Writes a panel for the register tile: for every k of `count`, `panelWidth` adjacent elements.
 *  Contiguous rows are copied; columns go through square transposes. */
export function packPanel(
  b: FunctionBuilder,
  source: PanelSource,
  target: Index,
  panelWidth: number,
  count: Index,
): void {
  const { lanes } = b.target;
  const from = b.indexVariable(source.address);
  const to = b.indexVariable(target);
  const rowBytes = panelWidth * 4;

  const copyRows = (rows: number): void => {
    for (let row = 0; row < rows; row++) copyRow(row * source.innerStride, row * rowBytes);
    b.indexAddInto(from, rows * source.innerStride);
    b.indexAddInto(to, rows * rowBytes);
  };
  const copyRow = (fromBytes: number, toBytes: number): void => {
    for (let start = 0; start < source.width; start += lanes) {
      const stored = Math.min(lanes, panelWidth - start);
      const value =
        source.outerStride === 4
          ? b.load(from, fromBytes + start * 4)
          : b.loadStrided(
              from,
              fromBytes + start * source.outerStride,
              source.outerStride,
              Math.min(lanes, source.width - start),
            );
      b.store(value, to, toBytes + start * 4, stored);
    }
  };

  const isTransposed = source.innerStride === 4 && source.outerStride !== 4 && lanes > 1;
  if (!isTransposed) {
    const whole = b.indexMul(b.indexDiv(count, ROWS_PER_TURN), ROWS_PER_TURN);
    b.loop(0, whole, ROWS_PER_TURN, () => copyRows(ROWS_PER_TURN));
    b.loop(whole, count, 1, () => copyRows(1));
    return;
  }
  const squares = b.indexMul(b.indexDiv(count, lanes), lanes);
  b.loop(0, squares, lanes, () => {
    const square = (column: Index, goal: Index, width: number, stored: number): void => {
      const rows = Array.from({ length: lanes }, (_, k) =>
        k < width ? b.load(column, k * source.outerStride) : b.variable(0),
      );
      b.transpose(rows);
      rows.forEach((row, k) => {
        b.store(row, goal, k * rowBytes, stored);
      });
    };
    // whole squares in a loop: written out side by side they would be most of a product's code
    const whole = Math.floor(source.width / lanes);
    const [column, goal] = [b.indexVariable(from), b.indexVariable(to)];
    b.loop(0, whole, 1, () => {
      square(column, goal, lanes, lanes);
      b.indexAddInto(column, lanes * source.outerStride);
      b.indexAddInto(goal, lanes * 4);
    });
    const rest = source.width - whole * lanes;
    if (rest > 0) square(column, goal, rest, Math.min(lanes, panelWidth - whole * lanes));
    b.indexAddInto(from, lanes * 4);
    b.indexAddInto(to, lanes * rowBytes);
  });
  b.loop(squares, count, 1, () => copyRows(1));
}
