import type {
  Compare,
  FastBinary,
  FloatBinary,
  FloatUnary,
  Horizontal,
  Index,
  IndexBinary,
  Instruction,
  IntBinary,
  IntShift,
  Register,
  VectorFunction,
} from "../../src/codegen/program.ts";

/** The reference for every emitter: one instruction at a time, lane by lane, floats rounded by Math.fround. */
export interface Interpretation {
  readonly memory: ArrayBufferLike;
  readonly lanes: number;
  readonly fused: boolean;
}

const f = Math.fround;
const convertBuffer = new DataView(new ArrayBuffer(8));

export function floatBits(value: number): number {
  convertBuffer.setFloat32(0, value);
  return convertBuffer.getInt32(0);
}

function bitsFloat(bits: number): number {
  convertBuffer.setInt32(0, bits);
  return convertBuffer.getFloat32(0);
}

/** a * b + c rounded once. The product of two floats is exact in a double; the sum is rounded to odd, so that rounding to float is correct. */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return f(sum);
  const virtual = sum - product;
  const error = product - (sum - virtual) + (c - virtual);
  if (error === 0) return f(sum);
  convertBuffer.setFloat64(0, sum);
  const bits = convertBuffer.getBigInt64(0);
  if ((bits & 1n) === 0n) convertBuffer.setBigInt64(0, error > 0 === sum > 0 ? bits + 1n : bits - 1n);
  return f(convertBuffer.getFloat64(0));
}

function nearestEven(a: number): number {
  const floor = Math.floor(a);
  const part = a - floor;
  const rounded = part < 0.5 || (part === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 && (a < 0 || Object.is(a, -0)) ? -0 : rounded;
}

const unary: Record<FloatUnary, (a: number) => number> = {
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  nearest: (a) => (Number.isFinite(a) ? nearestEven(a) : a),
};

/** Unlike Math.min and Math.max, which keep a NaN on either side. */
function choose(isFirst: boolean, a: number, b: number): number {
  return isFirst ? a : b;
}

const binary: Record<FloatBinary | FastBinary, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  fastMin: (a, b) => choose(a < b, a, b),
  fastMax: (a, b) => choose(a > b, a, b),
};

const intBinary: Record<IntBinary, (a: number, b: number) => number> = {
  iadd: (a, b) => a + b,
  isub: (a, b) => a - b,
  imul: Math.imul,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  imin: Math.min,
  imax: Math.max,
  umulHigh: (a, b) => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n),
};

const shift: Record<IntShift, (a: number, bits: number) => number> = {
  shl: (a, bits) => a << bits,
  shr: (a, bits) => a >>> bits,
  sar: (a, bits) => a >> bits,
};

const compare: Record<Compare, (a: number, b: number) => boolean> = {
  equal: (a, b) => a === b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
};

const floatHorizontal: Record<Horizontal, (a: number, b: number) => number> = {
  add: (a, b) => f(a + b),
  mul: (a, b) => f(a * b),
  min: Math.min,
  max: Math.max,
};

const intHorizontal: Record<Horizontal, (a: number, b: number) => number> = {
  add: (a, b) => (a + b) | 0,
  mul: Math.imul,
  min: Math.min,
  max: Math.max,
};

const indexBinary: Record<IndexBinary, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  min: Math.min,
  max: Math.max,
  shl: (a, b) => a << b,
  and: (a, b) => a & b,
};

function convert(value: number, toInt: boolean, signed: boolean): number {
  if (!toInt) return f(signed ? value : value >>> 0);
  const [least, most] = signed ? [-0x80000000, 0x7fffffff] : [0, 0xffffffff];
  return Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), least), most) | 0;
}

