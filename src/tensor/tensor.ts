import { copyElements, type DType, type HostArray, type HostData } from "../core/dtype.ts";
import { requireNumber } from "../core/host-array.ts";
import { requireLabels } from "../core/labels.ts";
import { normalizeAxes, normalizeAxis, type Shape, sizeOf } from "../core/shape.ts";
import * as build from "../graph/build.ts";
import { makeNode } from "../graph/build.ts";
import type { Node, ReduceKind } from "../graph/node.ts";
import { requireSome } from "./check-reduction.ts";
import { evaluate } from "./evaluate.ts";
import { knownValues, requireKnownIndices } from "./known.ts";
import { holds, type NestedNumbers, nest, parseNested } from "./nested.ts";

/** What an operation takes as its second operand. */
export type TensorLike = Tensor | number | NestedNumbers;

/** An array of numbers, or a promise of one: operations build a graph, `data()` runs it.
 *  Values never change; operations make new tensors. Broadcasting and reductions follow NumPy. */
export class Tensor {
  #node: Node;
  /** The evaluation under way, if any: calls that come meanwhile share it. */
  #evaluation: Promise<HostArray> | undefined;

  constructor(node: Node) {
    this.#node = node;
  }

  /** The graph node behind this tensor; after `data()` a literal. */
  get node(): Node {
    return this.#node;
  }

  get shape(): Shape {
    return this.#node.shape;
  }

