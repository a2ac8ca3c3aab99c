import assert from "node:assert/strict";
import { test } from "node:test";
import { chunkOf } from "../../../src/codegen/chunk.ts";
import type { KernelCall } from "../../../src/codegen/program.ts";
import { detectWasmFeatures, wasmTarget } from "../../../src/codegen/wasm/features.ts";
import { emitWasmModule } from "../../../src/codegen/wasm/module.ts";
import { webAssembly } from "../../../src/codegen/wasm/webassembly.ts";
import type { Location } from "../../../src/compiler/location.ts";
import { paddedBytes } from "../../../src/compiler/memory.ts";
import type { HostArray } from "../../../src/core/dtype.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import type { Graph, Node } from "../../../src/graph/node.ts";
import { barriersBefore } from "../../../src/lowering/vector/barriers.ts";
import { type CompiledProgram, compileGraph } from "../../../src/lowering/vector/pipeline.ts";
import { randomCase } from "../../engine/cases.ts";
import { epilogueCase } from "../../engine/epilogue-cases.ts";
import { partCase } from "../../engine/part-cases.ts";
import { recurrenceCase } from "../../engine/recurrence-cases.ts";
import { stateCase } from "../../engine/state-cases.ts";

// Threads are played one after the other on one thread: between two barriers each walks through all its calls before the next one starts.
// Where a barrier is missing, some order of the threads reads what was not yet written, or what is written over already.

const THREADS = 3;
const PAGES = 256;
const START = 1024;
/** a NaN, which shows where it is read */
const UNWRITTEN = 0x7fc0dead;

assert.ok(webAssembly);
const { Instance, Memory, Module } = webAssembly;
const features = detectWasmFeatures();
const target = wasmTarget(features);

/** Work of so little that one thread would take it all is shared, too: the grain is a matter of speed. */
function shared(call: KernelCall): KernelCall {
  return { ...call, grain: 1 };
}

class Stage {
  readonly #memory = new Memory({ initial: PAGES, maximum: PAGES });
  readonly #graph: Graph;
  readonly #program: CompiledProgram;
  readonly #calls: readonly KernelCall[];
  readonly #kernels: readonly ((...parameters: number[]) => void)[];
  readonly #arena: number;
  readonly #states: readonly number[];
  readonly #end: number;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#program = compileGraph(graph, target, THREADS);
    this.#arena = START;
    const { arenaBytes, scratchBytes, functions } = this.#program;
    const scratch = this.#arena + arenaBytes;
    let end = scratch + THREADS * scratchBytes;
    this.#states = graph.states.map(({ input }) => {
      end += paddedBytes(input);
      return end - paddedBytes(input);
    });
    this.#end = end;
    assert.ok(this.#end < PAGES * 65536, "the test's memory is large enough");
    this.#calls = this.#program.calls.map(({ function: index, locations, needsScratch, ...rest }) =>
      shared({
        ...rest,
        function: index,
        addresses: [...locations.map((place) => this.#at(place)), ...(needsScratch ? [scratch, scratchBytes] : [])],
      }),
    );
    const bytes = emitWasmModule(
      { lanes: target.lanes, functions, calls: [] },
      { ...features, threads: 1, barrierAddress: 0, memoryPages: { initial: PAGES, maximum: PAGES }, shared: false },
    );
    const { exports } = new Instance(new Module(bytes), { env: { memory: this.#memory } });
    this.#kernels = functions.map((_, index) => exports[`kernel${index}`] as (...parameters: number[]) => void);
  }

  /** Runs with the threads in this order between barriers; `everywhere` puts a barrier before every call. The words of outputs and new states. */
  run(
    fed: readonly HostArray[],
    first: readonly HostArray[],
    order: readonly number[],
    everywhere: boolean,
  ): Int32Array[] {
    const words = new Int32Array(this.#buffer);
    words.fill(UNWRITTEN, START / 4, this.#end / 4);
    this.#program.literals.forEach(({ node, location }) => {
      this.#write(location, node, node.attributes.data);
    });
    this.#graph.inputs.forEach((node, index) => {
      const location = this.#program.inputs[index];
      if (location) this.#write(location, node, fed[index]?.data ?? []);
    });
    this.#graph.states.forEach(({ input }, index) => {
      this.#write({ space: "state", index, offset: 0, bytes: paddedBytes(input) }, input, first[index]?.data ?? []);
    });
    for (const segment of this.#segments(everywhere)) {
      for (const thread of order) for (const call of segment) this.#call(call, thread);
    }
    this.#requireClean(words);
    const read = (location: Location, { shape }: Node) =>
      words.slice(this.#at(location) / 4, this.#at(location) / 4 + sizeOf(shape));
    return [
      ...this.#graph.outputs.map((node, index) => read(this.#program.outputs[index] as Location, node)),
      ...this.#graph.states.map(({ input }, index) => read({ space: "state", index, offset: 0, bytes: 0 }, input)),
    ];
  }

  /** Vectors may be read past the end of an array, but nothing is written there. */
  #requireClean(words: Int32Array): void {
    const places = [
      ...this.#graph.inputs.map((node, index) => ({ node, from: this.#program.inputs[index] })),
      ...this.#graph.states.map(({ input: node }, index) => ({
        node,
        from: { space: "state", index, offset: 0, bytes: 0 } as const,
      })),
    ];
    for (const { node, from } of places) {
      if (!from) continue;
      const start = this.#at(from) / 4;
      const beyond = words.subarray(start + sizeOf(node.shape), start + paddedBytes(node) / 4);
      assert.ok(
        beyond.every((word) => word === UNWRITTEN),
        `${node.op} (${node.shape.join(", ")}): written past its end`,
      );
    }
  }

  #at(location: Location): number {
    return location.space === "arena"
      ? this.#arena + location.offset
      : (this.#states[location.index] as number) + location.offset;
  }

  get #buffer(): ArrayBuffer {
    return this.#memory.buffer as ArrayBuffer;
  }

  #write(location: Location, { dtype, shape }: Node, data: ArrayLike<number>): void {
    assert.ok(location.bytes >= paddedBytes({ shape }));
    const View = dtype === "float32" ? Float32Array : dtype === "uint32" ? Uint32Array : Int32Array;
    new View(this.#buffer, this.#at(location), sizeOf(shape)).set(data);
  }

  #segments(everywhere: boolean): KernelCall[][] {
    const segments: KernelCall[][] = [];
    for (const call of this.#calls) {
      if (everywhere || call.barrierBefore || segments.length === 0) segments.push([call]);
      else segments.at(-1)?.push(call);
    }
    return segments;
  }

  #call(call: KernelCall, thread: number): void {
    const chunk = chunkOf(call, THREADS);
    const begin = thread * chunk;
    if (begin >= call.items) return;
    this.#kernels[call.function]?.(...call.addresses, begin, Math.min(begin + chunk, call.items), thread);
  }
}

