import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Register } from "../../codegen/program.ts";

/** The transforms of Winograd's F(2 x 2, 3 x 3), on vectors of channels:
 *    Y = A^T [(G g G^T) * (B^T d B)] A,   g the window (3 x 3), d the input (4 x 4), Y the outputs (2 x 2), * element by element
 *          1  0 -1  0             1    0    0
 *    B^T = 0  1  1  0        G = 1/2  1/2  1/2       A^T = 1  1  1  0
 *          0 -1  1  0            1/2 -1/2  1/2             0  1 -1 -1
 *          0  1  0 -1             0    0    1
 *  Source: Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2016. */

/** Elements of a transformed window along one axis, and all of them. */
export const TRANSFORMED = 4;
export const PLANES = TRANSFORMED * TRANSFORMED;

/** Outputs along one axis that a transform yields. */
export const TILE_OUTPUTS = 2;

/** Reads or makes the element in a row and column of a small matrix. */
type Element = (row: number, column: number) => Register;
/** Takes the element in a row and column of a small matrix. */
type Sink = (row: number, column: number, value: Register) => void;

type Four = readonly [Register, Register, Register, Register];
type Three = readonly [Register, Register, Register];

/** From so many registers on, all elements of a matrix stay in registers between the two passes. */
const REGISTERS_FOR_ALL = 32;

const four = (make: (index: number) => Register): Four => [make(0), make(1), make(2), make(3)];

/** B^T applied to four values. */
function spread(b: FunctionBuilder, [d0, d1, d2, d3]: Four): Four {
  return [b.sub(d0, d2), b.add(d1, d2), b.sub(d2, d1), b.sub(d1, d3)];
}

/** B^T d B */
export function transformInput(b: FunctionBuilder, element: Element, sink: Sink): void {
  const finish = (column: number, values: Four): void => {
    spread(b, values).forEach((value, row) => {
      sink(row, column, value);
    });
  };
  if (b.target.registers >= REGISTERS_FOR_ALL) {
    const rows = [0, 1, 2, 3].map((row) =>
      spread(
        b,
        four((column) => element(row, column)),
      ),
    );
    for (let column = 0; column < TRANSFORMED; column++) {
      finish(
        column,
        four((row) => (rows[row] as Four)[column] as Register),
      );
    }
    return;
  }
  // one transformed column at a time: what it needs is loaded again
  const pairs = [
    (row: number) => b.sub(element(row, 0), element(row, 2)),
    (row: number) => b.add(element(row, 1), element(row, 2)),
    (row: number) => b.sub(element(row, 2), element(row, 1)),
    (row: number) => b.sub(element(row, 1), element(row, 3)),
  ];
  pairs.forEach((pair, column) => {
    finish(column, four(pair));
  });
}

/** A^T applied to four values. */
function gather(b: FunctionBuilder, [m0, m1, m2, m3]: Four): readonly [Register, Register] {
  return [b.add(b.add(m0, m1), m2), b.sub(b.sub(m1, m2), m3)];
}

/** A^T m A */
export function transformOutput(b: FunctionBuilder, element: Element, sink: Sink): void {
  const columns = [0, 1, 2, 3].map((column) =>
    gather(
      b,
      four((row) => element(row, column)),
    ),
  );
  for (let row = 0; row < TILE_OUTPUTS; row++) {
    gather(
      b,
      four((column) => (columns[column] as readonly [Register, Register])[row] as Register),
    ).forEach((value, column) => {
      sink(row, column, value);
    });
  }
}

/** G applied to three values. */
function widen(b: FunctionBuilder, [g0, g1, g2]: Three): Four {
  const ends = b.add(g0, g2);
  return [g0, b.mul(b.add(ends, g1), 0.5), b.mul(b.sub(ends, g1), 0.5), g2];
}

/** G g G^T */
export function transformWindow(b: FunctionBuilder, element: Element, sink: Sink): void {
  const rows = [0, 1, 2].map((row) => widen(b, [element(row, 0), element(row, 1), element(row, 2)]));
  for (let column = 0; column < TRANSFORMED; column++) {
    const [first, second, third] = rows.map((row) => row[column] as Register) as [Register, Register, Register];
    widen(b, [first, second, third]).forEach((value, row) => {
      sink(row, column, value);
    });
  }
}

/** A g A^T for gradients g (2 x 2) of outputs, except that what A^T has as -1 in its last column counts as 1: `transformSums` makes good for
 *  it. A missing element is 0. */
export function transformGradient(
  b: FunctionBuilder,
  element: (row: number, column: number) => Register | undefined,
  sink: Sink,
): void {
  const rows = [0, 1].map((row) => stretch(b, element(row, 0), element(row, 1)));
  for (let column = 0; column < TRANSFORMED; column++) {
    const [first, second] = rows.map((row) => row[column]) as [Register | undefined, Register | undefined];
    stretch(b, first, second).forEach((value, row) => {
      sink(row, column, value ?? b.constant(0));
    });
  }
}

type MaybeFour = readonly (Register | undefined)[];

/** A applied to two values, without the sign of the last one. */
function stretch(b: FunctionBuilder, g0: Register | undefined, g1: Register | undefined): MaybeFour {
  if (g0 === undefined || g1 === undefined) return [g0, g0, g0, undefined];
  return [g0, b.add(g0, g1), b.sub(g0, g1), g1];
}

/** G^T applied to four values, the last one with the sign that `stretch` left out. */
function narrow(b: FunctionBuilder, [u0, u1, u2, u3]: Four): Three {
  const half = b.mul(b.add(u1, u2), 0.5);
  return [b.add(u0, half), b.mul(b.sub(u1, u2), 0.5), b.sub(half, u3)];
}

/** G^T u G: the gradient of a window (3 x 3) from the sums u of the products of transformed inputs and gradients. */
export function transformSums(b: FunctionBuilder, element: Element, sink: Sink): void {
  const columns = [0, 1, 2, 3].map((column) =>
    narrow(
      b,
      four((row) => element(row, column)),
    ),
  );
  for (let row = 0; row < 3; row++) {
    narrow(
      b,
      four((column) => (columns[column] as Three)[row] as Register),
    ).forEach((value, column) => {
      sink(row, column, value);
    });
  }
}
