import assert from "node:assert/strict";
import { test } from "node:test";
import { FunctionBuilder } from "../../../src/codegen/builder.ts";
import type { VectorProgram } from "../../../src/codegen/program.ts";
import { VectorArray } from "../../../src/engine/vector/array.ts";
import { VectorExecutable } from "../../../src/engine/vector/executable.ts";
import { loadProven } from "../../../src/engine/vector/load.ts";
import type { Graph } from "../../../src/graph/node.ts";
import { NativeDevice } from "../../../src/runtime/native/device.ts";
import type { VectorDevice } from "../../../src/runtime/vector-device.ts";
import { WasmDevice } from "../../../src/runtime/wasm/device.ts";
import { Tensor } from "../../../src/tensor/tensor.ts";
import { skipNative } from "../../runtime/native-machine.ts";
import { inputNode } from "../cases.ts";

const DEVICES: readonly { name: string; skip: string | false; open: (threads: number) => VectorDevice }[] = [
  { name: "wasm", skip: false, open: (threads) => new WasmDevice({ threads }) },
  { name: "wasm, scalar", skip: false, open: (threads) => new WasmDevice({ threads, simd: false }) },
  { name: "native", skip: skipNative, open: (threads) => new NativeDevice({ threads }) },
];

/** Counts the programs that reach the device itself. */
function watched(device: VectorDevice): { readonly device: VectorDevice; readonly loaded: () => number } {
  let count = 0;
  const load: VectorDevice["load"] = (program) => {
    count++;
    return device.load(program);
  };
  const { name, target, threads, heap } = device;
  return { device: { name, target, threads, heap, load, dispose: () => device.dispose() }, loaded: () => count };
}

/** Stores one element `offset` bytes behind an address, for each item. */
function storeAt({ target }: VectorDevice, address: number, offset: number, items: number): VectorProgram {
  const b = new FunctionBuilder("store", target);
  const to = b.parameter();
  const [begin, end] = b.range();
  b.loop(begin, end, 1, (item) => b.store(b.constant(1), b.indexAdd(to, b.indexShiftLeft(item, 2)), offset, 1));
  const call = { function: 0, addresses: [address], items, grain: 1, barrierBefore: false, label: "store" };
  return { lanes: target.lanes, functions: [b.finish()], calls: [call] };
}

for (const { name, skip, open } of DEVICES) {
  for (const threads of [1, 2]) {
    test(`${name}, ${threads} threads: a program that leaves its array is refused before it is code`, { skip }, () => {
      const { device, loaded } = watched(open(threads));
      const address = device.heap.allocate(128);
      const regions = [{ start: address, bytes: 128, name: "the array" }];
      for (const [offset, items] of [
        [0, 33],
        [-4, 1],
        [124, 2],
      ] as const) {
        assert.throws(() => loadProven(device, storeAt(device, address, offset, items), regions), {
          code: "out-of-plan",
        });
      }
      assert.equal(loaded(), 0);
      const program = loadProven(device, storeAt(device, address, 0, 32), regions);
      program.run();
      assert.deepEqual([...device.heap.floats(address, 32)], new Array(32).fill(1));
      device.heap.floats(address, 32).fill(0);
      program.runSingle(0);
      assert.deepEqual([...device.heap.floats(address, 32)], new Array(32).fill(1));
      program.unload();
      device.dispose();
    });

    test(`${name}, ${threads} threads: a program whose state has a shorter array is refused`, { skip }, () => {
      const { device, loaded } = watched(open(threads));
      const input = inputNode("x", [200, 40]);
      const next = new Tensor(input).add(1).node;
      const graph: Graph = { inputs: [], states: [{ input, next }], outputs: [] };
      const free = device.heap.allocate(64);
      device.heap.free(free, 64);
      const short = new VectorArray(device, [100, 40], "float32");
      assert.throws(() => new VectorExecutable(device, graph, [short], {}), { code: "out-of-plan" });
      assert.equal(loaded(), 0);
      short.dispose();
      assert.equal(device.heap.allocate(64), free, "a refused program leaves no memory behind");
      const whole = new VectorArray(device, [200, 40], "float32");
      const executable = new VectorExecutable(device, graph, [whole], {});
      executable.run([]);
      assert.ok(whole.readNow().data.every((value) => value === 1));
      executable.dispose();
      device.dispose();
    });
  }
}
