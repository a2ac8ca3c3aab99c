import type { Instruction, IntBinary, IntShift } from "../program.ts";

/** The least and the greatest value of any lane of an int register, as signed numbers. */
export interface LaneRange {
  readonly low: number;
  readonly high: number;
}

export const ANY_LANE: LaneRange = { low: -0x80000000, high: 0x7fffffff };

/** A range, or any value if it would wrap around. */
export function laneRange(low: number, high: number): LaneRange {
  return low >= ANY_LANE.low && high <= ANY_LANE.high && low <= high ? { low, high } : ANY_LANE;
}

export function joinLanes(a: LaneRange, b: LaneRange): LaneRange {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

const binary: Partial<Record<IntBinary, (a: LaneRange, b: LaneRange) => LaneRange>> = {
  iadd: (a, b) => laneRange(a.low + b.low, a.high + b.high),
  isub: (a, b) => laneRange(a.low - b.high, a.high - b.low),
  imul: (a, b) => {
    const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
    return laneRange(Math.min(...corners), Math.max(...corners));
  },
  imin: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }),
  imax: (a, b) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }),
  // the bits of a non-negative number
  and: (a, b) => {
    const limits = [a, b].filter(({ low }) => low >= 0).map(({ high }) => high);
    return limits.length === 0 ? ANY_LANE : { low: 0, high: Math.min(...limits) };
  },
};

const shift: Record<IntShift, (a: LaneRange, bits: number) => LaneRange> = {
  shl: ({ low, high }, bits) => laneRange(low * 2 ** bits, high * 2 ** bits),
  shr: ({ low, high }, bits) => {
    if (low >= 0) return { low: low >> bits, high: high >> bits };
    return bits === 0 ? { low, high } : { low: 0, high: 0xffffffff >>> bits };
  },
  sar: ({ low, high }, bits) => ({ low: low >> bits, high: high >> bits }),
};

/** The range of the result's lanes; any value if there is no rule.
 *  @param of the range of an int register. @param lanes the target's lane count. */
export function lanesAfter(
  instruction: Instruction,
  of: (register: { readonly id: number }) => LaneRange,
  lanes: number,
): LaneRange {
  switch (instruction.op) {
    case "intConstant":
      return { low: instruction.value | 0, high: instruction.value | 0 };
    case "intRamp": {
      const { start, step } = instruction;
      const last = start + (lanes - 1) * step;
      return laneRange(Math.min(start, last), Math.max(start, last));
    }
    case "move":
    case "splatLane":
      return of(instruction.a);
    case "intBinary":
      return binary[instruction.kind]?.(of(instruction.a), of(instruction.b)) ?? ANY_LANE;
    case "intShift":
      return shift[instruction.kind](of(instruction.a), instruction.bits);
    case "select":
      return joinLanes(of(instruction.a), of(instruction.b));
    case "horizontal":
      return instruction.kind === "min" || instruction.kind === "max" ? of(instruction.a) : ANY_LANE;
    default:
      return ANY_LANE;
  }
}
