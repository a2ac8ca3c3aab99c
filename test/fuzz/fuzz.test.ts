import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry } from "../engine/draw.ts";
import { mutateBytes, splice } from "./mutate-bytes.ts";
import { mutateText } from "./mutate-text.ts";
import { fuzz } from "./run.ts";

// A fixed slice of `npm run test:fuzz`: some cases of each kind.
const CASES = 250;

test("faulty files are read or refused with a GradusError, within a second and 256 MiB", async () => {
  const { faults, outcomes } = await fuzz(1, 0, CASES);
  assert.deepEqual(faults, []);
  const count = (end: RegExp) =>
    Object.entries(outcomes).reduce((sum, [name, number]) => sum + (end.test(name) ? number : 0), 0);
  assert.equal(count(/./), CASES);
  // some files are still valid, and some are not so broken that readers refuse them at once
  assert.ok(count(/ read$/) > CASES / 20 && count(/ read$/) < CASES / 1.25, JSON.stringify(outcomes));
});

test("a case is reproducible", () => {
  const text = '{"a": 1, "b": [2, "c"]}\n';
  const bytes = new TextEncoder().encode(text);
  const made = (seed: number) => {
    const random = mulberry(seed);
    return [mutateText(random, text), mutateBytes(random, bytes), splice(random, bytes, bytes)];
  };
  const first = Array.from({ length: 100 }, (_, seed) => made(seed));
  assert.deepEqual(
    first,
    first.map((_, seed) => made(seed)),
  );
  assert.ok(first.filter(([changed]) => changed !== text).length > 60);
  assert.deepEqual(new TextDecoder().decode(bytes), text);
});
