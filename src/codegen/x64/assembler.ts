import { baseExtension, GeneralAssembler, indexExtension, refuse } from "./general-assembler.ts";
import { text, type VectorOptions, vectorText } from "./listing.ts";
import { type General, lowName, type Mask, type Memory, type Vector } from "./registers.ts";
import { checkVector, hasHigh, isHigh, type Operand, widthOf } from "./vector-checks.ts";
import { extentBytes, type VectorName, type VectorSpec, vectorTable } from "./vector-table.ts";

export type { VectorOptions } from "./listing.ts";

/** The parts of an instruction that its prefix needs. */
type Opcode = Pick<VectorSpec, "map" | "prefix" | "opcode">;

const NO_OPTIONS: VectorOptions = {};
const MASK_BINARY = { and: 0x41, or: 0x45, xor: 0x47, xnor: 0x46, andn: 0x42 } as const;

const GATHER: Opcode = { map: 2, prefix: 1, opcode: 0x92 };
const SCATTER: Opcode = { map: 2, prefix: 1, opcode: 0xa2 };
const SPREAD: Opcode = { map: 2, prefix: 1, opcode: 0x7c };
const SHIFT_BY_REGISTER: Opcode = { map: 2, prefix: 1, opcode: 0xf7 };

/** Also writes vector instructions: with the shorter VEX prefix if possible, else with EVEX (AVX-512). */
export class Assembler extends GeneralAssembler {
  /** An instruction from the table; operands in Intel's order, destination first.
   *  @throws GradusError `bad-argument` if there is no such instruction with these operands and options. */
  vector(name: VectorName, operands: readonly Operand[], options: VectorOptions = NO_OPTIONS): void {
    const spec: VectorSpec = vectorTable[name];
    const { layout } = spec;
    const bits = widthOf(name, spec, operands);
    const place = operands[layout.place] as Operand;
    const isBroadcast = place.kind === "memory" && place.broadcast === true;
    const isEvex =
      spec.vex === undefined ||
      bits === 512 ||
      options.mask !== undefined ||
      isBroadcast ||
      // VEX shifts by an immediate take no memory
      (layout.register < 0 && place.kind === "memory") ||
      hasHigh(operands) ||
      (operands[0] as Operand).kind === "mask";
    checkVector(name, spec, isEvex, bits, operands, options);
    if (this.code.listing) this.#list(name, isEvex, bits, operands, options);

    const register = layout.register < 0 ? spec.digit : codeOf(operands[layout.register]);
    const second = layout.second < 0 ? 0 : codeOf(operands[layout.second]);
    const last = options.selector !== undefined ? options.selector.code << 4 : options.immediate;
    const trailing = last === undefined ? 0 : 1;
    if (isEvex) {
      const wide = spec.evex ?? 0;
      this.#evex(spec, wide, register, second, place, bits, isBroadcast, options.mask?.code, options.zero);
      this.operand(register, place, extentBytes(spec.extent, bits, isBroadcast), trailing);
    } else {
      this.#vex(spec, spec.vex ?? 0, register, second, place, bits);
      this.operand(register, place, 1, trailing);
    }
    if (last !== undefined) this.code.byte(last);
  }

  /** One 32-bit value from a general register into lane 0; the other lanes become zero. */
  vmovd(to: Vector, from: General): void {
    this.code.line(() => `vmovd ${to.name},${lowName(from)}`);
    this.#exchange(0x6e, to, from);
  }

  /** Lane 0 into a general register, whose upper half becomes zero. */
  vmovdToGeneral(to: General, from: Vector): void {
    this.code.line(() => `vmovd ${lowName(to)},${from.name}`);
    this.#exchange(0x7e, from, to);
  }

  /** One 32-bit value from a general register into every lane (AVX-512). */
  vpbroadcastdGeneral(to: Vector, from: General): void {
    this.code.line(() => `vpbroadcastd ${to.name},${lowName(from)}`);
    this.#evex(SPREAD, 0, to.code, 0, from, to.bits, false);
    this.operand(to.code, from, 1, 0);
  }

