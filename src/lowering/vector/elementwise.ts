import type { FunctionBuilder } from "../../codegen/builder.ts";
import * as math from "../../codegen/math/index.ts";
import type { Register } from "../../codegen/program.ts";
import type { DType } from "../../core/dtype.ts";
import type { OpsOf } from "../../graph/kinds.ts";
import type { Node, Op, ReduceKind } from "../../graph/node.ts";

/** Code for one element-wise operation: float32 in float registers, int32 and uint32 in int registers, bool in masks. */
type Emitter = (b: FunctionBuilder, inputs: readonly Register[], node: Node) => Register;

const first = (inputs: readonly Register[]): Register => inputs[0] as Register;
const second = (inputs: readonly Register[]): Register => inputs[1] as Register;

function arithmetic(float: "add" | "sub" | "mul", int: "iadd" | "isub" | "imul"): Emitter {
  return (b, inputs, node) =>
    node.dtype === "float32"
      ? b.binary(float, first(inputs), second(inputs))
      : b.intBinary(int, first(inputs), second(inputs));
}

function extreme(float: "min" | "max", int: "imin" | "imax"): Emitter {
  return (b, inputs, node) => {
    const [x, y] = [first(inputs), second(inputs)];
    if (node.dtype === "float32") return b.binary(float, x, y);
    if (node.dtype === "int32") return b.intBinary(int, x, y);
    const isLess = b.intCompare("less", x, y, false);
    return float === "min" ? b.select(isLess, x, y) : b.select(isLess, y, x);
  };
}

function comparison(kind: "equal" | "less" | "lessEqual"): Emitter {
  return (b, inputs, node) => {
    const [x, y] = [first(inputs), second(inputs)];
    const { dtype } = node.inputs[0] as Node;
    if (dtype === "float32") return b.compare(kind, x, y);
    if (dtype === "bool") return b.maskNot(b.maskXor(x, y));
    return b.intCompare(kind, x, y, dtype !== "uint32");
  };
}

function convert(b: FunctionBuilder, value: Register, from: DType, to: DType): Register {
  if (from === to) return value;
  if (from === "bool")
    return b.select(
      value,
      to === "float32" ? b.constant(1) : b.intConstant(1),
      to === "float32" ? b.constant(0) : b.intConstant(0),
    );
  if (to === "bool")
    return b.maskNot(from === "float32" ? b.compare("equal", value, 0) : b.intCompare("equal", value, 0));
  if (from !== "float32" && to !== "float32") return value;
  return b.convert(value, (from === "float32" ? to : from) !== "uint32");
}

const EMITTERS = {
  neg: (b, inputs, node) => (node.dtype === "float32" ? b.neg(first(inputs)) : b.intSub(0, first(inputs))),
  abs: (b, inputs, node) =>
    node.dtype === "float32" ? b.abs(first(inputs)) : b.intMax(first(inputs), b.intSub(0, first(inputs))),
  sqrt: (b, inputs) => b.sqrt(first(inputs)),
  exp: (b, inputs) => math.exp(b, first(inputs)),
  log: (b, inputs) => math.log(b, first(inputs)),
  sin: (b, inputs) => math.sin(b, first(inputs)),
  cos: (b, inputs) => math.cos(b, first(inputs)),
  tanh: (b, inputs) => math.tanh(b, first(inputs)),
  sigmoid: (b, inputs) => math.sigmoid(b, first(inputs)),
  erf: (b, inputs) => math.erf(b, first(inputs)),
  floor: (b, inputs) => b.floor(first(inputs)),
  not: (b, inputs) => b.maskNot(first(inputs)),
  cast: (b, inputs, node) => convert(b, first(inputs), (node.inputs[0] as Node).dtype, node.dtype),
  shiftRight: (b, inputs, node) => b.shiftRight(first(inputs), (node as Node<"shiftRight">).attributes.bits),
  add: arithmetic("add", "iadd"),
  sub: arithmetic("sub", "isub"),
  mul: arithmetic("mul", "imul"),
  div: (b, inputs) => b.div(first(inputs), second(inputs)),
  pow: (b, inputs) => math.pow(b, first(inputs), second(inputs)),
  max: extreme("max", "imax"),
  min: extreme("min", "imin"),
  equal: comparison("equal"),
  less: comparison("less"),
  lessEqual: comparison("lessEqual"),
  and: (b, inputs) => b.maskAnd(first(inputs), second(inputs)),
  or: (b, inputs) => b.maskOr(first(inputs), second(inputs)),
  select: (b, inputs, node) => {
    const [condition, x, y] = inputs as [Register, Register, Register];
    if (node.dtype !== "bool") return b.select(condition, x, y);
    return b.maskOr(b.maskAnd(condition, x), b.maskAnd(b.maskNot(condition), y));
  },
  // movements that are written out: the value as it was read
  reshape: (_, inputs) => first(inputs),
  permute: (_, inputs) => first(inputs),
  broadcast: (_, inputs) => first(inputs),
  slice: (_, inputs) => first(inputs),
  pad: (_, inputs) => first(inputs),
  concat: (_, inputs) => first(inputs),
  interleave: (_, inputs) => first(inputs),
  // the first value of a carried array
  scanCarry: (_, inputs) => first(inputs),
} satisfies Record<OpsOf<"elementwise" | "movement" | "placement"> | "scanCarry", Emitter>;

export function emitElementwise(b: FunctionBuilder, node: Node, inputs: readonly Register[]): Register {
  return (EMITTERS as Partial<Record<Op, Emitter>>)[node.op]?.(b, inputs, node) as Register;
}

/** A constant in the kind of register that holds its type. */
export function emitConstant(b: FunctionBuilder, value: number, dtype: DType): Register {
  if (dtype === "float32") return b.constant(value);
  if (dtype === "bool") return b.maskFirst(value ? b.target.lanes : 0);
  return b.intConstant(value);
}

/** accumulator <- accumulator combined with value */
export function emitJoin(b: FunctionBuilder, kind: ReduceKind, accumulator: Register, value: Register): void {
  if (accumulator.kind === "float") {
    b.binaryInto(({ sum: "add", prod: "mul", max: "max", min: "min" } as const)[kind], accumulator, value);
  } else {
    const int = ({ sum: "iadd", prod: "imul", max: "imax", min: "imin" } as const)[kind];
    b.assign(accumulator, b.intBinary(int, accumulator, value));
  }
}
