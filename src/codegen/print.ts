import { append } from "../core/extremes.ts";
import type {
  Index,
  Instruction,
  KernelCall,
  Register,
  RegisterKind,
  VectorFunction,
  VectorProgram,
} from "./program.ts";

const prefix: Record<RegisterKind, string> = { float: "f", int: "n", mask: "m", index: "i" };

/** f3, n4, m5, i6: the letter is the register's kind. */
export function printRegister({ id, kind }: Register): string {
  return `${prefix[kind]}${id}`;
}

function index(value: Index): string {
  return typeof value === "number" ? String(value) : printRegister(value);
}

function address(base: Register, offset: number, stride?: number): string {
  const moved = offset === 0 ? "" : offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
  return `[${printRegister(base)}${moved}${stride === undefined ? "" : ` + lane * ${stride}`}]`;
}

const symbol: Record<string, string> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  iadd: "+",
  isub: "-",
  imul: "*",
  rem: "%",
  and: "&",
  or: "|",
  xor: "^",
  shl: "<<",
  shr: ">>>",
  sar: ">>",
  equal: "==",
  less: "<",
  lessEqual: "<=",
};

function joined(kind: string, a: string, b: string): string {
  const sign = symbol[kind];
  return sign === undefined ? `${kind}(${a}, ${b})` : `${a} ${sign} ${b}`;
}

type Op = Instruction["op"];
type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;
const r = printRegister;

const lines: { readonly [O in Op]: (instruction: Of<O>) => string } = {
  floatConstant: ({ to, value }) => `${r(to)} = ${Object.is(value, -0) ? "-0" : value}`,
  intConstant: ({ to, value }) => `${r(to)} = ${value}`,
  intRamp: ({ to, start, step }) => `${r(to)} = ${start} + lane * ${step}`,
  maskFirst: ({ to, count }) => `${r(to)} = lane < ${count}`,
  move: ({ to, a }) => `${r(to)} = ${r(a)}`,
  unary: ({ kind, to, a }) => `${r(to)} = ${kind}(${r(a)})`,
  binary: ({ kind, to, a, b }) => `${r(to)} = ${joined(kind, r(a), r(b))}`,
  multiplyAdd: ({ to, a, b, c }) => `${r(to)} = ${r(a)} * ${r(b)} + ${r(c)}`,
  negMultiplyAdd: ({ to, a, b, c }) => `${r(to)} = ${r(c)} - ${r(a)} * ${r(b)}`,
  intBinary: ({ kind, to, a, b }) => `${r(to)} = ${joined(kind, r(a), r(b))}`,
  intShift: ({ kind, to, a, bits }) => `${r(to)} = ${joined(kind, r(a), String(bits))}`,
  compare: ({ kind, to, a, b }) => `${r(to)} = ${joined(kind, r(a), r(b))}`,
  intCompare: ({ kind, signed, to, a, b }) => `${r(to)} = ${joined(kind, r(a), r(b))}${signed ? "" : " unsigned"}`,
  maskBinary: ({ kind, to, a, b }) => `${r(to)} = ${joined(kind, r(a), r(b))}`,
  maskNot: ({ to, a }) => `${r(to)} = !${r(a)}`,
  select: ({ to, mask, a, b }) => `${r(to)} = ${r(mask)} ? ${r(a)} : ${r(b)}`,
  bitcast: ({ to, a }) => `${r(to)} = bits(${r(a)})`,
  convert: ({ to, a, signed }) => `${r(to)} = ${to.kind}(${r(a)})${signed ? "" : " unsigned"}`,
  splatIndex: ({ to, a }) => `${r(to)} = splat ${r(a)}`,
  firstLane: ({ to, a }) => `${r(to)} = first ${r(a)}`,
  load: ({ to, base, offset }) => `${r(to)} = load ${address(base, offset)}`,
  loadSplat: ({ to, base, offset }) => `${r(to)} = splat ${address(base, offset)}`,
  loadStrided: ({ to, base, offset, stride, lanes }) =>
    `${r(to)} = load ${address(base, offset, stride)} lanes ${lanes}`,
  loadIndexed: ({ to, base, indices, lanes }) => `${r(to)} = load [${r(base)} + 4 * ${r(indices)}] lanes ${lanes}`,
  store: ({ from, base, offset, lanes }) => `store ${address(base, offset)} = ${r(from)} lanes ${lanes}`,
  storeStrided: ({ from, base, offset, stride, lanes }) =>
    `store ${address(base, offset, stride)} = ${r(from)} lanes ${lanes}`,
  prefetch: ({ base, offset }) => `prefetch ${address(base, offset)}`,
  horizontal: ({ kind, to, a }) => `${r(to)} = all ${kind} ${r(a)}`,
  splatLane: ({ to, a, lane }) => `${r(to)} = all ${r(a)}[${lane}]`,
  transpose: ({ registers }) => `transpose ${registers.map(r).join(", ")}`,
  interleaveBlocks: ({ registers }) => `interleave blocks ${registers.map(r).join(", ")}`,
  index: ({ kind, to, a, b }) => `${r(to)} = ${joined(kind, index(a), index(b))}`,
  indexMove: ({ to, a }) => `${r(to)} = ${index(a)}`,
  loop: ({ counter, from, to, step }) => `loop ${r(counter)} = ${index(from)} .. ${index(to)} step ${step}`,
  if: ({ compare, a, b }) => `if ${joined(compare, index(a), index(b))}`,
};

/** One line, without the body of a loop or an `if`. */
export function printInstruction(instruction: Instruction): string {
  return (lines[instruction.op] as (instruction: Instruction) => string)(instruction);
}

function printBlock(body: readonly Instruction[], indent: string): string[] {
  return body.flatMap((instruction) => {
    const text = [indent + printInstruction(instruction)];
    if (instruction.op === "loop") append(text, printBlock(instruction.body, `${indent}  `));
    if (instruction.op === "if") {
      append(text, printBlock(instruction.then, `${indent}  `));
      if (instruction.otherwise.length > 0) {
        append(text, [`${indent}else`, ...printBlock(instruction.otherwise, `${indent}  `)]);
      }
    }
    return text;
  });
}

/** A function as text, one instruction per line, with indented blocks. */
export function printFunction(code: VectorFunction): string {
  const head = `function ${code.name}(${code.parameters.map(r).join(", ")})`;
  return [head, ...printBlock(code.body, "  ")].join("\n");
}

function printCall(program: VectorProgram, call: KernelCall): string {
  const name = program.functions[call.function]?.name ?? `function ${call.function}`;
  const before = call.barrierBefore ? "barrier; " : "";
  return `  ${before}${name}(${call.addresses.join(", ")}) items ${call.items} grain ${call.grain}  # ${call.label}`;
}

/** A whole program as text: its functions, then the calls in order. */
export function printProgram(program: VectorProgram): string {
  const calls = program.calls.map((call) => printCall(program, call));
  return [...program.functions.map(printFunction), [`run, ${program.lanes} lanes`, ...calls].join("\n")].join("\n\n");
}
