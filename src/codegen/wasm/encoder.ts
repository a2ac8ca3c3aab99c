/** Bytes of WebAssembly modules (WebAssembly Core Specification 2.0, threads and relaxed SIMD proposals). */
export class ByteWriter {
  private buffer = new Uint8Array(1024);
  private size = 0;

  get length(): number {
    return this.size;
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.size);
  }

  private reserve(count: number): void {
    if (this.size + count <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.size + count));
    larger.set(this.bytes());
    this.buffer = larger;
  }

  byte(value: number): this {
    this.reserve(1);
    this.buffer[this.size++] = value;
    return this;
  }

  append(bytes: ArrayLike<number>): this {
    const count = bytes.length;
    this.reserve(count);
    // most pieces are an opcode of one to three bytes, for which a loop is much faster than TypedArray.set
    if (count > 16) this.buffer.set(bytes, this.size);
    else for (let index = 0; index < count; index++) this.buffer[this.size + index] = bytes[index] as number;
    this.size += count;
    return this;
  }

  /** Unsigned LEB128 of a whole number in [0, 2^32). */
  unsigned(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** Signed LEB128 of a number's low 32 bits. */
  signed(value: number): this {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    return this.byte(rest & 0x7f);
  }

  float32(value: number): this {
    return this.append(new Uint8Array(new Float32Array([value]).buffer));
  }

  float64(value: number): this {
    return this.append(new Uint8Array(new Float64Array([value]).buffer));
  }

  string(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.unsigned(bytes.length).append(bytes);
  }

  /** A byte count, then the bytes from `write`: the frame of sections and function bodies. */
  sized(write: (inner: ByteWriter) => void): this {
    const inner = new ByteWriter();
    write(inner);
    return this.unsigned(inner.length).append(inner.bytes());
  }

  /** An element count, then the elements. */
  vector<T>(items: readonly T[], write: (item: T, writer: this) => void): this {
    this.unsigned(items.length);
    for (const item of items) write(item, this);
    return this;
  }
}

