import { type DType, type HostArray, referenceStorage } from "../../core/dtype.ts";
import { erf as erfOf } from "../../core/erf.ts";
import { sizeOf } from "../../core/shape.ts";
import { requireDType, requireSame } from "../check.ts";
import type { Attributes, Node, None, Op } from "../node.ts";
import type { Primitive } from "./primitive.ts";

type UnaryOp = { [O in Op]: Attributes[O] extends None ? O : never }[Op];

function unary(name: string, allowed: readonly DType[], value: (x: number) => number): Primitive<UnaryOp> {
  return {
    arity: 1,
    infer([a]) {
      requireDType(name, a as Node, ...allowed);
      return { shape: (a as Node).shape, dtype: (a as Node).dtype };
    },
    evaluate([a], _, output) {
      const source = (a as HostArray).data;
      const data = referenceStorage(output.dtype, source.length);
      for (let i = 0; i < data.length; i++) data[i] = value(source[i] as number);
      return { ...output, data };
    },
  };
}

function binary(
  name: string,
  allowed: readonly DType[],
  value: (x: number, y: number) => number,
  result?: DType,
  integer: (x: number, y: number) => number = value,
): Primitive<UnaryOp> {
  return {
    arity: 2,
    infer([a, b]) {
      requireSame(name, a as Node, b as Node);
      requireDType(name, a as Node, ...allowed);
      return { shape: (a as Node).shape, dtype: result ?? (a as Node).dtype };
    },
    evaluate([a, b], _, output) {
      const left = (a as HostArray).data;
      const right = (b as HostArray).data;
      const apply = (a as HostArray).dtype === "float32" ? value : integer;
      const data = referenceStorage(output.dtype, left.length);
      for (let i = 0; i < data.length; i++) data[i] = apply(left[i] as number, right[i] as number);
      return { ...output, data };
    },
  };
}

const FLOAT: readonly DType[] = ["float32"];
const NUMBER: readonly DType[] = ["float32", "int32", "uint32"];
const SIGNED: readonly DType[] = ["float32", "int32"];
const ANY: readonly DType[] = ["float32", "int32", "uint32", "bool"];

export const neg = unary("neg", SIGNED, (x) => -x);
export const abs = unary("abs", SIGNED, Math.abs);
export const sqrt = unary("sqrt", FLOAT, Math.sqrt);
export const exp = unary("exp", FLOAT, Math.exp);
export const log = unary("log", FLOAT, Math.log);
export const sin = unary("sin", FLOAT, Math.sin);
export const cos = unary("cos", FLOAT, Math.cos);
export const tanh = unary("tanh", FLOAT, Math.tanh);
export const sigmoid = unary("sigmoid", FLOAT, (x) => 1 / (1 + Math.exp(-x)));
export const erf = unary("erf", FLOAT, erfOf);
export const floor = unary("floor", FLOAT, Math.floor);
export const not = unary("not", ["bool"], (x) => (x ? 0 : 1));
export const stopGradient = unary("stopGradient", ANY, (x) => x);

export const add = binary("add", NUMBER, (x, y) => x + y);
export const sub = binary("sub", NUMBER, (x, y) => x - y);
export const mul = binary("mul", NUMBER, (x, y) => x * y, undefined, Math.imul);
export const div = binary("div", FLOAT, (x, y) => x / y);
/** As in IEEE 754 and PyTorch: 1^y = 1 for every y, even NaN, and (-1)^y = 1 for infinite y; JavaScript gives NaN. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;
}

export const pow = binary("pow", FLOAT, power);
/** NaN if either side is NaN. */
export const max = binary("max", NUMBER, Math.max);
export const min = binary("min", NUMBER, Math.min);
export const equal = binary("equal", ANY, (x, y) => (x === y ? 1 : 0), "bool");
export const less = binary("less", NUMBER, (x, y) => (x < y ? 1 : 0), "bool");
export const lessEqual = binary("lessEqual", NUMBER, (x, y) => (x <= y ? 1 : 0), "bool");
export const and = binary("and", ["bool"], (x, y) => x & y);
export const or = binary("or", ["bool"], (x, y) => x | y);

/** Float to integer truncates and saturates, NaN gives 0; to bool: 1 unless zero. */
function castValue(to: DType): (x: number) => number {
  if (to === "bool") return (x) => (x !== 0 ? 1 : 0);
  if (to === "float32") return (x) => x;
  const [low, high] = to === "int32" ? [-0x80000000, 0x7fffffff] : [0, 0xffffffff];
  return (x) => (Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high));
}

export const cast: Primitive<"cast"> = {
  arity: 1,
  infer: ([a], { to }) => ({ shape: (a as Node).shape, dtype: to }),
  evaluate([a], { to }, output) {
    const source = a as HostArray;
    const data = referenceStorage(to, source.data.length);
    const float = source.dtype === "float32";
    const value = float || to === "bool" ? castValue(to) : (x: number) => x;
    for (let i = 0; i < data.length; i++) data[i] = value(source.data[i] as number);
    return { ...output, data };
  },
};

export const shiftRight: Primitive<"shiftRight"> = {
  arity: 1,
  infer([a]) {
    requireDType("shiftRight", a as Node, "uint32");
    return { shape: (a as Node).shape, dtype: "uint32" };
  },
  evaluate([a], { bits }, output) {
    return { ...output, data: ((a as HostArray).data as Uint32Array).map((x) => x >>> bits) };
  },
};

export const select: Primitive<"select"> = {
  arity: 3,
  infer([condition, a, b]) {
    requireDType("select", condition as Node, "bool");
    requireSame("select", a as Node, b as Node);
    requireSame("select", { ...(condition as Node), dtype: (a as Node).dtype }, a as Node);
    return { shape: (a as Node).shape, dtype: (a as Node).dtype };
  },
  evaluate([condition, a, b], _, output) {
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    const [c, x, y] = [condition, a, b].map((array) => (array as HostArray).data);
    for (let i = 0; i < data.length; i++) data[i] = ((c as Int32Array)[i] ? x?.[i] : y?.[i]) as number;
    return { ...output, data };
  },
};
