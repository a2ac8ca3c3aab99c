import { GradusError } from "../src/core/errors.ts";
import { makeNode, permute } from "../src/graph/build.ts";
import type { Node } from "../src/graph/node.ts";
import { type Backend, isSyncBackend, type SyncBackend } from "../src/runtime/backend.ts";
import { time } from "./timing.ts";
import { noise } from "./workloads.ts";

/** Sizes that tiles and vectors divide, and their neighbours; batches from one sample to more than a block of rows. */
const WIDTHS = [100, 127, 128, 129, 255, 256, 257, 511, 512, 513];
const BATCHES = [1, 7, 32, 128, 500];

/** Multiply-adds of one measurement: the clock and the call take as long as a small product. */
const LEAST_MULTIPLY_ADDS = 200_000;

interface Product {
  readonly factors: readonly [Node<"input">, Node<"input">];
  readonly result: Node;
}

/** The three products of a linear layer with as many outputs as inputs. x (N,F), W (F,F), gradient of the output dy (N,F). */
const PRODUCTS: Readonly<Record<string, (width: number, batch: number) => Product>> = {
  // y = x W^T
  forward: (width, batch) => {
    const [x, weight] = [input("x", [batch, width]), input("weight", [width, width])];
    return { factors: [x, weight], result: makeNode("matmul", [x, permute(weight, [1, 0])], {}) };
  },
  // dx = dy W
  inputGradient: (width, batch) => {
    const [dy, weight] = [input("dy", [batch, width]), input("weight", [width, width])];
    return { factors: [dy, weight], result: makeNode("matmul", [dy, weight], {}) };
  },
  // dW = dy^T x
  weightGradient: (width, batch) => {
    const [dy, x] = [input("dy", [batch, width]), input("x", [batch, width])];
    return { factors: [dy, x], result: makeNode("matmul", [permute(dy, [1, 0]), x], {}) };
  },
};

export interface CliffOptions {
  readonly widths?: readonly number[];
  readonly batches?: readonly number[];
  /** milliseconds for each product; default 40 */
  readonly budgetMs?: number;
}

/** What one line of the sweep says: a product at one batch. */
export interface CliffLine {
  readonly product: string;
  readonly batch: number;
  readonly backend: string;
  readonly threads: number;
  /** by width, in picoseconds */
  readonly ps_per_multiply_add: Readonly<Record<string, number>>;
  /** the largest ratio of the times of neighbouring widths, at least 1 */
  readonly worst_neighbors: number;
}

/** Times the products of a linear layer for widths and batches that tiles do not divide.
 *  @throws GradusError `bad-argument` if runs of the backend do not end with the call. */
export function* measureCliffs(
  backend: Backend,
  { widths = WIDTHS, batches = BATCHES, budgetMs = 40 }: CliffOptions = {},
): Generator<CliffLine> {
  if (!isSyncBackend(backend))
    throw new GradusError("bad-argument", "--cliffs: only runs that end with the call are timed");
  const { name, threads } = backend;
  for (const [product, make] of Object.entries(PRODUCTS)) {
    for (const batch of batches) {
      const times = widths.map((width) => picosecondsOf(make(width, batch), batch * width ** 2, backend, budgetMs));
      const ratios = times.slice(1).map((own, index) => ratio(own, times[index] as number));
      yield {
        ...{ product, batch, backend: name, threads },
        ps_per_multiply_add: Object.fromEntries(widths.map((width, index) => [width, round(times[index] as number)])),
        worst_neighbors: round(Math.max(1, ...ratios)),
      };
    }
  }
}

/** The time of a multiply-add. The factors and the result stay on the backend. */
function picosecondsOf(
  { factors, result }: Product,
  multiplyAdds: number,
  backend: SyncBackend,
  budgetMs: number,
): number {
  const target = input("result", result.shape);
  const arrays = [...factors, target].map(({ shape }, index) => {
    const array = backend.allocate(shape, "float32");
    array.write(noise(shape, index + 3));
    return array;
  });
  const states = [...factors.map((node) => ({ input: node, next: node as Node })), { input: target, next: result }];
  const executable = backend.compileNow({ inputs: [], states, outputs: [] }, arrays);
  const runs = Math.ceil(LEAST_MULTIPLY_ADDS / multiplyAdds);
  const { median } = time(
    () => {
      for (let run = 0; run < runs; run++) executable.run([]);
    },
    { budgetMs, least: 7, most: 400, warmup: 30 },
  );
  executable.dispose();
  for (const array of arrays) array.dispose();
  return ((median / runs) * 1e9) / multiplyAdds;
}

function input(name: string, shape: readonly number[]): Node<"input"> {
  return makeNode("input", [], { name, shape, dtype: "float32" }) as Node<"input">;
}

const ratio = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b);
const round = (value: number): number => Number(value.toPrecision(3));
