import { full, range } from "../../../src/tensor/create.ts";
import { type Tensor, where } from "../../../src/tensor/tensor.ts";
import { type Call, type Operator, positiveAxis } from "./operator.ts";

type Reduce = (x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor;

/** The reduced axes: an attribute in old opsets, an input in new ones; without any, all axes or none. */
function axesOf(call: Call, rank: number): readonly number[] {
  const given = call.numbers("axes") ?? call.constants(1) ?? [];
  if (given.length > 0) return given.map((axis) => positiveAxis(axis, rank));
  return call.flag("noop_with_empty_axes", false) ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

function reduction(reduce: Reduce): Operator {
  return (call) => {
    const x = call.input(0);
    const numeric = x.dtype === "bool" ? x.cast("int32") : x;
    const reduced = reduce(numeric, axesOf(call, x.rank), call.flag("keepdims", true));
    return [x.dtype === "bool" ? reduced.greater(0) : reduced];
  };
}

/** The extreme over some axes. ONNX defines that of an empty set too, which a tensor refuses: minus or plus infinity. */
function extremeOf(kind: "max" | "min"): Reduce {
  const nothing = kind === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return (x, axes, keepDims) => {
    if (axes.every((axis) => x.shape[axis] !== 0)) return x[kind](axes, keepDims);
    const kept = x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepDims ? [1] : []));
    return full(kept, nothing);
  };
}

/** log(sum exp(x)), with the largest x subtracted first, unless all are -inf or there are none. */
function logSumExp(x: Tensor, axes: readonly number[], keepDims: boolean): Tensor {
  const largest = extremeOf("max")(x, axes, true);
  const shift = where(largest.abs().less(Number.POSITIVE_INFINITY), largest, 0);
  const result = x.sub(shift).exp().sum(axes, true).log().add(shift);
  return keepDims ? result : result.sum(axes);
}

/** Position of the extreme: the first one, or the last one with `select_last_index`. */
function argExtreme(kind: "argMax" | "argMin"): Operator {
  return (call) => {
    const x = call.input(0);
    const axis = positiveAxis(call.number("axis", 0), x.rank);
    const keepDims = call.flag("keepdims", true);
    if (!call.flag("select_last_index", false)) return [x[kind](axis, keepDims)];
    const extreme = kind === "argMax" ? x.max(axis, true) : x.min(axis, true);
    const size = x.shape[axis] as number;
    const positions = range(size).reshape([size, ...new Array<number>(x.rank - 1 - axis).fill(1)]);
    return [where(x.equal(extreme), positions.broadcastTo(x.shape), -1).max(axis, keepDims)];
  };
}

export const REDUCTIONS: Readonly<Record<string, Operator>> = {
  ReduceSum: reduction((x, axes, keepDims) => x.sum(axes, keepDims)),
  ReduceMean: reduction((x, axes, keepDims) => x.mean(axes, keepDims)),
  ReduceMax: reduction(extremeOf("max")),
  ReduceMin: reduction(extremeOf("min")),
  ReduceProd: reduction((x, axes, keepDims) => x.prod(axes, keepDims)),
  ReduceL1: reduction((x, axes, keepDims) => x.abs().sum(axes, keepDims)),
  ReduceL2: reduction((x, axes, keepDims) => x.square().sum(axes, keepDims).sqrt()),
  ReduceSumSquare: reduction((x, axes, keepDims) => x.square().sum(axes, keepDims)),
  ReduceLogSum: reduction((x, axes, keepDims) => x.sum(axes, keepDims).log()),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: argExtreme("argMax"),
  ArgMin: argExtreme("argMin"),
};