export const section = { custom: 0, type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

export const valueType = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = (typeof valueType)[keyof typeof valueType];

export const FUNCTION_TYPE = 0x60;
export const EMPTY_BLOCK = 0x40;

/** An instruction's opcode bytes: one byte, or a prefix and a LEB128 number. */
export type Opcode = readonly number[];

function plain(code: number): Opcode {
  return [code];
}
/** Saturating conversions and bulk memory. */
function miscellaneous(code: number): Opcode {
  return [0xfc, code];
}
function simd(code: number): Opcode {
  return code < 0x80 ? [0xfd, code] : [0xfd, (code & 0x7f) | 0x80, code >> 7];
}
function atomic(code: number): Opcode {
  return [0xfe, code];
}

export const opcode = {
  // control
  block: plain(0x02),
  loop: plain(0x03),
  if: plain(0x04),
  else: plain(0x05),
  end: plain(0x0b),
  br: plain(0x0c),
  brIf: plain(0x0d),
  return: plain(0x0f),
  call: plain(0x10),
  drop: plain(0x1a),
  select: plain(0x1b),
  // variables, memory, constants
  localGet: plain(0x20),
  localSet: plain(0x21),
  localTee: plain(0x22),
  i32Load: plain(0x28),
  f32Load: plain(0x2a),
  i32Store: plain(0x36),
  f32Store: plain(0x38),
  i32Const: plain(0x41),
  i64Const: plain(0x42),
  f32Const: plain(0x43),
  f64Const: plain(0x44),
  // i32
  i32Eqz: plain(0x45),
  i32Eq: plain(0x46),
  i32Ne: plain(0x47),
  i32LtS: plain(0x48),
  i32LtU: plain(0x49),
  i32GtS: plain(0x4a),
  i32LeS: plain(0x4c),
  i32LeU: plain(0x4d),
  i32Add: plain(0x6a),
  i32Sub: plain(0x6b),
  i32Mul: plain(0x6c),
  i32DivS: plain(0x6d),
  i32RemS: plain(0x6f),
  i32And: plain(0x71),
  i32Or: plain(0x72),
  i32Xor: plain(0x73),
  i32Shl: plain(0x74),
  i32ShrS: plain(0x75),
  i32ShrU: plain(0x76),
  // i64, for the high half of a product
  i64Mul: plain(0x7e),
  i64ShrU: plain(0x88),
  i32WrapI64: plain(0xa7),
  i64ExtendI32U: plain(0xad),
  // f32
  f32Eq: plain(0x5b),
  f32Lt: plain(0x5d),
  f32Gt: plain(0x5e),
  f32Le: plain(0x5f),
  f32Abs: plain(0x8b),
  f32Neg: plain(0x8c),
  f32Ceil: plain(0x8d),
  f32Floor: plain(0x8e),
  f32Trunc: plain(0x8f),
  f32Nearest: plain(0x90),
  f32Sqrt: plain(0x91),
  f32Add: plain(0x92),
  f32Sub: plain(0x93),
  f32Mul: plain(0x94),
  f32Div: plain(0x95),
  f32Min: plain(0x96),
  f32Max: plain(0x97),
  f32ConvertI32S: plain(0xb2),
  f32ConvertI32U: plain(0xb3),
  i32ReinterpretF32: plain(0xbc),
  f32ReinterpretI32: plain(0xbe),
  i32TruncSatF32S: miscellaneous(0),
  i32TruncSatF32U: miscellaneous(1),
  // v128
  v128Load: simd(0),
  v128Load32Splat: simd(9),
  v128Store: simd(11),
  v128Const: simd(12),
  i8x16Shuffle: simd(13),
  i32x4Splat: simd(17),
  f32x4Splat: simd(19),
  i32x4ExtractLane: simd(27),
  i32x4Eq: simd(55),
  i32x4LtS: simd(57),
  i32x4LtU: simd(58),
  i32x4LeS: simd(61),
  i32x4LeU: simd(62),
  f32x4Eq: simd(65),
  f32x4Lt: simd(67),
  f32x4Le: simd(69),
  v128Not: simd(77),
  v128And: simd(78),
  v128Or: simd(80),
  v128Xor: simd(81),
  v128Bitselect: simd(82),
  v128Store32Lane: simd(90),
  v128Store64Lane: simd(91),
  v128Load32Lane: simd(86),
  v128Load32Zero: simd(92),
  f32x4Ceil: simd(103),
  f32x4Floor: simd(104),
  f32x4Trunc: simd(105),
  f32x4Nearest: simd(106),
  i32x4Shl: simd(171),
  i32x4ShrS: simd(172),
  i32x4ShrU: simd(173),
  i32x4Add: simd(174),
  i32x4Sub: simd(177),
  i32x4Mul: simd(181),
  i32x4MinS: simd(182),
  i32x4MaxS: simd(184),
  i64x2ExtmulLowI32x4U: simd(222),
  i64x2ExtmulHighI32x4U: simd(223),
  f32x4Abs: simd(224),
  f32x4Neg: simd(225),
  f32x4Sqrt: simd(227),
  f32x4Add: simd(228),
  f32x4Sub: simd(229),
  f32x4Mul: simd(230),
  f32x4Div: simd(231),
  f32x4Min: simd(232),
  f32x4Max: simd(233),
  f32x4Pmin: simd(234),
  f32x4Pmax: simd(235),
  i32x4TruncSatF32x4S: simd(248),
  i32x4TruncSatF32x4U: simd(249),
  f32x4ConvertI32x4S: simd(250),
  f32x4ConvertI32x4U: simd(251),
  f32x4RelaxedMadd: simd(0x105),
  f32x4RelaxedNmadd: simd(0x106),
  // threads
  atomicNotify: atomic(0x00),
  atomicWait32: atomic(0x01),
  i32AtomicLoad: atomic(0x10),
  i32AtomicStore: atomic(0x17),
  i32AtomicAdd: atomic(0x1e),
} as const satisfies Record<string, Opcode>;
