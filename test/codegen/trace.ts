import type { Region } from "../../src/codegen/bounds.ts";
import type { Index, IndexBinary, Instruction, Register, VectorFunction } from "../../src/codegen/program.ts";

/** An access outside the regions, or from one into another. */
export class OutOfBounds extends Error {}

export interface Tracing {
  readonly lanes: number;
  readonly regions: readonly Region[];
  /** the 32 bits that a load of an int returns, by the word's index from its address parameter */
  readonly memory: (word: number) => number;
  /** loop iterations after which the run ends */
  readonly turns: number;
}

class OutOfTurns extends Error {}

const arithmetic: Record<IndexBinary, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  shl: (a, b) => a << b,
  and: (a, b) => a & b,
};

/** Runs the index registers of a function and the int registers that its tests use, 64 bits wide as machine code has them, and requires
 *  every access to lie in the region of its address parameter. Ends silently when the iterations are used up. */
export function trace(code: VectorFunction, parameters: readonly number[], options: Tracing): void {
  const { lanes, regions, memory } = options;
  const values = new Map<number, bigint>();
  // the address parameter from which a register is derived
  const owners = new Map<number, number | undefined>();
  const ints = new Map<number, readonly number[]>();
  let turns = options.turns;
  const read = (index: Index): bigint => (typeof index === "number" ? BigInt(index) : (values.get(index.id) as bigint));
  const ownerOf = (index: Index): number | undefined => (typeof index === "number" ? undefined : owners.get(index.id));
  const write = (to: Register, value: bigint, owner: number | undefined): void => {
    values.set(to.id, BigInt.asIntN(64, value));
    owners.set(to.id, owner);
  };
  const touch = (base: Register, offset: number, stride: number, count: number): void => {
    const owner = owners.get(base.id);
    const region = regions.find(({ start, bytes }) => owner !== undefined && owner >= start && owner < start + bytes);
    for (let lane = 0; lane < count; lane++) {
      const address = Number(read(base)) + offset + lane * stride;
      if (!region || address < region.start || address + 4 > region.start + region.bytes) {
        throw new OutOfBounds(`${address} is outside of ${region?.name}`);
      }
    }
  };
  const word = (base: Register, offset: number): number =>
    memory((Number(read(base)) + offset - (owners.get(base.id) ?? 0)) / 4) | 0;
  const setInts = (to: Register, lane: (lane: number) => number): void => {
    if (to.kind === "int")
      ints.set(
        to.id,
        Array.from({ length: lanes }, (_, number) => lane(number) | 0),
      );
  };
  const intsOf = ({ id }: Register): readonly number[] => ints.get(id) as readonly number[];

  const run = (body: readonly Instruction[]): void => {
    for (const instruction of body) step(instruction);
  };
  const step = (instruction: Instruction): void => {
    switch (instruction.op) {
      case "index": {
        const { kind, to, a, b } = instruction;
        write(to, arithmetic[kind](read(a), read(b)), ownerOf(a) ?? ownerOf(b));
        return;
      }
      case "indexMove":
        write(instruction.to, read(instruction.a), ownerOf(instruction.a));
        return;
      case "firstLane":
        write(instruction.to, BigInt(intsOf(instruction.a)[0] as number), undefined);
        return;
      case "loop": {
        const limit = read(instruction.to);
        for (let turn = read(instruction.from); turn < limit; turn += BigInt(instruction.step)) {
          if (turns-- === 0) throw new OutOfTurns();
          write(instruction.counter, turn, undefined);
          run(instruction.body);
        }
        return;
      }
      case "if": {
        const [a, b] = [read(instruction.a), read(instruction.b)];
        run((instruction.compare === "less" ? a < b : a === b) ? instruction.then : instruction.otherwise);
        return;
      }
      case "load":
        touch(instruction.base, instruction.offset, 4, lanes);
        setInts(instruction.to, (lane) => word(instruction.base, instruction.offset + 4 * lane));
        return;
      case "loadSplat":
        touch(instruction.base, instruction.offset, 4, 1);
        setInts(instruction.to, () => word(instruction.base, instruction.offset));
        return;
      case "loadStrided":
        touch(instruction.base, instruction.offset, instruction.stride, instruction.lanes);
        return;
      case "loadIndexed":
        for (let lane = 0; lane < instruction.lanes; lane++) {
          touch(instruction.base, 4 * (intsOf(instruction.indices)[lane] as number), 4, 1);
        }
        return;
      case "store":
        touch(instruction.base, instruction.offset, 4, instruction.lanes);
        return;
      case "storeStrided":
        touch(instruction.base, instruction.offset, instruction.stride, instruction.lanes);
        return;
      case "intConstant":
        setInts(instruction.to, () => instruction.value);
        return;
      case "intRamp":
        setInts(instruction.to, (lane) => instruction.start + lane * instruction.step);
        return;
      case "intBinary": {
        const { kind, to } = instruction;
        const [a, b] = [intsOf(instruction.a), intsOf(instruction.b)];
        const join = {
          imin: Math.min,
          imax: Math.max,
          iadd: (x: number, y: number) => x + y,
          and: (x: number, y: number) => x & y,
        };
        if (!(kind in join)) throw new Error(`trace has no rule for ${kind}`);
        setInts(to, (lane) => join[kind as keyof typeof join](a[lane] as number, b[lane] as number));
        return;
      }
      case "floatConstant":
        return;
      default:
        throw new Error(`trace has no rule for ${instruction.op}`);
    }
  };

  code.parameters.forEach((parameter, position) => {
    const value = parameters[position] as number;
    write(parameter, BigInt(value), position < parameters.length - 3 ? value : undefined);
  });
  try {
    run(code.body);
  } catch (error) {
    if (!(error instanceof OutOfTurns)) throw error;
  }
}
