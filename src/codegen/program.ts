/** Vector programs: the language of all kernels, the same for every target.
 *
 *  A program is a list of functions over virtual registers, with structured loops. Registers are mutable and of four kinds:
 *  `float` and `int` hold `lanes` 32-bit lanes, `mask` holds `lanes` booleans, `index` holds one integer (a byte address or a count) of 32 or 64
 *  bits, like the target's addresses; values beyond 32 bits must be addresses.
 *  A target states its lane count, from which the templates choose tile sizes; everything else about the machine stays in the emitter.
 *  Memory is one flat byte-addressed space. Buffers are 64-byte aligned and padded to 64 bytes, so a full-width load may run past the end
 *  of a buffer (its surplus lanes hold garbage). A store must not: `lanes` limits it. */

export type RegisterKind = "float" | "int" | "mask" | "index";

export interface Register {
  readonly id: number;
  readonly kind: RegisterKind;
}

/** An index register or a constant. */
export type Index = Register | number;

export type FloatUnary = "neg" | "abs" | "sqrt" | "floor" | "ceil" | "trunc" | "nearest";
export type FloatBinary = "add" | "sub" | "mul" | "div" | "min" | "max";
/** min and max return NaN if either side is NaN (as wasm's f32x4.min). `fastMin`, `fastMax` need not (a < b ? a : b). */
export type FastBinary = "fastMin" | "fastMax";
export type IntBinary = "iadd" | "isub" | "imul" | "and" | "or" | "xor" | "imin" | "imax" | "umulHigh";
export type IntShift = "shl" | "shr" | "sar";
export type Compare = "equal" | "less" | "lessEqual";
export type IndexBinary = "add" | "sub" | "mul" | "div" | "rem" | "min" | "max" | "shl" | "and";
export type Horizontal = "add" | "mul" | "min" | "max";

