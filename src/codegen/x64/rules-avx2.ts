import { type Emitter, low } from "./emitter.ts";
import { type General, type Memory, memory, rax, type Vector, xmm } from "./registers.ts";
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

const LANES = 8;
const MASK_BINARY = { and: "vpand", or: "vpor", xor: "vpxor" } as const;

/** Shuffles that exchange halves, quarters and eighths. */
const EXCHANGES: readonly (readonly [VectorName, number])[] = [
  ["vperm2f128", 0x01],
  ["vshufps", 0x4e],
  ["vshufps", 0xb1],
];

/** All ones in the first lanes. */
function firstLanes(e: Emitter, count: number): Memory {
  return e.lanes(Array.from({ length: LANES }, (_, lane) => (lane < count ? -1 : 0)));
}

function needsMask(lanes: number): boolean {
  return lanes !== LANES && lanes !== 4 && lanes !== 2 && lanes !== 1;
}

/** AVX2 with FMA: eight lanes, 16 registers; a condition is a vector register whose lanes are all ones or zeros. */
export const avx2Rules: Rules = {
  ...sharedRules,
  ...indexRules,
  ...squareRules,
  maskFirst: {
    emit: (e, instruction) => {
      if (e.isInRegister(instruction.to)) e.load(e.write(instruction.to), e.constantOperand(instruction));
    },
  },
  move: {
    emit: (e, { to, a }) => move(e, to, a),
  },
  intBinary: intBinaryRule((e, to, even, odd) => e.vector("vblendps", [to, even, odd], { immediate: 0xaa })),
  compare: {
    emit: (e, { kind, to, a, b }) => {
      const left = e.read(a);
      e.vector("vcmpps", [e.write(to), left, e.operand(b)], { immediate: FLOAT_PREDICATES[kind] });
    },
  },
  intCompare: {
    needs: ({ kind, signed }) => (kind === "equal" || (kind === "less" && signed) ? {} : { vectors: 1, early: true }),
    emit: (e, { kind, signed, to, a, b }) => {
      const [left, right] = [e.read(a), e.read(b)];
      const result = e.write(to);
      if (kind === "equal") e.vector("vpcmpeqd", [result, left, right]);
      else if (kind === "less" && signed) e.vector("vpcmpgtd", [result, right, left]);
      else if (signed) {
        e.vector("vpcmpgtd", [result, left, right]);
        e.vector("vpxor", [result, result, e.ints(-1)]);
      } else if (kind === "lessEqual") {
        e.vector("vpminud", [e.temporary(), left, right]);
        e.vector("vpcmpeqd", [result, e.temporary(), left]);
      } else {
        // a < b: not b <= a
        e.vector("vpminud", [e.temporary(), left, right]);
        e.vector("vpcmpeqd", [result, e.temporary(), right]);
        e.vector("vpxor", [result, result, e.ints(-1)]);
      }
    },
  },
  maskBinary: {
    emit: (e, { kind, to, a, b }) => {
      const left = e.read(a);
      e.vector(MASK_BINARY[kind], [e.write(to), left, e.operand(b)]);
    },
  },
  maskNot: {
    emit: (e, { to, a }) => {
      const value = e.read(a);
      e.vector("vpxor", [e.write(to), value, e.ints(-1)]);
    },
  },
  select: {
    emit: (e, { to, mask, a, b }) => {
      const [condition, otherwise] = [e.read(mask), e.read(b)];
      e.vector("vblendvps", [e.write(to), otherwise, e.operand(a)], { selector: condition });
    },
  },
  convert: {
    needs: ({ a, signed }) =>
      a.kind === "int" ? (signed ? {} : { vectors: 1, early: true }) : { vectors: signed ? 1 : 2, early: true },
    emit: (e, { to, a, signed }) => {
      if (a.kind === "int") {
        if (signed) e.vector("vcvtdq2ps", [e.write(to), e.operand(a)]);
        else unsignedToFloat(e, e.write(to), e.read(a), e.temporary());
      } else if (signed) toInt(e, e.write(to), e.read(a), e.temporary());
      else toUnsigned(e, e.write(to), e.read(a), e.temporary(0), e.temporary(1));
    },
  },
  splatIndex: {
    emit: (e, { to, a }) => {
      const result = e.write(to);
      e.assembler.vmovd(low(result, 128), e.indexRegister(a, rax));
      e.vector("vpbroadcastd", [result, low(result, 128)]);
    },
  },
  loadStrided: {
    needs: { vectors: 2, early: true },
    emit: (e, { to, base, offset, stride, lanes }) => {
      const { offsets, scale } = stridedOffsets(stride, LANES);
      const [index, mask, result] = [e.temporary(0), e.temporary(1), e.write(to)];
      e.load(mask, firstLanes(e, lanes));
      e.load(index, e.lanes(offsets));
      e.vector("vpxor", [result, result, result]);
      e.assembler.vgatherdps(result, indexed(e.place(base, offset), index, scale), mask);
    },
  },
  loadIndexed: {
    needs: { vectors: 1, early: true },
    emit: (e, { to, base, indices, lanes }) => {
      const [mask, index, result] = [e.temporary(), e.read(indices), e.write(to)];
      e.load(mask, firstLanes(e, lanes));
      e.vector("vpxor", [result, result, result]);
      e.assembler.vgatherdps(result, indexed(e.place(base, 0), index, 4), mask);
    },
  },
  store: {
    needs: ({ lanes }) => (needsMask(lanes) ? { vectors: 1 } : {}),
    emit: (e, { from, base, offset, lanes }) => {
      const value = e.read(from);
      const place = e.place(base, offset);
      const part = xmm[value.code] as Vector;
      if (lanes === LANES) e.vector("vmovupsStore", [place, value]);
      else if (lanes === 4) e.vector("vmovupsStore", [place, part]);
      else if (lanes === 2) e.vector("vmovsdStore", [place, part]);
      else if (lanes === 1) e.vector("vmovssStore", [place, part]);
      else {
        e.load(e.temporary(), firstLanes(e, lanes));
        e.vector("vmaskmovpsStore", [place, e.temporary(), value]);
      }
    },
  },
  storeStrided: {
    needs: ({ lanes }) => (lanes > 4 ? { vectors: 1 } : {}),
    emit: (e, { from, base, offset, stride, lanes }) => {
      const value = e.read(from);
      const place = e.place(base, offset);
      if (lanes > 4) e.vector("vextractf128", [low(e.temporary(), 128), value], { immediate: 1 });
      for (let lane = 0; lane < lanes; lane++) {
        const part = xmm[(lane < 4 ? value : e.temporary()).code] as Vector;
        const at = memory(place.base as General, place.displacement + lane * stride);
        e.vector("vextractps", [at, part], { immediate: lane & 3 });
      }
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
      e.vector("vperm2f128", [result, value, value], { immediate: lane < 4 ? 0x00 : 0x11 });
      e.vector("vshufps", [result, result, result], { immediate: (lane & 3) * 0x55 });
    },
  },
};

