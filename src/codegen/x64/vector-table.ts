/** How an instruction's operands are encoded (r: the register field, v: the field of the prefix, m: register or memory):
 *  rvm dst, a, b · rm dst, a · mr place, a · mvr place, lanes, a · vm dst, a (by an immediate; the register field holds the digit).
 *  An `i` means an immediate byte at the end, an `s` a register in its upper half. */
export type Form = "rvm" | "rm" | "mr" | "mvr" | "rvmi" | "rmi" | "mri" | "vmi" | "rvms";

/** Positions of a form's operands; -1 if it has none. */
export interface Layout {
  readonly operands: number;
  readonly register: number;
  readonly second: number;
  readonly place: number;
  /** the operand that gives the instruction its width: always a vector */
  readonly width: number;
  readonly immediate: boolean;
  readonly selector: boolean;
}

function layout(operands: number, register: number, second: number, place: number, width: number): Layout {
  return { operands, register, second, place, width, immediate: false, selector: false };
}

// if both are vectors, the first source gives the width, because a comparison's destination may be a mask
const RVM = layout(3, 0, 1, 2, 1);
const RM = layout(2, 0, -1, 1, 0);
const MR = layout(2, 1, -1, 0, 1);
const LAYOUTS: Readonly<Record<Form, Layout>> = {
  rvm: RVM,
  rm: RM,
  mr: MR,
  mvr: layout(3, 2, 1, 0, 2),
  rvmi: { ...RVM, immediate: true },
  rmi: { ...RM, immediate: true },
  mri: { ...MR, immediate: true },
  vmi: { ...layout(2, -1, 0, 1, 0), immediate: true },
  rvms: { ...RVM, selector: true },
};

/** Size of the memory operand, which determines the unit of an EVEX displacement. `full`: a vector, or one broadcast element. */
export type Extent = "full" | "whole" | "scalar" | "double" | "quarter" | "half";

interface Traits {
  readonly digit: number;
  /** the W bit of each encoding; undefined if the encoding does not exist */
  readonly vex: 0 | 1 | undefined;
  readonly evex: 0 | 1 | undefined;
  /** the name of the EVEX form in listings, if different */
  readonly evexName: string | undefined;
  /** in bits, joined by `|` */
  readonly widths: number;
  /** what the operand that may be memory must be */
  readonly place: "either" | "memory" | "general";
  /** the EVEX form writes a mask register */
  readonly intoMask: boolean;
  /** the EVEX form supports masking of lanes */
  readonly maskable: boolean;
}

export interface VectorSpec extends Traits {
  readonly layout: Layout;
  /** opcode map: 1 is 0F, 2 is 0F38, 3 is 0F3A */
  readonly map: 1 | 2 | 3;
  /** 0 none, 1 is 66, 2 is F3, 3 is F2 */
  readonly prefix: 0 | 1 | 2 | 3;
  readonly opcode: number;
  readonly extent: Extent;
}

const FROM_256 = 256 | 512;

/** An instruction with both encodings, W = 0, of all widths. */
function both(
  form: Form,
  map: VectorSpec["map"],
  prefix: VectorSpec["prefix"],
  opcode: number,
  extent: Extent = "full",
  traits: Partial<Traits> = {},
): VectorSpec {
  return {
    layout: LAYOUTS[form],
    map,
    prefix,
    opcode,
    extent,
    digit: 0,
    vex: 0,
    evex: 0,
    evexName: undefined,
    widths: 128 | 256 | 512,
    place: "either",
    intoMask: false,
    maskable: true,
    ...traits,
  };
}

function onlyVex(
  form: Form,
  map: VectorSpec["map"],
  prefix: VectorSpec["prefix"],
  opcode: number,
  traits: Partial<Traits> = {},
): VectorSpec {
  return both(form, map, prefix, opcode, "whole", { evex: undefined, maskable: false, ...traits });
}

