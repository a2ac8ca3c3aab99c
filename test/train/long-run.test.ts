import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { skipNative } from "../runtime/native-machine.ts";

/** V8 doubles the space for young objects at some point, by 16 MiB and at no fixed step, so it gets its full size from the start. In one
 *  run of four it also promotes short-lived objects to the old space, and keeps 40 MiB more until it collects there. */
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
    // other programs may still slow a block down, through caches; a growing list would slow down every later block
    assert.ok(Math.min(...blocks.slice(5)) < 1.5 * Math.min(...blocks.slice(1, 5)), figures);
  });