/** Both halves of a word are exact as floats; their sum is rounded once. */
function unsignedToFloat(e: Emitter, to: Vector, a: Vector, high: Vector): void {
  e.vector("vpsrld", [high, a], { immediate: 16 });
  e.vector("vcvtdq2ps", [high, high]);
  e.vector("vpand", [to, a, e.ints(0xffff)]);
  e.vector("vcvtdq2ps", [to, to]);
  e.vector("vfmadd231ps", [to, high, e.floats(65536)]);
}

/** The conversion gives the least int for values that do not fit: replaced by the greatest if the number is large, by 0 if it is NaN. */
function toInt(e: Emitter, to: Vector, a: Vector, mask: Vector): void {
  e.vector("vcvttps2dq", [to, a]);
  e.vector("vcmpps", [mask, a, e.floats(2 ** 31)], { immediate: NOT_LESS });
  e.vector("vpxor", [to, to, mask]);
  e.vector("vcmpps", [mask, a, a], { immediate: ORDERED });
  e.vector("vpand", [to, to, mask]);
}

/** Below 2^31 like signed numbers; above, converts the number minus 2^31 and adds the top bit, which the first conversion left. */
function toUnsigned(e: Emitter, to: Vector, a: Vector, rest: Vector, mask: Vector): void {
  e.vector("vmaxps", [rest, a, e.floats(0)]);
  e.vector("vcvttps2dq", [to, rest]);
  e.vector("vsubps", [rest, rest, e.floats(2 ** 31)]);
  e.vector("vcmpps", [mask, rest, e.floats(2 ** 31)], { immediate: NOT_LESS });
  e.vector("vcvttps2dq", [rest, rest]);
  e.vector("vpxor", [rest, rest, mask]);
  e.vector("vpsrad", [mask, to], { immediate: 31 });
  e.vector("vpand", [rest, rest, mask]);
  e.vector("vpor", [to, to, rest]);
}
