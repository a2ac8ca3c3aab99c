import assert from "node:assert/strict";
import { after, test } from "node:test";
import { measureCliffs } from "../../bench/cliffs.ts";
import { readOptions } from "../../bench/options.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";

const backend = createWasmBackend({ threads: 1 });
after(() => backend.dispose());

test("--cliffs has a line for each product and batch, with a time for every width", () => {
  assert.equal(readOptions(["--cliffs"]).mode, "cliffs");
  const lines = [...measureCliffs(backend, { widths: [3, 8], batches: [1, 5], budgetMs: 0 })];
  assert.deepEqual(
    lines.map(({ product, batch }) => `${product} ${batch}`),
    ["forward 1", "forward 5", "inputGradient 1", "inputGradient 5", "weightGradient 1", "weightGradient 5"],
  );
  for (const { ps_per_multiply_add: times, worst_neighbors } of lines) {
    assert.deepEqual(Object.keys(times), ["3", "8"]);
    assert.ok(Object.values(times).every((time) => time > 0) && worst_neighbors >= 1);
  }
});