/** Runs a function with the given parameters. Masks are lanes of 0 and 1. */
export function interpret(code: VectorFunction, parameters: readonly number[], options: Interpretation): void {
  const { lanes, fused } = options;
  const memory = new DataView(options.memory);
  const values = new Map<number, readonly number[]>();
  const get = (register: Register): readonly number[] => {
    const value = values.get(register.id);
    if (value === undefined) throw new Error(`register ${register.id} is read before it is written`);
    return value;
  };
  const index = (value: Index): number => (typeof value === "number" ? value : (get(value)[0] as number));
  const setIndex = (to: Register, value: number): void => {
    values.set(to.id, [value | 0]);
  };
  const set = (to: Register, lane: (lane: number) => number): void => {
    values.set(
      to.id,
      Array.from({ length: lanes }, (_, number) => (to.kind === "float" ? f(lane(number)) : lane(number) | 0)),
    );
  };
  const map = (to: Register, sides: readonly Register[], join: (...sides: number[]) => number): void => {
    const all = sides.map(get);
    set(to, (lane) => join(...all.map((side) => side[lane] as number)));
  };
  const loadAt = (to: Register, address: number): number =>
    to.kind === "float" ? memory.getFloat32(address, true) : memory.getInt32(address, true);
  const storeAt = (from: Register, address: number, lane: number): void => {
    const value = get(from)[lane] as number;
    if (from.kind === "float") memory.setFloat32(address, value, true);
    else memory.setInt32(address, value, true);
  };

  const rules: { [O in Instruction["op"]]: (instruction: Extract<Instruction, { op: O }>) => void } = {
    floatConstant: ({ to, value }) => set(to, () => value),
    intConstant: ({ to, value }) => set(to, () => value),
    intRamp: ({ to, start, step }) => set(to, (lane) => start + lane * step),
    maskFirst: ({ to, count }) => set(to, (lane) => Number(lane < count)),
    move: ({ to, a }) => map(to, [a], (x) => x),
    unary: ({ kind, to, a }) => map(to, [a], unary[kind]),
    binary: ({ kind, to, a, b }) => map(to, [a, b], binary[kind]),
    multiplyAdd: ({ to, a, b, c }) =>
      map(to, [a, b, c], (x, y, z) => (fused ? fusedMultiplyAdd(x, y, z) : f(x * y) + z)),
    negMultiplyAdd: ({ to, a, b, c }) =>
      map(to, [a, b, c], (x, y, z) => (fused ? fusedMultiplyAdd(-x, y, z) : z - f(x * y))),
    intBinary: ({ kind, to, a, b }) => map(to, [a, b], intBinary[kind]),
    intShift: ({ kind, to, a, bits }) => map(to, [a], (x) => shift[kind](x, bits)),
    compare: ({ kind, to, a, b }) => map(to, [a, b], (x, y) => Number(compare[kind](x, y))),
    intCompare: ({ kind, signed, to, a, b }) =>
      map(to, [a, b], (x, y) => Number(signed ? compare[kind](x, y) : compare[kind](x >>> 0, y >>> 0))),
    maskBinary: ({ kind, to, a, b }) => map(to, [a, b], intBinary[kind]),
    maskNot: ({ to, a }) => map(to, [a], (x) => 1 - x),
    select: ({ to, mask, a, b }) => map(to, [mask, a, b], (m, x, y) => (m === 1 ? x : y)),
    bitcast: ({ to, a }) => map(to, [a], a.kind === "float" ? floatBits : bitsFloat),
    convert: ({ to, a, signed }) => map(to, [a], (x) => convert(x, a.kind === "float", signed)),
    splatIndex: ({ to, a }) => set(to, () => index(a)),
    firstLane: ({ to, a }) => setIndex(to, get(a)[0] as number),
    load: ({ to, base, offset }) => set(to, (lane) => loadAt(to, index(base) + offset + 4 * lane)),
    loadSplat: ({ to, base, offset }) => set(to, () => loadAt(to, index(base) + offset)),
    loadStrided: ({ to, base, offset, stride, lanes: used }) =>
      set(to, (lane) => (lane < used ? loadAt(to, index(base) + offset + stride * lane) : 0)),
    loadIndexed: ({ to, base, indices, lanes: used }) => {
      const positions = get(indices);
      set(to, (lane) => (lane < used ? loadAt(to, index(base) + 4 * (positions[lane] as number)) : 0));
    },
    store: ({ from, base, offset, lanes: used }) => {
      for (let lane = 0; lane < used; lane++) storeAt(from, index(base) + offset + 4 * lane, lane);
    },
    storeStrided: ({ from, base, offset, stride, lanes: used }) => {
      for (let lane = 0; lane < used; lane++) storeAt(from, index(base) + offset + stride * lane, lane);
    },
    horizontal: ({ kind, to, a }) => {
      const join = (a.kind === "float" ? floatHorizontal : intHorizontal)[kind];
      let rest = [...get(a)];
      while (rest.length > 1) {
        const half = rest.length / 2;
        rest = rest.slice(0, half).map((value, lane) => join(value, rest[lane + half] as number));
      }
      set(to, () => rest[0] as number);
    },
    splatLane: ({ to, a, lane: from }) => {
      const value = get(a)[from] as number;
      set(to, () => value);
    },
    transpose: ({ registers }) => {
      const rows = registers.map(get);
      registers.forEach((register, row) => {
        set(register, (lane) => (rows[lane] as readonly number[])[row] as number);
      });
    },
    prefetch: () => {},
    interleaveBlocks: ({ registers }) => {
      const row = registers.flatMap(get);
      registers.forEach((register, number) => {
        set(register, (lane) => {
          const block =
            (Math.floor((number * lanes + lane) / 4) % 4) * (lanes / 4) + Math.floor((number * lanes + lane) / 16);
          return row[block * 4 + (lane % 4)] as number;
        });
      });
    },
    index: ({ kind, to, a, b }) => setIndex(to, indexBinary[kind](index(a), index(b))),
    indexMove: ({ to, a }) => setIndex(to, index(a)),
    loop: ({ counter, from, to, step, body }) => {
      const limit = index(to);
      for (let turn = index(from); turn < limit; turn += step) {
        setIndex(counter, turn);
        run(body);
      }
    },
    if: ({ compare: kind, a, b, then, otherwise }) => run(compare[kind](index(a), index(b)) ? then : otherwise),
  };
  const run = (body: readonly Instruction[]): void => {
    for (const instruction of body) (rules[instruction.op] as (instruction: Instruction) => void)(instruction);
  };
  code.parameters.forEach((parameter, position) => {
    setIndex(parameter, parameters[position] as number);
  });
  run(code.body);
}
