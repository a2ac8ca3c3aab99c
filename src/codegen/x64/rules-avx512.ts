import type { Compare } from "../program.ts";
import { type Emitter, low } from "./emitter.ts";
import { type Mask, type Memory, rax, type Vector, xmm, ymm } from "./registers.ts";
import type { Rules } from "./rule.ts";
import { indexRules } from "./rules-index.ts";
import {
  FLOAT_PREDICATES,
  horizontalRule,
  indexed,
  NOT_LESS,
  ORDERED,
  squareRules,
  stridedOffsets,
} from "./rules-lanes.ts";
import { intBinaryRule, move, sharedRules } from "./rules-shared.ts";
import type { VectorName } from "./vector-table.ts";

const LANES = 16;
const INT_PREDICATES: Readonly<Record<Compare, number>> = { equal: 0, less: 1, lessEqual: 2 };
const MASK_BINARY = { and: "and", or: "or", xor: "xor" } as const;

/** (a & c) | b as a truth table of vpternlogd. */
const AND_OR = 0xec;

/** Shuffles that exchange halves, quarters, eighths and sixteenths, with their immediates. */
const EXCHANGES: readonly (readonly [VectorName, number])[] = [
  ["vshuff32x4", 0x4e],
  ["vshuff32x4", 0xb1],
  ["vshufps", 0x4e],
  ["vshufps", 0xb1],
];

/** Stores the first lanes of a vector: without a mask if they are a whole part. */
function storeLanes(e: Emitter, from: Vector, place: Memory, lanes: number, mask: () => Mask): void {
  if (lanes === LANES) e.vector("vmovupsStore", [place, from]);
  else if (lanes === 8 && from.code < 16) e.vector("vmovupsStore", [place, low(from, 256)]);
  else if (lanes === 8) e.vector("vmovupsStore", [place, ymm[from.code] as Vector]);
  else if (lanes === 4) e.vector("vmovupsStore", [place, xmm[from.code] as Vector]);
  else if (lanes === 2) e.vector("vmovsdStore", [place, xmm[from.code] as Vector]);
  else if (lanes === 1) e.vector("vmovssStore", [place, xmm[from.code] as Vector]);
  else {
    // the base may be in rax, which making the mask overwrites
    const chosen = mask();
    e.vector("vmovupsStore", [place, from], { mask: chosen });
  }
}

function needsMask(lanes: number): boolean {
  return lanes !== LANES && lanes !== 8 && lanes !== 4 && lanes !== 2 && lanes !== 1;
}

