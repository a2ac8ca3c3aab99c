import type { Tensor, TensorLike } from "../../../src/tensor/tensor.ts";
import { where } from "../../../src/tensor/tensor.ts";
import type { Operator } from "./operator.ts";

function unary(fn: (x: Tensor) => Tensor): Operator {
  return (call) => [fn(call.input(0))];
}

function binary(fn: (a: Tensor, b: Tensor) => Tensor): Operator {
  return (call) => [fn(call.input(0), call.input(1))];
}

/** Any number of inputs, joined from left to right. */
function variadic(fn: (a: Tensor, b: Tensor) => Tensor): Operator {
  return (call) => [Array.from({ length: call.inputCount }, (_, index) => call.input(index)).reduce(fn)];
}

/** Bounds are attributes until opset 10, inputs from 11 on. */
const clip: Operator = (call) => {
  const bound = (name: string, index: number): TensorLike | undefined =>
    call.has(name) ? call.number(name, 0) : call.optional(index);
  const [low, high] = [bound("min", 1), bound("max", 2)];
  const raised = low === undefined ? call.input(0) : call.input(0).maximum(low);
  return [high === undefined ? raised : raised.minimum(high)];
};

export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  Abs: unary((x) => x.abs()),
  Neg: unary((x) => x.neg()),
  Sqrt: unary((x) => x.sqrt()),
  Exp: unary((x) => x.exp()),
  Log: unary((x) => x.log()),
  Sin: unary((x) => x.sin()),
  Cos: unary((x) => x.cos()),
  Erf: unary((x) => x.erf()),
  Floor: unary((x) => x.floor()),
  Ceil: unary((x) => x.neg().floor().neg()),
  Reciprocal: unary((x) => x.pow(-1)),
  Sign: unary((x) => where(x.greater(0), 1, where(x.less(0), -1, 0))),
  Identity: unary((x) => x),
  Not: unary((x) => x.not()),
  Add: binary((a, b) => a.add(b)),
  Sub: binary((a, b) => a.sub(b)),
  Mul: binary((a, b) => a.mul(b)),
  Div: binary((a, b) => a.div(b)),
  Pow: binary((a, b) => a.pow(b)),
  Equal: binary((a, b) => a.equal(b)),
  Less: binary((a, b) => a.less(b)),
  LessOrEqual: binary((a, b) => a.lessEqual(b)),
  Greater: binary((a, b) => a.greater(b)),
  GreaterOrEqual: binary((a, b) => a.greaterEqual(b)),
  And: binary((a, b) => a.and(b)),
  Or: binary((a, b) => a.or(b)),
  Max: variadic((a, b) => a.maximum(b)),
  Min: variadic((a, b) => a.minimum(b)),
  Sum: variadic((a, b) => a.add(b)),
  Mean: (call) => {
    const inputs = Array.from({ length: call.inputCount }, (_, index) => call.input(index));
    return [inputs.reduce((a, b) => a.add(b)).div(inputs.length)];
  },
  Where: (call) => [where(call.input(0), call.input(1), call.input(2))],
  Clip: clip,
};
