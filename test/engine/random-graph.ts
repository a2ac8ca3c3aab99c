import { broadcastShapes } from "../../src/core/shape.ts";
import { concat, full, range, tensor } from "../../src/tensor/create.ts";
import { randomKey, randomUniform } from "../../src/tensor/random.ts";
import { type Tensor, where } from "../../src/tensor/tensor.ts";

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

/** A random graph over the given leaves: element-wise operations, reductions, movement, products, tables and random numbers,
 *  with values that stay moderate, so that two precisions can be compared. */
export function randomGraph(random: () => number, leaves: readonly Tensor[], steps: number): Tensor[] {
  const integer = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[integer(list.length)] as T;
  const pool: Tensor[] = [...leaves];
  const floats = () => pool.filter(({ dtype, size }) => dtype === "float32" && size <= 20000);

  const broadcastable = (a: Tensor): Tensor => {
    const matching = floats().filter((b) => {
      try {
        broadcastShapes("", a.shape, b.shape);
        return true;
      } catch {
        return false;
      }
    });
    return pick(matching);
  };

  const makers: ((a: Tensor) => Tensor | undefined)[] = [
    (a) => a.add(broadcastable(a)).mul(0.5),
    (a) => a.sub(broadcastable(a)),
    (a) => a.mul(broadcastable(a)).clip(-4, 4),
    (a) => a.div(broadcastable(a).abs().add(1)),
    (a) => a.maximum(broadcastable(a)),
    (a) => a.minimum(broadcastable(a)),
    (a) => {
      const other = broadcastable(a);
      return where(a.less(other), a, other.mul(0.25)).clip(-4, 4);
    },
    (a) => where(a.greater(0).and(a.less(1)).not(), a, 0.5),
    (a) => a.tanh(),
    (a) => a.sigmoid(),
    (a) => a.clip(-3, 3).exp().mul(0.1),
    (a) => a.abs().add(0.5).log(),
    (a) => a.abs().add(0.1).sqrt(),
    (a) => a.erf(),
    (a) => a.sin().add(a.cos()),
    (a) => a.abs().add(0.5).pow(1.5).mul(0.3),
    (a) => a.neg().relu(),
    (a) => (a.rank > 0 ? a.mean(integer(a.rank), random() < 0.5) : undefined),
    (a) => (a.rank > 0 ? a.max(integer(a.rank), random() < 0.5) : undefined),
    (a) => (a.rank > 0 ? a.min(integer(a.rank), true) : undefined),
    (a) =>
      a.rank > 1
        ? a
            .sum([0, a.rank - 1], random() < 0.5)
            .mul(1 / (a.shape[0] as number))
            .tanh()
        : undefined,
    (a) => (a.rank > 0 ? a.sub(a.mean(integer(a.rank), true)) : undefined),
    (a) => (a.rank > 0 ? a.div(a.square().mean(integer(a.rank), true).add(0.5).sqrt()) : undefined),
    (a) => a.variance().add(a),
    (a) => {
      const axis = integer(Math.max(1, a.rank));
      if (a.rank === 0) return undefined;
      const shifted = a.sub(a.max(axis, true)).exp();
      return shifted.div(shifted.sum(axis, true));
    },
    (a) => a.mean().add(a),
    (a) => (a.rank > 1 ? a.transpose() : undefined),
    (a) => (a.rank > 1 ? a.transpose().flatten() : undefined),
    (a) => a.flatten(),
    (a) => a.unsqueeze(integer(a.rank + 1)),
    (a) => (a.rank > 0 && (a.shape[0] as number) > 1 ? a.slice(0, 1) : undefined),
    (a) => (a.rank > 0 ? a.slice(a.rank - 1, 0, undefined, 2) : undefined),
    (a) =>
      a.size < 3000
        ? a.pad(
            a.shape.map(() => [integer(3), integer(3)] as const),
            0.5,
          )
        : undefined,
    (a) => (a.rank > 0 && a.size < 3000 ? concat([a, a.mul(0.5), a.neg()], integer(a.rank)) : undefined),
    (a) =>
      a.rank > 1 && a.size < 3000
        ? a
            .matmul(a.transpose([...a.shape.keys()].map((k) => (k < a.rank - 2 ? k : 2 * a.rank - 3 - k))))
            .mul(1 / (a.shape.at(-1) as number))
        : undefined,
    (a) => (a.rank === 2 ? a.matmul(full([a.shape[1] as number, 5], 0.1)).tanh() : undefined),
    (a) =>
      a.rank > 0
        ? a.gather(
            tensor(
              [0, 1, 0, 2].map((k) => k % (a.shape[0] as number)),
              "int32",
            ),
          )
        : undefined,
    (a) => (a.rank > 0 ? a.argMax(integer(a.rank)).cast("float32").mul(0.1) : undefined),
    (a) =>
      a.rank > 0
        ? a.add(
            range(a.shape.at(-1) as number)
              .cast("float32")
              .mul(0.01),
          )
        : undefined,
    (a) => a.mul(randomUniform(randomKey(integer(1000)), a.shape)),
    (a) => where(randomUniform(randomKey(integer(1000)), a.shape).less(0.5), a, 0),
    (a) => a.cast("int32").cast("float32").add(a.mul(0.1)).clip(-4, 4),
  ];

  const made: Tensor[] = [];
  for (let step = 0; step < steps; ) {
    const result = pick(makers)(pick(floats()));
    if (result === undefined || result.size === 0 || result.size > 50000 || result.rank > 4) continue;
    pool.push(result);
    made.push(result);
    step++;
  }
  return made;
}