/** AVX-512: sixteen lanes, 32 registers, conditions in mask registers, one memory element broadcast to the lanes of any operation. */
export const avx512Rules: Rules = {
  ...sharedRules,
  ...indexRules,
  ...squareRules,
  maskFirst: {
    emit: (e, { to, count }) => {
      if (e.isInRegister(to)) e.firstLanes(e.writeMask(to), count);
    },
  },
  move: {
    emit: (e, { to, a }) => {
      if (to.kind === "mask") e.assembler.kmov(e.writeMask(to), e.readMask(a));
      else move(e, to, a);
    },
  },
  intBinary: intBinaryRule((e, to, even, odd) => {
    e.vector("vpternlogd", [odd, even, e.lanes(ODD_LANES)], { immediate: AND_OR });
    e.load(to, odd);
  }),
  compare: {
    emit: (e, { kind, to, a, b }) =>
      e.vector("vcmpps", [e.writeMask(to), e.read(a), e.operand(b)], { immediate: FLOAT_PREDICATES[kind] }),
  },
  intCompare: {
    emit: (e, { kind, signed, to, a, b }) =>
      e.vector(signed ? "vpcmpd" : "vpcmpud", [e.writeMask(to), e.read(a), e.operand(b)], {
        immediate: INT_PREDICATES[kind],
      }),
  },
  maskBinary: {
    emit: (e, { kind, to, a, b }) => {
      const [left, right] = [e.readMask(a), e.readMask(b)];
      e.assembler.kbinary(MASK_BINARY[kind], e.writeMask(to), left, right);
    },
  },
  maskNot: {
    emit: (e, { to, a }) => {
      const value = e.readMask(a);
      e.assembler.knot(e.writeMask(to), value);
    },
  },
  select: {
    emit: (e, { to, mask, a, b }) => {
      const chosen = e.readMask(mask);
      const otherwise = e.read(b);
      e.vector("vblendmps", [e.write(to), otherwise, e.operand(a)], { mask: chosen });
    },
  },
  convert: {
    needs: ({ a, signed }) => (a.kind === "float" && signed ? { masks: 1, early: true } : {}),
    emit: (e, { to, a, signed }) => {
      if (a.kind === "int") {
        e.vector(signed ? "vcvtdq2ps" : "vcvtudq2ps", [e.write(to), e.operand(a)]);
        return;
      }
      const value = e.read(a);
      const result = e.write(to);
      if (!signed) {
        // negative numbers and NaN become 0 here; the conversion sets all bits for numbers that are too large
        const zero = e.floats(0);
        e.vector("vmaxps", [result, value, zero]);
        e.vector("vcvttps2udq", [result, result]);
        return;
      }
      const mask = e.temporaryMask();
      e.vector("vcvttps2dq", [result, value]);
      e.vector("vcmpps", [mask, value, e.floats(2 ** 31)], { immediate: NOT_LESS });
      e.vector("vblendmps", [result, result, e.ints(0x7fffffff)], { mask });
      e.vector("vcmpps", [mask, value, value], { immediate: ORDERED });
      e.vector("vmovaps", [result, result], { mask, zero: true });
    },
  },
  splatIndex: { emit: (e, { to, a }) => e.assembler.vpbroadcastdGeneral(e.write(to), e.indexRegister(a, rax)) },
  loadStrided: {
    needs: { vectors: 1, masks: 1, early: true },
    emit: (e, { to, base, offset, stride, lanes }) => {
      const { offsets, scale } = stridedOffsets(stride, LANES);
      const [index, mask, result] = [e.temporary(), e.temporaryMask(), e.write(to)];
      e.firstLanes(mask, lanes);
      e.load(index, e.lanes(offsets));
      e.vector("vpxor", [result, result, result]);
      e.assembler.vgatherdps(result, indexed(e.place(base, offset), index, scale), mask);
    },
  },
  loadIndexed: {
    needs: { masks: 1, early: true },
    emit: (e, { to, base, indices, lanes }) => {
      const [mask, index, result] = [e.temporaryMask(), e.read(indices), e.write(to)];
      e.firstLanes(mask, lanes);
      e.vector("vpxor", [result, result, result]);
      e.assembler.vgatherdps(result, indexed(e.place(base, 0), index, 4), mask);
    },
  },
  store: {
    needs: ({ lanes }) => (needsMask(lanes) ? { masks: 1 } : {}),
    emit: (e, { from, base, offset, lanes }) => {
      const value = e.read(from);
      if (needsMask(lanes)) e.firstLanes(e.temporaryMask(), lanes);
      storeLanes(e, value, e.place(base, offset), lanes, () => e.temporaryMask());
    },
  },
  storeStrided: {
    needs: { vectors: 1, masks: 1 },
    emit: (e, { from, base, offset, stride, lanes }) => {
      const { offsets, scale } = stridedOffsets(stride, LANES);
      const [index, mask, value] = [e.temporary(), e.temporaryMask(), e.read(from)];
      e.firstLanes(mask, lanes);
      e.load(index, e.lanes(offsets));
      e.assembler.vscatterdps(indexed(e.place(base, offset), index, scale), value, mask);
    },
  },
  horizontal: horizontalRule(EXCHANGES),
  splatLane: {
    emit: (e, { to, a, lane }) => {
      const value = e.read(a);
      const result = e.write(to);
      if (lane === 0) {
        e.vector("vbroadcastss", [result, low(value, 128)]);
        return;
      }
      const [block, element] = [lane >> 2, lane & 3];
      e.vector("vshuff32x4", [result, value, value], { immediate: block * 0x55 });
      e.vector("vshufps", [result, result, result], { immediate: element * 0x55 });
    },
  },
};

const ODD_LANES: readonly number[] = Array.from({ length: LANES }, (_, lane) => (lane % 2 === 1 ? -1 : 0));
