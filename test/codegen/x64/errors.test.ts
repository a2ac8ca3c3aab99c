import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler } from "../../../src/codegen/x64/assembler.ts";
import {
  broadcastOf,
  type Mask,
  masks,
  memory,
  r9,
  rax,
  rcx,
  rsp,
  type Vector,
  xmm,
  ymm,
  zmm,
} from "../../../src/codegen/x64/registers.ts";

const v = (registers: readonly Vector[], code: number): Vector => registers[code] as Vector;
const [k0, k1] = masks as [Mask, Mask];
const place = memory(rax, 64);
const [x0, x1, x2] = xmm as [Vector, Vector, Vector];
const [y0, y1, y2] = ymm as [Vector, Vector, Vector];
const [z0, z1, z2] = zmm as [Vector, Vector, Vector];
const immediate = 1;

/** Instructions that no processor has, or that would be decoded differently. */
const refused: Readonly<Record<string, (a: Assembler) => void>> = {
  "a high register in an instruction that only VEX has": (a) => a.vector("vpcmpeqd", [v(ymm, 16), y1, y2]),
  "a high source in an instruction that only VEX has": (a) => a.vector("vblendps", [y0, y1, v(ymm, 31)], { immediate }),
  "a high selector": (a) => a.vector("vblendvps", [y0, y1, y2], { selector: v(ymm, 16) }),
  "512 bits in an instruction that only VEX has": (a) => a.vector("vperm2f128", [z0, z1, z2], { immediate }),
  "a mask on an instruction that only VEX has": (a) => a.vector("vpcmpgtd", [y0, y1, y2], { mask: k1 }),
  "a broadcast in an instruction that only VEX has": (a) => a.vector("vpcmpgtd", [y0, y1, broadcastOf(place)]),
  "two operands instead of three": (a) => a.vector("vaddps", [y0, y1]),
  "three operands instead of two": (a) => a.vector("vsqrtps", [y0, y1, y2]),
  "no operand": (a) => a.vector("vmovups", []),
  "registers of two widths": (a) => a.vector("vaddps", [y0, y1, x2]),
  "a destination of another width": (a) => a.vector("vaddps", [z0, y1, y2]),
  "a wide source of a broadcast": (a) => a.vector("vbroadcastss", [y0, y1]),
  "a width that the instruction lacks": (a) => a.vector("vpermps", [x0, x1, x2]),
  "a half of less than 512 bits": (a) => a.vector("vextractf64x4", [x0, y1], { immediate }),
  "a general register among vectors": (a) => a.vector("vaddps", [y0, y1, r9]),
  "memory as destination of arithmetic": (a) => a.vector("vaddps", [place, y1, y2]),
  "memory as first source": (a) => a.vector("vaddps", [y0, place, y2]),
  "a register instead of memory": (a) => a.vector("vmovssLoad", [x0, x1]),
  "a vector instead of a general register": (a) => a.vector("vextractps", [x0, x1], { immediate }),
  "a mask as destination of arithmetic": (a) => a.vector("vaddps", [k1, y1, y2]),
  "a high vector as destination of a comparison": (a) => a.vector("vcmpps", [v(ymm, 16), y1, y2], { immediate }),
  "a 512-bit vector as destination of a comparison": (a) => a.vector("vcmpps", [z0, z1, z2], { immediate }),
  "a missing immediate": (a) => a.vector("vshufps", [y0, y1, y2]),
  "a superfluous immediate": (a) => a.vector("vaddps", [y0, y1, y2], { immediate }),
  "an immediate larger than a byte": (a) => a.vector("vshufps", [y0, y1, y2], { immediate: 256 }),
  "a negative immediate": (a) => a.vector("vpslld", [y0, y1], { immediate: -1 }),
  "a fraction as immediate": (a) => a.vector("vpslld", [y0, y1], { immediate: 0.5 }),
  "a missing selector": (a) => a.vector("vblendvps", [y0, y1, y2]),
  "a superfluous selector": (a) => a.vector("vaddps", [y0, y1, y2], { selector: y0 }),
  "k0 as a condition": (a) => a.vector("vaddps", [z0, z1, z2], { mask: k0 }),
  "zeroing without a mask": (a) => a.vector("vaddps", [z0, z1, z2], { zero: true }),
  "zeroing of memory": (a) => a.vector("vmovupsStore", [place, z1], { mask: k1, zero: true }),
  "zeroing of a mask": (a) => a.vector("vcmpps", [k1, z1, z2], { immediate, mask: k1, zero: true }),
  "a mask on a non-temporal store": (a) => a.vector("vmovntpsStore", [place, z1], { mask: k1 }),
  "a broadcast in a move": (a) => a.vector("vmovups", [z0, broadcastOf(place)]),
  "a broadcast of 32 bits among 64": (a) => a.vector("vpmuludq", [z0, z1, broadcastOf(place)]),
  "vectors of addresses outside gathers": (a) => a.vector("vaddps", [y0, y1, memory(rax, 0, y2, 4)]),
  "a gather without a vector of addresses": (a) => a.vgatherdps(z0, memory(rax, 0, rcx, 4), k1),
  "a gather with addresses of another width": (a) => a.vgatherdps(z0, memory(rax, 0, y1, 4), k1),
  "a gather by k0": (a) => a.vgatherdps(z0, memory(rax, 0, z1, 4), k0),
  "a gather over its addresses": (a) => a.vgatherdps(z1, memory(rax, 0, z1, 4), k1),
  "an AVX2 gather over its selector": (a) => a.vgatherdps(y0, memory(rax, 0, y1, 4), y0),
  "an AVX2 gather whose selector is its addresses": (a) => a.vgatherdps(y0, memory(rax, 0, y1, 4), y1),
  "an AVX2 gather into a high register": (a) => a.vgatherdps(v(ymm, 16), memory(rax, 0, y1, 4), y2),
  "an AVX2 gather with a selector of another width": (a) => a.vgatherdps(y0, memory(rax, 0, y1, 4), x2),
  "an AVX2 gather of 512 bits": (a) => a.vgatherdps(z0, memory(rax, 0, z1, 4), z2),
  "a scatter by k0": (a) => a.vscatterdps(memory(rax, 0, z1, 4), z0, k0),
  "a scatter without a vector of addresses": (a) => a.vscatterdps(place, z0, k1),
  "vmovd with a wide register": (a) => a.vmovd(y0, rax),
  "rsp as an index": (a) => a.lea(rax, memory(rcx, 0, rsp, 1)),
  "an index at a label": (a) => a.lea(rax, memory(a.label(), 0, rcx, 4)),
  "a displacement of more than 32 bits": (a) => a.lea(rax, memory(rcx, 2 ** 31)),
  "a fraction as displacement": (a) => a.lea(rax, memory(rcx, 0.5)),
  "a displacement that is not a number": (a) => a.vector("vmovups", [z0, memory(rcx, Number.NaN)]),
  "two places in memory": (a) => a.mov(place, place),
  "arithmetic between two places in memory": (a) => a.add(place, place),
  "a 64-bit constant to memory": (a) => a.mov(place, 2 ** 40),
  "a constant of more than 64 bits": (a) => a.mov(rax, 2n ** 64n),
  "a fraction as constant": (a) => a.mov(rax, 0.5),
  "a constant of more than 32 bits in arithmetic": (a) => a.add(rax, 2 ** 31),
  "a constant of more than 32 bits in a 32-bit register": (a) => a.mov32(rax, 2 ** 32),
  "a factor of more than 32 bits": (a) => a.imul(rax, rcx, 2 ** 31),
  "a shift by 64 bits": (a) => a.shift("shl", rax, 64),
  "a label bound twice": (a) => {
    const label = a.label();
    a.bind(label);
    a.bind(label);
  },
  "a jump to a label that is never bound": (a) => {
    a.jmp(a.label());
    a.code.finish();
  },
  "a place at a label that is never bound": (a) => {
    a.vector("vmovups", [y0, memory(a.label())]);
    a.code.finish();
  },
  "a constant of 3 bytes": (a) => a.code.constant(new Uint8Array(3)),
  "a constant of 128 bytes": (a) => a.code.constant(new Uint8Array(128)),
};

for (const [what, write] of Object.entries(refused)) {
  test(`rejects ${what}`, () => {
    const a = new Assembler();
    assert.throws(() => write(a), { name: "GradusError", code: "bad-argument" });
  });
}
