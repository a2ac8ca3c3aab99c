import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends } from "./backends.ts";
import { brokenPromises } from "./contract.ts";

const reference = createReferenceBackend();

for (const backend of [
  ...compiledBackends({ threads: 1 }),
  ...compiledBackends({ threads: 2 }),
  createReferenceBackend(),
]) {
  test(`keeps what every backend promises: ${backend.description}`, async () => {
    assert.deepEqual(await brokenPromises(backend, reference), []);
    backend.dispose();
  });
}

test("a backend that breaks a promise is found out", async () => {
  const inner = createReferenceBackend();
  const faulty = {
    ...inner,
    compile: async (...given: Parameters<typeof inner.compile>) => {
      const executable = await inner.compile(...given);
      return { run: () => [], describe: () => "", dispose: () => executable.dispose() };
    },
  };
  assert.equal((await brokenPromises(faulty, reference)).length, 2);
});
