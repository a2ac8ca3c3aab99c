import { GradusError } from "../src/core/errors.ts";
import { makeNode } from "../src/graph/build.ts";
import type { Node } from "../src/graph/node.ts";
import { type Backend, isSyncBackend } from "../src/runtime/backend.ts";
import { lineOf } from "./line.ts";
import type { MachineProbe } from "./machine.ts";
import { median, round, sorted } from "./numbers.ts";
import { time } from "./timing.ts";
import { noise, type ProductWorkload } from "./workloads.ts";

const ROUNDS = 15;
const BUDGET_MS = 2000;

/** Times one square matrix product.
 *  @param probe the peak with which it is compared, measured in turn with it: a drifting machine affects both alike. */
export function benchProduct(
  name: string,
  { size }: ProductWorkload,
  backend: Backend,
  probe: MachineProbe | undefined,
): object {
  const run = prepareProduct(name, size, backend);
  const gflops = (milliseconds: number) => (2 * size ** 3) / milliseconds / 1e6;
  if (probe === undefined) {
    const timing = time(run, { budgetMs: BUDGET_MS });
    return { ...lineOf(name, backend, timing), gflops: round(gflops(timing.median)) };
  }
  const rounds = Array.from({ length: ROUNDS }, () => {
    const timing = time(run, { budgetMs: 300, least: 5, warmup: 5 });
    return { ...timing, share: gflops(timing.median) / probe.peakGflops() };
  });
  const ms = median(rounds.map((each) => each.median));
  const least = Math.min(...rounds.map((each) => each.least));
  const shares = sorted(rounds.map(({ share }) => share));
  return {
    ...lineOf(name, backend, { median: ms, least }),
    gflops: round(gflops(ms)),
    share_of_peak: round(median(shares)),
    share_min: round(shares[0] as number),
    share_max: round(shares.at(-1) as number),
  };
}

/** The operands and the product stay on the backend, as weights do in training; nothing comes back. */
function prepareProduct(name: string, size: number, backend: Backend): () => void {
  const [a, b] = ["a", "b"].map((input) =>
    makeNode("input", [], { name: input, shape: [size, size], dtype: "float32" }),
  ) as [Node<"input">, Node<"input">];
  const states = [a, b].map((_, index) => {
    const value = noise([size, size], index + 3);
    const array = backend.allocate(value.shape, value.dtype);
    array.write(value);
    return array;
  });
  const product = makeNode("matmul", [a, b], {});
  const result = backend.allocate([size, size], "float32");
  const target = makeNode("input", [], { name: "c", shape: [size, size], dtype: "float32" });
  const graph = {
    inputs: [],
    states: [
      { input: a, next: a },
      { input: b, next: b },
      { input: target, next: product },
    ],
    outputs: [],
  };
  if (!isSyncBackend(backend))
    throw new GradusError("bad-argument", `${name}: only runs that end with the call are timed`);
  const executable = backend.compileNow(graph, [...states, result]);
  return () => void executable.run([]);
}