function onlyEvex(
  form: Form,
  map: VectorSpec["map"],
  prefix: VectorSpec["prefix"],
  opcode: number,
  extent: Extent = "full",
  traits: Partial<Traits> = {},
): VectorSpec {
  return both(form, map, prefix, opcode, extent, { vex: undefined, ...traits });
}

/** Every emitted vector instruction. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2. */
export const vectorTable = {
  // floats
  vaddps: both("rvm", 1, 0, 0x58),
  vsubps: both("rvm", 1, 0, 0x5c),
  vmulps: both("rvm", 1, 0, 0x59),
  vdivps: both("rvm", 1, 0, 0x5e),
  vminps: both("rvm", 1, 0, 0x5d),
  vmaxps: both("rvm", 1, 0, 0x5f),
  vsqrtps: both("rm", 1, 0, 0x51),
  vroundps: both("rmi", 3, 1, 0x08, "full", { evexName: "vrndscaleps" }),
  vfmadd132ps: both("rvm", 2, 1, 0x98),
  vfmadd213ps: both("rvm", 2, 1, 0xa8),
  vfmadd231ps: both("rvm", 2, 1, 0xb8),
  vfnmadd132ps: both("rvm", 2, 1, 0x9c),
  vfnmadd213ps: both("rvm", 2, 1, 0xac),
  vfnmadd231ps: both("rvm", 2, 1, 0xbc),
  // ints
  vpaddd: both("rvm", 1, 1, 0xfe),
  vpsubd: both("rvm", 1, 1, 0xfa),
  vpmulld: both("rvm", 2, 1, 0x40),
  vpmuludq: both("rvm", 1, 1, 0xf4, "whole", { evex: 1 }),
  vpminsd: both("rvm", 2, 1, 0x39),
  vpmaxsd: both("rvm", 2, 1, 0x3d),
  vpminud: both("rvm", 2, 1, 0x3b),
  vpmaxud: both("rvm", 2, 1, 0x3f),
  vpand: both("rvm", 1, 1, 0xdb, "full", { evexName: "vpandd" }),
  vpandn: both("rvm", 1, 1, 0xdf, "full", { evexName: "vpandnd" }),
  vpor: both("rvm", 1, 1, 0xeb, "full", { evexName: "vpord" }),
  vpxor: both("rvm", 1, 1, 0xef, "full", { evexName: "vpxord" }),
  vpslld: both("vmi", 1, 1, 0x72, "full", { digit: 6 }),
  vpsrld: both("vmi", 1, 1, 0x72, "full", { digit: 2 }),
  vpsrad: both("vmi", 1, 1, 0x72, "full", { digit: 4 }),
  vpsrlq: both("vmi", 1, 1, 0x73, "whole", { digit: 2, evex: 1 }),
  // comparisons and choices
  vcmpps: both("rvmi", 1, 0, 0xc2, "full", { intoMask: true }),
  vpcmpeqd: onlyVex("rvm", 1, 1, 0x76, { widths: 128 | 256 }),
  vpcmpgtd: onlyVex("rvm", 1, 1, 0x66, { widths: 128 | 256 }),
  vpcmpd: onlyEvex("rvmi", 3, 1, 0x1f, "full", { intoMask: true }),
  vpcmpud: onlyEvex("rvmi", 3, 1, 0x1e, "full", { intoMask: true }),
  vblendvps: onlyVex("rvms", 3, 1, 0x4a, { widths: 128 | 256 }),
  vblendmps: onlyEvex("rvm", 2, 1, 0x65),
  vpternlogd: onlyEvex("rvmi", 3, 1, 0x25),
  // conversions
  vcvtdq2ps: both("rm", 1, 0, 0x5b),
  vcvttps2dq: both("rm", 1, 2, 0x5b),
  vcvtudq2ps: onlyEvex("rm", 1, 3, 0x7a),
  vcvttps2udq: onlyEvex("rm", 1, 0, 0x78),
  vcvtne2ps2bf16: onlyEvex("rvm", 2, 3, 0x72),
  vdpbf16ps: onlyEvex("rvm", 2, 2, 0x52),
  // moves
  vmovups: both("rm", 1, 0, 0x10, "whole"),
  vmovupsStore: both("mr", 1, 0, 0x11, "whole"),
  vmovaps: both("rm", 1, 0, 0x28, "whole"),
  vmovntpsStore: both("mr", 1, 0, 0x2b, "whole", { place: "memory", maskable: false }),
  vmovssLoad: both("rm", 1, 2, 0x10, "scalar", { place: "memory", widths: 128 }),
  vmovssStore: both("mr", 1, 2, 0x11, "scalar", { place: "memory", widths: 128 }),
  vmovsdStore: both("mr", 1, 3, 0x11, "double", { place: "memory", widths: 128, evex: 1 }),
  vmaskmovps: onlyVex("rvm", 2, 1, 0x2c, { place: "memory", widths: 128 | 256 }),
  vmaskmovpsStore: onlyVex("mvr", 2, 1, 0x2e, { place: "memory", widths: 128 | 256 }),
  vbroadcastss: both("rm", 2, 1, 0x18, "scalar"),
  vpbroadcastd: both("rm", 2, 1, 0x58, "scalar"),
  vbroadcastf128: both("rm", 2, 1, 0x1a, "quarter", { place: "memory", widths: FROM_256, evexName: "vbroadcastf32x4" }),
  // lanes
  vpermd: both("rvm", 2, 1, 0x36, "full", { widths: FROM_256 }),
  vpermps: both("rvm", 2, 1, 0x16, "full", { widths: FROM_256 }),
  vpshufd: both("rmi", 1, 1, 0x70),
  vshufps: both("rvmi", 1, 0, 0xc6),
  vunpcklps: both("rvm", 1, 0, 0x14),
  vunpckhps: both("rvm", 1, 0, 0x15),
  vunpcklpd: both("rvm", 1, 1, 0x14, "whole", { evex: 1 }),
  vunpckhpd: both("rvm", 1, 1, 0x15, "whole", { evex: 1 }),
  vperm2f128: onlyVex("rvmi", 3, 1, 0x06, { widths: 256 }),
  vshuff32x4: onlyEvex("rvmi", 3, 1, 0x23, "full", { widths: FROM_256 }),
  vextractf128: both("mri", 3, 1, 0x19, "quarter", { widths: FROM_256, evexName: "vextractf32x4" }),
  vextractf64x4: onlyEvex("mri", 3, 1, 0x1b, "half", { widths: 512, evex: 1 }),
  vinsertf128: both("rvmi", 3, 1, 0x18, "quarter", { widths: FROM_256, evexName: "vinsertf32x4" }),
  vextractps: both("mri", 3, 1, 0x17, "scalar", { place: "general", widths: 128, maskable: false }),
  vblendps: onlyVex("rvmi", 3, 1, 0x0c, { widths: 128 | 256 }),
  vinsertps: both("rvmi", 3, 1, 0x21, "scalar", { widths: 128, maskable: false }),
} as const satisfies Readonly<Record<string, VectorSpec>>;

export type VectorName = keyof typeof vectorTable;

/** Width of an operand's memory in bytes, the unit of an EVEX displacement. */
export function extentBytes(extent: Extent, bits: number, broadcast: boolean): number {
  if (broadcast || extent === "scalar") return 4;
  if (extent === "full" || extent === "whole") return bits >> 3;
  return extent === "double" ? 8 : extent === "quarter" ? 16 : bits >> 4;
}

/** Width in bits of a vector register in the place of memory: no register is narrower than 128 bits. */
export function placeBits(extent: Extent, bits: number): number {
  return extent === "full" || extent === "whole" ? bits : extent === "half" ? bits >> 1 : 128;
}
