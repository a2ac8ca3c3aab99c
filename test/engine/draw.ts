import type { DType } from "../../src/core/dtype.ts";
import { broadcastShapes } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** A small deterministic generator for tests: numbers in [0, 1). */
export function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes one more tensor from one at hand; undefined where it does not apply. */
export type Maker = (a: Tensor, draw: Draw) => Tensor | undefined;

/** Larger tensors are no longer operands, so that the interpreter keeps up. */
const MAX_OPERAND = 20_000;

/** Random choices among the tensors that a random graph consists of so far. */
export class Draw {
  readonly random: () => number;
  readonly pool: Tensor[];
  /** given values, not computed ones */
  readonly floatLeaves: readonly Tensor[];

  constructor(random: () => number, leaves: readonly Tensor[]) {
    this.random = random;
    this.pool = [...leaves];
    this.floatLeaves = leaves.filter(({ dtype }) => dtype === "float32");
  }

  integer(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)] as T;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** Tensors that may be operands. */
  of(dtype: DType): Tensor[] {
    return this.pool.filter((candidate) => candidate.dtype === dtype && candidate.size <= MAX_OPERAND);
  }

  /** One of the same type whose shape broadcasts with this one's; itself if there is no other. */
  partner(a: Tensor): Tensor {
    return this.pick(this.of(a.dtype).filter((b) => doBroadcast(a, b)));
  }

  /** One of a type whose shape broadcasts with this one's. */
  partnerOf(dtype: DType, a: Tensor): Tensor | undefined {
    const found = this.of(dtype).filter((b) => doBroadcast(a, b));
    return found.length === 0 ? undefined : this.pick(found);
  }

  axis({ rank }: Tensor): number {
    return this.integer(rank);
  }

  /** At least one axis. */
  axes({ rank }: Tensor): number[] {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    const chosen = axes.filter(() => this.chance(0.5));
    return chosen.length === 0 ? [this.integer(rank)] : chosen;
  }

  /** A random order of the axes. */
  order({ rank }: Tensor): number[] {
    const rest = Array.from({ length: rank }, (_, axis) => axis);
    return Array.from({ length: rank }, () => rest.splice(this.integer(rest.length), 1)[0] as number);
  }
}

function doBroadcast(a: Tensor, b: Tensor): boolean {
  try {
    broadcastShapes("", a.shape, b.shape);
    return true;
  } catch {
    return false;
  }
}