export type Instruction =
  | { readonly op: "floatConstant"; readonly to: Register; readonly value: number }
  | { readonly op: "intConstant"; readonly to: Register; readonly value: number }
  /** lane l holds start + l * step */
  | { readonly op: "intRamp"; readonly to: Register; readonly start: number; readonly step: number }
  /** true in the first `count` lanes */
  | { readonly op: "maskFirst"; readonly to: Register; readonly count: number }
  | { readonly op: "move"; readonly to: Register; readonly a: Register }
  | { readonly op: "unary"; readonly kind: FloatUnary; readonly to: Register; readonly a: Register }
  | {
      readonly op: "binary";
      readonly kind: FloatBinary | FastBinary;
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
    }
  /** to = a * b + c, rounded once if the target fuses it, otherwise twice */
  | {
      readonly op: "multiplyAdd";
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
      readonly c: Register;
    }
  /** to = c - a * b */
  | {
      readonly op: "negMultiplyAdd";
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
      readonly c: Register;
    }
  | {
      readonly op: "intBinary";
      readonly kind: IntBinary;
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
    }
  | {
      readonly op: "intShift";
      readonly kind: IntShift;
      readonly to: Register;
      readonly a: Register;
      readonly bits: number;
    }
  | {
      readonly op: "compare";
      readonly kind: Compare;
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
    }
  | {
      readonly op: "intCompare";
      readonly kind: Compare;
      readonly signed: boolean;
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
    }
  | {
      readonly op: "maskBinary";
      readonly kind: "and" | "or" | "xor";
      readonly to: Register;
      readonly a: Register;
      readonly b: Register;
    }
  | { readonly op: "maskNot"; readonly to: Register; readonly a: Register }
  /** to = mask ? a : b, lane by lane; floats or ints, both of one kind */
  | {
      readonly op: "select";
      readonly to: Register;
      readonly mask: Register;
      readonly a: Register;
      readonly b: Register;
    }
  /** same bits, other kind (float <-> int) */
  | { readonly op: "bitcast"; readonly to: Register; readonly a: Register }
  /** numeric conversion: int -> float; float -> int truncates and saturates, NaN gives 0 */
  | { readonly op: "convert"; readonly to: Register; readonly a: Register; readonly signed: boolean }
  /** one index into every lane of an int */
  | { readonly op: "splatIndex"; readonly to: Register; readonly a: Register }
  /** lane 0 of an int as an index */
  | { readonly op: "firstLane"; readonly to: Register; readonly a: Register }
  /** full-width load of consecutive elements at base + offset bytes */
  | { readonly op: "load"; readonly to: Register; readonly base: Register; readonly offset: number }
  /** one element into every lane */
  | { readonly op: "loadSplat"; readonly to: Register; readonly base: Register; readonly offset: number }
  /** lane l from base + offset + l * stride bytes, for the first `lanes` lanes; the others are zero */
  | {
      readonly op: "loadStrided";
      readonly to: Register;
      readonly base: Register;
      readonly offset: number;
      readonly stride: number;
      readonly lanes: number;
    }
  /** lane l from base + indices[l] * 4 bytes, for the first `lanes` lanes; the others are zero */
  | {
      readonly op: "loadIndexed";
      readonly to: Register;
      readonly base: Register;
      readonly indices: Register;
      readonly lanes: number;
    }
  /** the first `lanes` lanes to consecutive elements */
  | {
      readonly op: "store";
      readonly from: Register;
      readonly base: Register;
      readonly offset: number;
      readonly lanes: number;
    }
  /** lane l to base + offset + l * stride bytes, for the first `lanes` lanes */
  | {
      readonly op: "storeStrided";
      readonly from: Register;
      readonly base: Register;
      readonly offset: number;
      readonly stride: number;
      readonly lanes: number;
    }
  /** a hint that the line at base + offset will be read soon; any address is allowed */
  | { readonly op: "prefetch"; readonly base: Register; readonly offset: number }
  /** all lanes combined in a fixed order, the result in every lane */
  | { readonly op: "horizontal"; readonly kind: Horizontal; readonly to: Register; readonly a: Register }
  /** one lane into every lane */
  | { readonly op: "splatLane"; readonly to: Register; readonly a: Register; readonly lane: number }
  /** `lanes` registers as rows of a square, transposed in place: rows become columns */
  | { readonly op: "transpose"; readonly registers: readonly Register[] }
  /** four registers as one row of blocks of four lanes, in place: block k of the result is block floor(k / 4) of register k mod 4 */
  | { readonly op: "interleaveBlocks"; readonly registers: readonly Register[] }
  | { readonly op: "index"; readonly kind: IndexBinary; readonly to: Register; readonly a: Index; readonly b: Index }
  | { readonly op: "indexMove"; readonly to: Register; readonly a: Index }
  /** for (counter = from; counter < to; counter += step) body; the bounds are read once */
  | {
      readonly op: "loop";
      readonly counter: Register;
      readonly from: Index;
      readonly to: Index;
      readonly step: number;
      readonly body: readonly Instruction[];
    }
  | {
      readonly op: "if";
      readonly compare: "less" | "equal";
      readonly a: Index;
      readonly b: Index;
      readonly then: readonly Instruction[];
      readonly otherwise: readonly Instruction[];
    };

/** One kernel's code. Parameters are index registers: addresses first, then the range [begin, end) of work items. */
export interface VectorFunction {
  readonly name: string;
  readonly parameters: readonly Register[];
  readonly registerCount: number;
  readonly body: readonly Instruction[];
}

/** A call with fixed addresses. Its work items [0, items) are divided into equal chunks of whole grains, one per thread. */
export interface KernelCall {
  readonly function: number;
  readonly addresses: readonly number[];
  readonly items: number;
  /** a thread's chunk is a multiple of this many items */
  readonly grain: number;
  /** every thread must have finished all earlier calls before this one starts */
  readonly barrierBefore: boolean;
  /** for listings and profiles */
  readonly label: string;
}

/** A compiled step: functions, and the calls that every thread executes in order. */
export interface VectorProgram {
  readonly lanes: number;
  readonly functions: readonly VectorFunction[];
  readonly calls: readonly KernelCall[];
}

/** What a template may know about its target machine. */
export interface Target {
  readonly name: "wasm128" | "wasmScalar" | "avx2" | "avx512";
  readonly lanes: number;
  /** vector registers that a kernel may keep live without spilling */
  readonly registers: number;
  readonly fusedMultiplyAdd: boolean;
  /** the machine replaces float results and operands below 2^-126 in magnitude by 0 */
  readonly flushesSubnormals: boolean;
  /** bytes of the second-level cache of a core. Default 1 MiB */
  readonly secondLevelBytes?: number;
}
