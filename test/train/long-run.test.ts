import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { skipNative } from "../runtime/native-machine.ts";

/** V8 doubles the space for young objects once it likes to, by 16 MiB and at no fixed step: it has its full size from the start. And in one
 *  run of four it takes short-lived objects for long-lived ones, lays them among the old, and has 40 MiB more until it looks there. */
const FLAGS = ["--min-semi-space-size=16", "--max-semi-space-size=16", "--no-allocation-site-pretenuring"];
const PROGRAM = fileURLToPath(new URL("long-run-main.ts", import.meta.url));

for (const [backend, skip] of Object.entries({ wasm: false, native: skipNative }))
  test(`100,000 steps: memory stays within 5 % of what the first 1,000 took, and steps do not slow down: ${backend}`, {
    skip,
  }, async (t) => {
    const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, "--import", "tsx", PROGRAM, backend]);
    const { early, most, blocks } = JSON.parse(stdout) as {
      readonly early: number;
      readonly most: number;
      readonly blocks: readonly number[];
    };
    const figures = `${early.toFixed(1)} MiB after 1,000 steps, at most ${most.toFixed(1)} MiB; ms per 10,000 steps: ${blocks.join(" ")}`;
    t.diagnostic(figures);
    assert.equal(blocks.length, 10);
    assert.ok(most < 1.05 * early, figures);
    // other work on the machine may still slow a block down, through caches; a list that grows would slow down every later one
    assert.ok(Math.min(...blocks.slice(5)) < 1.5 * Math.min(...blocks.slice(1, 5)), figures);
  });