  get dtype(): DType {
    return this.#node.dtype;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  // ---- values

  /** The elements, row-major, as an array that the caller owns. Runs the graph behind the tensor once. */
  async data(): Promise<HostData> {
    return copyElements((await this.#evaluate()).data);
  }

  /** Shape, type and elements together, owned by the caller. */
  async array(): Promise<HostArray> {
    const array = await this.#evaluate();
    return { ...array, data: copyElements(array.data) };
  }

  /** Nested plain arrays, or a number for a scalar. */
  async toArray(): Promise<NestedNumbers | number> {
    return nest(await this.#evaluate());
  }

  /** The one number of a tensor of size 1. */
  async item(): Promise<number> {
    return (await this.reshape([]).data())[0] as number;
  }

  // ---- element-wise

  add(other: TensorLike): Tensor {
    return this.#binary("add", other);
  }
  sub(other: TensorLike): Tensor {
    return this.#binary("sub", other);
  }
  mul(other: TensorLike): Tensor {
    return this.#binary("mul", other);
  }
  div(other: TensorLike): Tensor {
    return this.#binary("div", other);
  }
  pow(exponent: TensorLike): Tensor {
    return this.#binary("pow", exponent);
  }
  /** The larger of two, element by element; NaN if either is. */
  maximum(other: TensorLike): Tensor {
    return this.#binary("max", other);
  }
  /** The smaller of two, element by element; NaN if either is. */
  minimum(other: TensorLike): Tensor {
    return this.#binary("min", other);
  }
  /** Each element into [low, high]. */
  clip(low: TensorLike, high: TensorLike): Tensor {
    return this.maximum(low).minimum(high);
  }
  neg(): Tensor {
    return this.#unary("neg");
  }
  abs(): Tensor {
    return this.#unary("abs");
  }
  sqrt(): Tensor {
    return this.#unary("sqrt");
  }
  square(): Tensor {
    return this.mul(this);
  }
  exp(): Tensor {
    return this.#unary("exp");
  }
  log(): Tensor {
    return this.#unary("log");
  }
  sin(): Tensor {
    return this.#unary("sin");
  }
  cos(): Tensor {
    return this.#unary("cos");
  }
  tanh(): Tensor {
    return this.#unary("tanh");
  }
  erf(): Tensor {
    return this.#unary("erf");
  }
  floor(): Tensor {
    return this.#unary("floor");
  }
  /** max(x, 0); derivative 0 at 0 (as PyTorch). NaN stays NaN. */
  relu(): Tensor {
    return where(this.lessEqual(0), 0, this);
  }
  /** 1 / (1 + exp(-x)). */
  sigmoid(): Tensor {
    return this.#unary("sigmoid");
  }

  // ---- comparisons, results of type bool

  equal(other: TensorLike): Tensor {
    return this.#binary("equal", other);
  }
  notEqual(other: TensorLike): Tensor {
    return this.equal(other).not();
  }
  less(other: TensorLike): Tensor {
    return this.#binary("less", other);
  }
  lessEqual(other: TensorLike): Tensor {
    return this.#binary("lessEqual", other);
  }
  greater(other: TensorLike): Tensor {
    const [self, value] = operands(this, other);
    return value.less(self);
  }
  greaterEqual(other: TensorLike): Tensor {
    const [self, value] = operands(this, other);
    return value.lessEqual(self);
  }
  and(other: Tensor): Tensor {
    return this.#binary("and", other);
  }
  or(other: Tensor): Tensor {
    return this.#binary("or", other);
  }
  not(): Tensor {
    return this.#unary("not");
  }
  /** Convert: float to integer truncates, to bool asks "not zero?". */
  cast(to: DType): Tensor {
    return new Tensor(build.cast(this.#node, to));
  }
  /** uint32 only. */
  shiftRight(bits: number): Tensor {
    return new Tensor(makeNode("shiftRight", [this.#node], { bits }));
  }
  /** The value, through which no gradient flows. */
  stopGradient(): Tensor {
    return this.#unary("stopGradient");
  }

  // ---- reductions; `axes` default to all, `keepDims` leaves them as size 1

  sum(axes?: number | readonly number[], keepDims = false): Tensor {
    return this.#reduce("sum", axes, keepDims);
  }
  /** NaN if any element is NaN. @throws `bad-argument` over nothing: no element is the largest. */
  max(axes?: number | readonly number[], keepDims = false): Tensor {
    requireSome("max", this.shape, axes);
    return this.#reduce("max", axes, keepDims);
  }
  /** NaN if any element is NaN. @throws `bad-argument` over nothing: no element is the smallest. */
  min(axes?: number | readonly number[], keepDims = false): Tensor {
    requireSome("min", this.shape, axes);
    return this.#reduce("min", axes, keepDims);
  }
  prod(axes?: number | readonly number[], keepDims = false): Tensor {
    return this.#reduce("prod", axes, keepDims);
  }
  /** float32, whatever the tensor holds; NaN over nothing, as NumPy. */
  mean(axes?: number | readonly number[], keepDims = false): Tensor {
    return this.cast("float32")
      .sum(axes, keepDims)
      .mul(1 / this.#countAlong("mean", axes));
  }
  /** Mean squared distance from the mean, in two passes; float32.
   *  @param correction divides by max(count - correction, 0): 0 the population's, 1 the unbiased estimate. */
  variance(axes?: number | readonly number[], keepDims = false, correction = 0): Tensor {
    const values = this.cast("float32");
    return values
      .sub(values.mean(axes, true))
      .square()
      .sum(axes, keepDims)
      .mul(1 / Math.max(this.#countAlong("variance", axes) - correction, 0));
  }
  /** Position of the largest element along an axis; the first of equal ones, or the first NaN if there is any. int32.
   *  @throws `bad-argument` for an axis of size 0. */
  argMax(axis = -1, keepDims = false): Tensor {
    return this.#argExtreme("max", axis, keepDims);
  }
  /** As `argMax`, of the smallest. */
  argMin(axis = -1, keepDims = false): Tensor {
    return this.#argExtreme("min", axis, keepDims);
  }

  // ---- movement

  /** One size may be -1. */
  reshape(shape: Shape): Tensor {
    return new Tensor(build.reshape(this.#node, shape));
  }
  /** Joins the axes from `start` on. */
  flatten(start = 0): Tensor {
    return this.reshape([
      ...this.shape.slice(0, start),
      this.shape.slice(start).reduce((product, size) => product * size, 1),
    ]);
  }
  /** Output axis k is input axis order[k]. Without an order: axes reversed. */
  transpose(order?: readonly number[]): Tensor {
    const axes = order ?? this.shape.map((_, axis) => this.rank - 1 - axis);
    return new Tensor(
      build.permute(
        this.#node,
        axes.map((axis) => normalizeAxis("transpose", axis, this.rank)),
      ),
    );
  }
  broadcastTo(shape: Shape): Tensor {
    return new Tensor(build.broadcastTo(this.#node, shape));
  }
  /** A new axis of size 1. */
  unsqueeze(axis: number): Tensor {
    const position = normalizeAxis("unsqueeze", axis, this.rank + 1);
    return this.reshape([...this.shape.slice(0, position), 1, ...this.shape.slice(position)]);
  }
  /** Elements [start, end) of one axis, every `step`-th. Negative bounds count from the end. */
  slice(axis: number, start: number, end?: number, step = 1): Tensor {
    const along = normalizeAxis("slice", axis, this.rank);
    const length = this.shape[along] as number;
    const bound = (value: number) => Math.min(Math.max(value < 0 ? value + length : value, 0), length);
    const first = bound(start);
    const count = Math.max(0, Math.ceil((bound(end ?? length) - first) / step));
    const pick = (at: number, other: (size: number) => number) =>
      this.shape.map((size, k) => (k === along ? at : other(size)));
    return new Tensor(
      makeNode("slice", [this.#node], {
        start: pick(first, () => 0),
        size: pick(count, (size) => size),
        step: pick(step, () => 1),
      }),
    );
  }
  /** Adds [before, after] elements on each axis. Default value 0. */
  pad(widths: readonly (readonly [number, number])[], value = 0): Tensor {
    requireNumber("pad", this.dtype, value);
    const before = widths.map(([low]) => low);
    const after = widths.map(([, high]) => high);
    return new Tensor(makeNode("pad", [this.#node], { before, after, interior: before.map(() => 0), value }));
  }

  // ---- products and tables

  /** Matrix product as NumPy's: (…, M, K) x (…, K, N) -> (…, M, N); leading axes broadcast, vectors act as rows or columns. */
  matmul(other: TensorLike): Tensor {
    return new Tensor(matmulNodes(this.#node, toTensor(other).node));
  }
  /** Rows of this table, one for each index: (V, …rest)[indices] -> (…indices, …rest).
   *  @throws `bad-argument` for a known index outside [0, V). A computed or fed index outside reads the nearest row, the first or
   *    the last. */
  gather(indices: TensorLike): Tensor {
    const places = toTensor(indices, "int32");
    const gathered = new Tensor(makeNode("gather", [this.#node, places.node], {}));
    if (this.size > 0) requireKnownIndices("gather", places, this.shape[0] as number);
    return gathered;
  }
  /** int32 labels -> float32 rows with a one at the label: (…) -> (…, classes).
   *  @throws `label-out-of-range` for a known label outside [0, classes). A computed or fed label outside gives a row of zeros. */
  oneHot(classes: number): Tensor {
    const known = knownValues(this);
    if (known !== undefined) requireLabels("oneHot", known, classes);
    const positions = new Tensor(makeNode("iota", [], { shape: [classes], axis: 0 }));
    return this.unsqueeze(-1).equal(positions).cast("float32");
  }

  /** The values, which the tensor itself holds from then on. */
  #evaluate(): Promise<HostArray> {
    this.#evaluation ??= evaluate(this.#node)
      .then(({ array, node }) => {
        this.#node = node;
        return array;
      })
      .finally(() => {
        this.#evaluation = undefined;
      });
    return this.#evaluation;
  }

  #binary(op: Parameters<typeof build.binary>[0], other: TensorLike): Tensor {
    const [self, value] = operands(this, other);
    return new Tensor(build.binary(op, self.node, value.node));
  }

  #unary(op: Parameters<typeof build.unary>[0]): Tensor {
    return new Tensor(build.unary(op, this.#node));
  }

  #reduce(kind: ReduceKind, axes: number | readonly number[] | undefined, keepDims: boolean): Tensor {
    const reduced = normalizeAxes(kind, axes, this.rank);
    const result = new Tensor(build.reduce(this.#node, kind, reduced));
    return keepDims ? result.reshape(this.shape.map((size, axis) => (reduced.includes(axis) ? 1 : size))) : result;
  }

  /** Number of elements that are reduced to one. */
  #countAlong(where: string, axes: number | readonly number[] | undefined): number {
    return normalizeAxes(where, axes, this.rank).reduce((product, axis) => product * (this.shape[axis] as number), 1);
  }

  #argExtreme(kind: "max" | "min", axis: number, keepDims: boolean): Tensor {
    const name = kind === "max" ? "argMax" : "argMin";
    const along = normalizeAxis(name, axis, this.rank);
    requireSome(name, this.shape, along);
    const positions = new Tensor(makeNode("iota", [], { shape: this.shape, axis: along }));
    const equalsBest = this.equal(this.#reduce(kind, along, true));
    // beside a NaN nothing equals the best, which is NaN
    const isBest = this.dtype === "float32" ? equalsBest.or(this.notEqual(this)) : equalsBest;
    return where(isBest, positions, this.shape[along] as number).min(along, keepDims);
  }
}

function matmulNodes(a: Node, b: Node): Node {
  const left = a.shape.length === 1 ? build.reshape(a, [1, ...a.shape]) : a;
  const right = b.shape.length === 1 ? build.reshape(b, [...b.shape, 1]) : b;
  const lead = build.broadcastLead(left, right);
  const product = build.matmul(
    build.broadcastTo(left, [...lead, ...left.shape.slice(-2)]),
    build.broadcastTo(right, [...lead, ...right.shape.slice(-2)]),
  );
  const shape = [
    ...lead,
    ...(a.shape.length === 1 ? [] : [left.shape.at(-2) as number]),
    ...(b.shape.length === 1 ? [] : [right.shape.at(-1) as number]),
  ];
  return build.reshape(product, shape);
}

/** A tensor and its second operand, in one type: numbers take the tensor's. If it does not hold them (a fraction beside int32, a
 *  negative number beside uint32), both become float32. */
function operands(tensor: Tensor, other: TensorLike): readonly [Tensor, Tensor] {
  if (other instanceof Tensor) return [tensor, other];
  return holds(tensor.dtype, other)
    ? [tensor, toTensor(other, tensor.dtype)]
    : [tensor.cast("float32"), toTensor(other)];
}

/** A tensor unchanged; numbers and nested arrays become one. */
export function toTensor(value: TensorLike, dtype: DType = "float32"): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value === "number") {
    requireNumber("tensor", dtype, value);
    return new Tensor(build.constant(value, dtype));
  }
  return new Tensor(build.literal(parseNested(value, dtype)));
}

/** condition ? a : b, element by element, with broadcasting. */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = choices(a, b);
  return new Tensor(build.select(condition.node, x.node, y.node));
}

/** Two values in one type, the type of the tensor among them. */
function choices(a: TensorLike, b: TensorLike): readonly [Tensor, Tensor] {
  if (a instanceof Tensor) return operands(a, b);
  if (!(b instanceof Tensor)) return [toTensor(a), toTensor(b)];
  const [y, x] = operands(b, a);
  return [x, y];
}
