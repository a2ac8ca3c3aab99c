import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { linear, relu } from "../../src/nn/construct.ts";
import { createModel } from "../../src/nn/model.ts";
import { type CreateRunOptions, createRun } from "../../src/runs/create-run.ts";
import type { NewRunEvent, RunWriter } from "../../src/runs/run-writer.ts";

// outside the repository, so that no run asks git for changed files
process.chdir(tmpdir());

/** A folder that is removed when the test ends. */
export function scratchFolder(context: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gradus-runs-")));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const tinyModel = createModel({ inputShape: [2], layers: [linear(3), relu(), linear(2)] });

/** A run in the folder `name` of a root. */
export function tinyRun(root: string, name = "run", options: Partial<CreateRunOptions> = {}): RunWriter {
  return createRun(join(root, name), { name, settings: { epochs: 2 }, model: tinyModel, ...options });
}

/** A first event. */
export const STARTED = {
  type: "started",
  backend: "wasm",
  threads: 1,
  epochs: 2,
  stepsPerEpoch: 5,
  parameters: 17,
  samples: 40,
  validationSamples: 10,
  step: 0,
} as const satisfies NewRunEvent;