  /** Lane l from base + index lane l * scale. AVX2 loads the lanes whose sign bit is set in `selected`, AVX-512 those of a mask. The
   *  instruction clears the selector; the other lanes keep their values. All registers must be different. */
  vgatherdps(to: Vector, place: Memory, selected: Vector | Mask): void {
    const index = indexOf(place, to, selected);
    if (index.code === to.code) refuse("vgatherdps cannot overwrite its own index", { to, index });
    if (selected.kind === "mask") {
      this.code.line(() => `vgatherdps ${to.name}{${selected.name}},${text(place, 4)}`);
      this.#evex(GATHER, 0, to.code, 0, place, to.bits, false, selected.code);
      this.operand(to.code, place, 4, 0);
      return;
    }
    if (isHigh(to) || isHigh(selected) || isHigh(index) || to.bits === 512 || selected.bits !== to.bits) {
      refuse("vgatherdps by a vector needs registers below 16 of one width", { to, index, selected });
    }
    if (selected.code === to.code || selected.code === index.code) {
      refuse("vgatherdps clears its selector, which must differ from the other operands", { to, index, selected });
    }
    this.code.line(() => `vgatherdps ${to.name},${text(place, 4)},${selected.name}`);
    this.#vex(GATHER, 0, to.code, selected.code, place, to.bits);
    this.operand(to.code, place, 1, 0);
  }

  /** Lane l to base + index lane l * scale, for the lanes of a mask, which is cleared (AVX-512). */
  vscatterdps(place: Memory, from: Vector, selected: Mask): void {
    indexOf(place, from, selected);
    this.code.line(() => `vscatterdps ${text(place, 4)}{${selected.name}},${from.name}`);
    this.#evex(SCATTER, 0, from.code, 0, place, from.bits, false, selected.code);
    this.operand(from.code, place, 4, 0);
  }

  /** to = from << by, 64 bits (BMI2, which every processor with AVX2 has). */
  shlx(to: General, from: General, by: General): void {
    this.code.line(() => `shlx ${to.name},${from.name},${by.name}`);
    this.#vex(SHIFT_BY_REGISTER, 1, to.code, by.code, from, 128);
    this.operand(to.code, from, 1, 0);
  }

  /** Zeroes the upper halves of all vector registers: otherwise code with legacy prefixes is slow. */
  vzeroupper(): void {
    this.code.line(() => "vzeroupper");
    this.code.append([0xc5, 0xf8, 0x77]);
  }

  // Mask registers, 16 lanes -----------------------------------------------------------------------------------------

  kmovFromGeneral(to: Mask, from: General): void {
    this.code.line(() => `kmovw ${to.name},${lowName(from)}`);
    this.#maskOperation(0x92, to.code, 0, from);
  }
  kmovToGeneral(to: General, from: Mask): void {
    this.code.line(() => `kmovw ${lowName(to)},${from.name}`);
    this.#maskOperation(0x93, to.code, 0, from);
  }
  kmov(to: Mask, from: Mask): void {
    this.code.line(() => `kmovw ${to.name},${from.name}`);
    this.#maskOperation(0x90, to.code, 0, from);
  }
  kload(to: Mask, from: Memory): void {
    this.code.line(() => `kmovw ${to.name},${text(from, 2)}`);
    this.#maskOperation(0x90, to.code, 0, from);
  }
  kstore(to: Memory, from: Mask): void {
    this.code.line(() => `kmovw ${text(to, 2)},${from.name}`);
    this.#maskOperation(0x91, from.code, 0, to);
  }
  knot(to: Mask, from: Mask): void {
    this.code.line(() => `knotw ${to.name},${from.name}`);
    this.#maskOperation(0x44, to.code, 0, from);
  }
  kbinary(kind: keyof typeof MASK_BINARY, to: Mask, a: Mask, b: Mask): void {
    this.code.line(() => `k${kind}w ${to.name},${a.name},${b.name}`);
    this.#maskOperation(MASK_BINARY[kind], to.code, a.code, b, 256);
  }

