import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { openBackend } from "../../src/index.ts";
import { scratchFolder } from "../io/scratch.ts";
import { installInto } from "../package/packed.ts";
import { bundleContract, type Kept } from "./contract-site.ts";
import { openFirefox } from "./firefox.ts";
import { resultOf, type TestPage } from "./open-page.ts";
import { serve } from "./serve.ts";
import { bundleSite, requireTrainings, type Training } from "./trainings.ts";

const browser = await openFirefox();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));

const newPage = async (): Promise<TestPage> => {
  if (typeof browser === "string") throw new Error(browser);
  return (await browser.newPage()) as unknown as TestPage;
};

const FUSED = /multiply-add fused/;

describe("Firefox", { skip }, () => {
  it("trains on one thread, on several where the page is isolated, with the bits of Node where both fuse multiply-add", async (test) => {
    const project = scratchFolder();
    installInto(project);
    cpSync("test/browser/site", project, { recursive: true });
    const { folder } = await bundleSite(project);
    let last: Training | undefined;
    for (const isIsolated of [false, true]) {
      const { address, close } = await serve(folder, isIsolated);
      const trainings = await resultOf<readonly [Training, Training]>(newPage, address, "globalThis.trainings").finally(
        close,
      );
      requireTrainings(trainings, isIsolated);
      last = trainings[1];
      test.diagnostic(last.description);
    }
    const { description } = await openBackend({ backend: "wasm", threads: 2 });
    if (FUSED.test(description) !== FUSED.test(last?.description ?? "")) {
      test.diagnostic(`Node differs: ${description}`);
      return;
    }
    process.env.GRADUS_BACKEND = "wasm";
    const { train } = (await import(pathToFileURL(join(project, "train.js")).href)) as { train(): Promise<Training> };
    const { losses, outputs } = await train();
    assert.deepEqual(last?.losses, losses);
    assert.deepEqual(last?.outputs, outputs);
  });

  it("keeps what every backend promises, on one thread and on three", async () => {
    const folder = join(scratchFolder(), "contract");
    await bundleContract(folder);
    const { address, close } = await serve(folder, true);
    const kept = await resultOf<readonly Kept[]>(newPage, address, "globalThis.trainings").finally(close);
    assert.deepEqual(
      kept.map(({ threads, broken }) => ({ threads, broken })),
      [1, 3, 1].map((threads) => ({ threads, broken: [] })),
    );
  });
});
