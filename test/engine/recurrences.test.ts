import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends } from "./backends.ts";
import { difference, runOn } from "./cases.ts";
import { type Recurrence, recurrenceCase } from "./recurrence-cases.ts";

const sizes: fc.Arbitrary<Recurrence> = fc.record({
  gates: fc.constantFrom(3 as const, 4 as const),
  steps: fc.integer({ min: 1, max: 6 }),
  batch: fc.constantFrom(1, 2, 3, 7, 16, 40),
  features: fc.constantFrom(1, 3, 8),
  units: fc.constantFrom(1, 2, 5, 8, 16, 20, 33, 64, 96, 128),
  isLoop: fc.boolean(),
  reverse: fc.boolean(),
  isTimeFirst: fc.boolean(),
  reads: fc.constantFrom("last", "stacked", "beside"),
});

test("recurrences and their gradients are the same on wasm and native as by definition", async () => {
  const reference = createReferenceBackend();
  const backends = [1, 3].flatMap((threads) => compiledBackends({ threads }));
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(1000), async (recurrence, seed) => {
      const example = recurrenceCase(seed, recurrence);
      const expected = await runOn(reference, example);
      for (const backend of backends) {
        const fault = difference(expected, await runOn(backend, example), 1e-5, example.graph);
        assert.equal(fault, undefined, `${backend.description}: ${fault}`);
      }
    }),
    { numRuns: 40 },
  );
  for (const backend of backends) backend.dispose();
});

test("gates within the kernel of their product change no bit", async () => {
  const [apart, joined] = [false, true].map((epilogues) => compiledBackends({ threads: 2, epilogues })) as [
    Backend[],
    Backend[],
  ];
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(1000), async (recurrence, seed) => {
      const example = recurrenceCase(seed, recurrence);
      for (const [index, backend] of apart.entries()) {
        const fault = difference(
          await runOn(backend, example),
          await runOn(joined[index] as Backend, example),
          0,
          example.graph,
        );
        assert.equal(fault, undefined, `${backend.description}: ${fault}`);
      }
    }),
    { numRuns: 20 },
  );
  for (const backend of [...apart, ...joined]) backend.dispose();
});
