import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { HostArray } from "../../src/core/dtype.ts";
import { createNativeBackend } from "../../src/engine/native/backend.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Backend, Executable } from "../../src/runtime/backend.ts";
import { compile } from "../../src/tensor/compile.ts";
import { zeros } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode } from "../engine/cases.ts";
import { skipNative } from "./native-machine.ts";

const OPEN = { wasm: createWasmBackend, ...(skipNative === false ? { native: createNativeBackend } : {}) };
if (skipNative !== false) console.log(`native is not tested: ${skipNative}`);

/** Where the next large array would lie: behind everything that is held, since nothing before leaves so much room. */
function usedBytes(backend: Backend): number {
  const probe = backend.allocate([2_000_000], "float32") as ReturnType<Backend["allocate"]> & {
    readonly address: number;
  };
  const { address } = probe;
  probe.dispose();
  return address;
}

const batch = (size: number): HostArray => ({
  shape: [size, 20],
  dtype: "float32",
  data: new Float32Array(size * 20).fill(0.5),
});

async function program(backend: Backend, columns: number): Promise<Executable> {
  const input = inputNode("x", [10, columns]);
  return backend.compile({ inputs: [input], states: [], outputs: [new Tensor(input).exp().sum(0).node] }, []);
}

/** Lets the engine collect garbage and tell who waits for it. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await sleep(5);
  }
}

for (const [name, open] of Object.entries(OPEN)) {
  for (const threads of [1, 2]) {
    test(`${name}, ${threads === 1 ? "one thread" : "two threads"}: 2,000 runs take no memory, and what is disposed comes back`, async () => {
      const backend = open({ threads });
      const before = usedBytes(backend);
      let during: number | undefined;
      for (let cycle = 0; cycle < 10; cycle++) {
        const step = await compile(
          (state: { w: Tensor }, { x }: { x: Tensor }) => ({
            outputs: { y: x.matmul(state.w).tanh().mean() },
            state: { w: state.w.add(x.sum(0, true).transpose().mul(1e-6)) },
          }),
          { state: { w: zeros([20, 30]) }, backend },
        );
        for (let run = 0; run < 200; run++) step.runSync({ x: batch(run % 10 === 9 ? 3 : 8) });
        assert.equal(step.compilations, 2);
        during ??= usedBytes(backend);
        assert.equal(usedBytes(backend), during);
        step.dispose();
        step.state.dispose();
        assert.equal(usedBytes(backend), before);
      }
      backend.dispose();
    });
  }

  for (const threads of [1, 2]) {
    test(`${name}, ${threads === 1 ? "one thread" : "two threads"}: programs and arrays that nobody holds give their memory back`, async () => {
      const backend = open({ threads });
      const before = usedBytes(backend);
      const abandon = async (): Promise<void> => {
        for (let count = 1; count <= 20; count++) {
          await (await await program(backend, 100 * count)).run([
            { shape: [10, 100 * count], dtype: "float32", data: new Float32Array(1000 * count) },
          ]);
          backend.allocate([1000], "float32");
        }
      };
      await abandon();
      assert.ok(usedBytes(backend) > before + 20 * 4000);
      await collectGarbage();
      assert.equal(usedBytes(backend), before);
      backend.dispose();
    });
  }

  test(`${name}: a state lives as long as a program that updates it`, async () => {
    const backend = open({ threads: 1 });
    const input = inputNode("count", [1000]);
    const start = (): Executable =>
      backend.compileNow({ inputs: [], states: [{ input, next: new Tensor(input).add(1).node }], outputs: [input] }, [
        backend.allocate([1000], "float32"),
      ]);
    const counter = start();
    for (let turn = 0; turn < 5; turn++) {
      await collectGarbage();
      // would take the state's place
      const other = backend.allocate([1000], "float32");
      other.write({ shape: [1000], dtype: "float32", data: new Float32Array(1000).fill(-1) });
      const [count] = await counter.run([]);
      assert.ok(count?.data.every((value) => value === turn));
      other.dispose();
    }
    backend.dispose();
  });

  test(`${name}: outputs are the caller's: later runs do not change them`, async () => {
    const backend = open({ threads: 1 });
    const executable = await program(backend, 3);
    const feed = async (value: number) =>
      executable.run([{ shape: [10, 3], dtype: "float32", data: new Float32Array(30).fill(value) }]);
    const [first] = await feed(0);
    const [second] = await feed(1);
    assert.deepEqual([...(first?.data ?? [])], [10, 10, 10]);
    assert.ok((second?.data[0] as number) > 27);
    backend.dispose();
  });

  test(`${name}: what was disposed says so`, async () => {
    for (const threads of [1, 2]) {
      const backend = open({ threads });
      const array = backend.allocate([2], "float32");
      array.dispose();
      array.dispose();
      assert.throws(() => array.readNow(), { code: "disposed" });
      assert.throws(() => array.write({ shape: [2], dtype: "float32", data: new Float32Array(2) }), {
        code: "disposed",
      });
      const [gone, left] = [await program(backend, 2), await program(backend, 2)];
      gone.dispose();
      gone.dispose();
      const x: HostArray = { shape: [10, 2], dtype: "float32", data: new Float32Array(20) };
      await assert.rejects(async () => await gone.run([x]), { code: "disposed" });
      assert.throws(() => gone.profile?.(), { code: "disposed" });
      await left.run([x]);
      backend.dispose();
      backend.dispose();
      await assert.rejects(async () => await left.run([x]), { code: "disposed" });
      await assert.rejects(() => program(backend, 2), { code: "disposed" });
      left.dispose();
    }
  });
}