function requireOrderless(name: string, graph: Graph, fed: readonly HostArray[], first: readonly HostArray[]): number {
  const stage = new Stage(graph);
  const expected = stage.run(fed, first, [0, 1, 2], true);
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    assert.deepEqual(
      stage.run(fed, first, order, false),
      expected,
      `${name}, threads in the order ${order.join(", ")}`,
    );
  }
  return compileGraph(graph, target, THREADS).calls.filter((call) => !call.barrierBefore).length;
}

test("whatever the order in which threads come, a barrier stands wherever it matters", () => {
  let withoutBarrier = 0;
  for (let seed = 2000; seed < 2060; seed++) {
    const { graph, values } = randomCase(seed, 16);
    withoutBarrier += requireOrderless(`seed ${seed}`, graph, values, []);
  }
  assert.ok(withoutBarrier > 100, "the graphs leave barriers out");
});

test("so it does where states are updated in place", () => {
  for (let seed = 3000; seed < 3060; seed++) {
    const { graph, first, fed } = stateCase(seed);
    requireOrderless(`seed ${seed}`, graph, [fed], first);
  }
});

test("so it does where loops run within the kernels of products", () => {
  for (let seed = 4000; seed < 4050; seed++) {
    const { graph, first, fed } = epilogueCase(seed, 40);
    requireOrderless(`seed ${seed}`, graph, fed, first);
  }
});

test("so it does where steps write and read parts of one array", () => {
  for (let seed = 5000; seed < 5012; seed++) {
    const { graph, values } = recurrenceCase(seed, {
      isLoop: seed % 2 === 0,
      gates: seed % 4 === 1 ? 3 : 4,
      steps: 4,
      batch: 2 + (seed % 3) * 6,
      features: 3,
      units: seed % 4 === 0 ? 33 : 16,
      reverse: seed % 2 === 0,
      isTimeFirst: seed % 5 > 0,
      reads: seed % 3 === 0 ? "last" : seed % 3 === 1 ? "stacked" : "beside",
    });
    requireOrderless(`seed ${seed}`, graph, values, []);
  }
});

test("so it does where values are parts of one another, and of states", () => {
  for (let seed = 6000; seed < 6060; seed++) {
    const { graph, first, fed } = partCase(seed);
    requireOrderless(`seed ${seed}`, graph, [fed], first);
  }
});

test("arrays larger than any memory are compared as a whole", () => {
  const place = (offset: number, bytes: number) => ({ space: "arena" as const, offset, bytes });
  const state = (index: number) => ({ space: "state" as const, index, offset: 0, bytes: 2 ** 44 });
  const large = place(2 ** 20, 2 ** 44);
  const calls = [
    { reads: [], writes: [large] },
    { reads: [], writes: [place(0, 2 ** 20)] },
    { reads: [], writes: [place(2 ** 40, 64)] },
    { reads: [large], writes: [] },
    { reads: [state(1)], writes: [state(0)] },
    { reads: [], writes: [state(2)] },
    { reads: [], writes: [state(1)] },
    { reads: [state(0)], writes: [] },
  ];
  assert.deepEqual(barriersBefore(calls), [false, false, true, true, false, false, true, false]);
});
