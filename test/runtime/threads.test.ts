import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode } from "../engine/cases.ts";

/** x <- x + 1, then its column sums: two kernels with a barrier between them. */
function counter(threads: number) {
  const backend = createWasmBackend({ threads });
  const input = inputNode("x", [64, 300]);
  const next = new Tensor(input).add(1);
  const state = backend.allocate([64, 300], "float32");
  const sums = next.transpose().matmul(next).sum(1);
  const executable = backend.compile({ inputs: [], states: [{ input, next: next.node }], outputs: [sums.node] }, [
    state,
  ]);
  return { backend, executable, state };
}

test("thousands of runs on three threads lose no update", () => {
  const { backend, executable, state } = counter(3);
  for (let turn = 1; turn <= 2000; turn++) {
    const [sums] = executable.run([]);
    // every element is `turn`, so a sum is 64 rows times 300 columns times turn^2, to float32 rounding (a lost update would be off by 1e-3)
    const expected = 64 * 300 * turn * turn;
    assert.ok(Math.abs((sums?.data[299] as number) - expected) <= expected * 1e-5, `turn ${turn}: ${sums?.data[299]}`);
  }
  assert.ok(state.read().data.every((value) => value === 2000));
  executable.dispose();
  backend.dispose();
});

test("compiling and disposing leaves no memory behind", () => {
  const backend = createWasmBackend({ threads: 2 });
  const input = inputNode("x", [50, 50]);
  const output = new Tensor(input).matmul(new Tensor(input)).tanh().node;
  const places = Array.from({ length: 30 }, () => {
    const executable = backend.compile({ inputs: [input], states: [], outputs: [output] }, []);
    const probe = backend.allocate([1], "float32") as ReturnType<typeof backend.allocate> & {
      readonly address: number;
    };
    const { address } = probe;
    probe.dispose();
    executable.dispose();
    return address;
  });
  assert.deepEqual(new Set(places).size, 1, "the same place is free every time");
  backend.dispose();
});

test("a process with an open backend ends by itself", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const code = `
    import { openBackend } from "./src/engine/select-backend.ts";
    import { tensor } from "./src/tensor/create.ts";
    openBackend({ backend: "wasm", threads: 2 });
    const [value] = await tensor([[1, 2]]).matmul([[3], [4]]).data();
    console.log(value);`;
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", code],
    { cwd: root, encoding: "utf8", timeout: 60_000 },
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), "11");
});
