import { type HostArray, referenceStorage } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import { printGraph } from "../../src/graph/print.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { mulberry, type RandomGraphOptions, randomGraph } from "./random-graph.ts";

/** A graph with values for its inputs. */
export interface Case {
  readonly graph: Graph;
  readonly values: readonly HostArray[];
}

const SIZES = [1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 33];

export function inputNode(name: string, shape: readonly number[], dtype: Node["dtype"] = "float32"): Node<"input"> {
  return makeNode("input", [], { name, shape, dtype });
}

/** Values that float32 holds exactly, so that both precisions start from the same: floats between -2 and 2, small integers, words of 32 bits. */
export function randomValues(
  random: () => number,
  shape: readonly number[],
  dtype: Node["dtype"] = "float32",
): HostArray {
  const draw = {
    float32: () => Math.fround((random() - 0.5) * 4),
    int32: () => Math.floor(random() * 40) - 20,
    uint32: () => Math.floor(random() * 2 ** 32),
    bool: () => Math.round(random()),
  }[dtype];
  const data = referenceStorage(dtype, sizeOf(shape));
  return { shape, dtype, data: data.map(() => draw()) };
}

export function randomShape(random: () => number): number[] {
  const shape = Array.from(
    { length: Math.floor(random() * 4) },
    () => SIZES[Math.floor(random() * SIZES.length)] as number,
  );
  // vectors lie along the last axis: all that can be left of one
  if (shape.length > 0 && random() < 0.5) shape[shape.length - 1] = 1 + Math.floor(random() * 40);
  return shape;
}

const TYPES = ["float32", "float32", "float32", "int32", "uint32", "bool"] as const;

/** A random graph of so many operations over random inputs, three of them floats; some of its values are outputs. */
export function randomCase(seed: number, steps: number, options: RandomGraphOptions = {}): Case {
  const random = mulberry(seed);
  const types = options.integers === false ? TYPES.slice(0, 3) : TYPES;
  const inputs = types.map((dtype, index) => inputNode(`x${index}`, randomShape(random), dtype));
  const values = inputs.map(({ shape, dtype }) => randomValues(random, shape, dtype));
  const made = randomGraph(
    random,
    inputs.map((node) => new Tensor(node)),
    steps,
    options,
  );
  const outputs = [...made.filter(() => random() < 0.4), made.at(-1) as Tensor].map(({ node }) => node);
  return { graph: { inputs, states: [], outputs }, values };
}

/** Compiles, runs twice (the second run must not see the first), disposes; the second run's outputs. */
export async function runOn(backend: Backend, { graph, values }: Case): Promise<readonly HostArray[]> {
  const executable = await backend.compile(graph, []);
  await executable.run(values);
  const outputs = await executable.run(values);
  executable.dispose();
  return outputs;
}

/** The definition on the absolute values of the inputs: for every element of an output the size of what was summed, where the terms are
 *  products. Terms that cancel leave a small result, but not a small rounding. */
export async function magnitudes(reference: Backend, { graph, values }: Case): Promise<readonly HostArray[]> {
  return runOn(reference, { graph, values: values.map((array) => ({ ...array, data: array.data.map(Math.abs) })) });
}

/** An infinite value is near nothing but itself. */
function isNear(expected: number, got: number, allowed: number, size: number): boolean {
  return Number.isFinite(expected) && Math.abs(expected - got) <= allowed * Math.max(1, Math.abs(expected), size);
}

/** The first output that differs by more than the tolerance, relative to max(1, |expected|, size), as text; undefined if none does.
 *  Integers and truth values must be equal.
 *  @param sizes of what the elements are made from, where that may cancel: see `magnitudes`. */
export function difference(
  expected: readonly HostArray[],
  actual: readonly HostArray[],
  tolerance: number,
  graph: Graph,
  sizes?: readonly HostArray[],
): string | undefined {
  for (const [index, { data, shape, dtype }] of expected.entries()) {
    const got = (actual[index] as HostArray).data;
    const allowed = dtype === "float32" ? tolerance : 0;
    if (got.length !== data.length) return `output ${index}: expected ${data.length} elements, got ${got.length}`;
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [data[i] as number, got[i] as number];
      if (Object.is(a, b) || a === b || isNear(a, b, allowed, (sizes?.[index]?.data[i] as number | undefined) ?? 0))
        continue;
      const text = printGraph({ ...graph, states: [], outputs: [graph.outputs[index] as Node] });
      return `output ${index} (${shape.join(", ")}) element ${i}: expected ${a}, got ${b}\n${text}`;
    }
  }
  return undefined;
}