  #list(name: VectorName, isEvex: boolean, bits: number, operands: readonly Operand[], options: VectorOptions): void {
    this.code.line(() => vectorText(name, vectorTable[name], isEvex, bits, operands, options));
  }

  // Prefixes ---------------------------------------------------------------------------------------------------------

  #exchange(opcode: number, vector: Vector, general: General): void {
    if (vector.bits !== 128) refuse(`vmovd works on xmm registers, got ${vector.name}`, { vector });
    const parts: Opcode = { map: 1, prefix: 1, opcode };
    if (isHigh(vector)) this.#evex(parts, 0, vector.code, 0, general, 128, false);
    else this.#vex(parts, 0, vector.code, 0, general, 128);
    this.operand(vector.code, general, 1, 0);
  }

  #maskOperation(opcode: number, register: number, second: number, place: General | Mask | Memory, bits = 128): void {
    this.#vex({ map: 1, prefix: 0, opcode }, 0, register, second, place, bits);
    this.operand(register, place, 1, 0);
  }

  #vex(spec: Opcode, wide: 0 | 1, register: number, second: number, place: Operand, bits: number): void {
    const { code } = this;
    const base = baseExtension(place);
    const index = indexExtension(place);
    // extensions and the second operand are encoded inverted
    const outer = ((~register >> 3) & 1) << 7;
    const last = ((~second & 15) << 3) | (bits === 256 ? 4 : 0) | spec.prefix;
    if (spec.map === 1 && wide === 0 && base === 0 && index === 0) {
      code.byte(0xc5);
      code.byte(outer | last);
    } else {
      code.byte(0xc4);
      code.byte(outer | ((index ^ 1) << 6) | ((base ^ 1) << 5) | spec.map);
      code.byte((wide << 7) | last);
    }
    code.byte(spec.opcode);
  }

  #evex(
    spec: Opcode,
    wide: 0 | 1,
    register: number,
    second: number,
    place: Operand,
    bits: number,
    isBroadcast: boolean,
    mask = 0,
    zero = false,
  ): void {
    const { code } = this;
    const base = baseExtension(place);
    // the fifth bit of a register in the place of memory is encoded where an index has its fourth
    const x = place.kind === "vector" ? place.code >> 4 : indexExtension(place);
    // the fifth bit of a vector index is encoded where the second operand has its own
    const vectorIndex = place.kind === "memory" && place.index?.kind === "vector" ? place.index.code >> 4 : 0;
    const high = (second >> 4) | vectorIndex;
    const length = bits === 512 ? 2 : bits === 256 ? 1 : 0;
    code.byte(0x62);
    code.byte(
      ((~(register >> 3) & 1) << 7) | ((x ^ 1) << 6) | ((base ^ 1) << 5) | ((~(register >> 4) & 1) << 4) | spec.map,
    );
    code.byte((wide << 7) | ((~second & 15) << 3) | 4 | spec.prefix);
    code.byte((zero ? 0x80 : 0) | (length << 5) | (isBroadcast ? 0x10 : 0) | ((high ^ 1) << 3) | mask);
    code.byte(spec.opcode);
  }
}

function codeOf(operand: Operand | undefined): number {
  return operand !== undefined && operand.kind !== "memory" ? operand.code : 0;
}

/** The vector of offsets of a gather or scatter. */
function indexOf(place: Memory, lanes: Vector, selected: Vector | Mask): Vector {
  const { index } = place;
  if (index?.kind !== "vector" || index.bits !== lanes.bits || place.broadcast === true) {
    return refuse(`gathers and scatters of ${lanes.name} need an index vector of its width`, { place, lanes });
  }
  if (selected.kind === "mask" && selected.code === 0) refuse("gathers and scatters cannot use k0", { selected });
  return index;
}
