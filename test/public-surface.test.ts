import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as doctor from "../src/doctor.ts";
import * as gradus from "../src/index.ts";
import * as node from "../src/node.ts";
import * as page from "../src/page.ts";
import * as pageWorker from "../src/page-worker.ts";
import * as report from "../src/report.ts";
import * as watch from "../src/watch.ts";
import * as words from "../src/words.ts";

/** The names that users may rely on. To change it is to change the interface: write the changelog's line, then
 *  UPDATE_SURFACE=1 node scripts/test.mjs public-surface prints the new list. */
const LIST = new URL("public-surface.txt", import.meta.url);

test("the public names are those on the list", () => {
  const entries = {
    gradus,
    "gradus/node": node,
    "gradus/doctor": doctor,
    "gradus/report": report,
    "gradus/watch": watch,
    "gradus/words": words,
    "gradus/page": page,
    "gradus/page/worker": pageWorker,
  };
  const names = Object.entries(entries).flatMap(([entry, exported]) => [
    entry,
    ...Object.keys(exported)
      .sort()
      .map((name) => `  ${name}`),
  ]);
  if (process.env.UPDATE_SURFACE) console.log(names.join("\n"));
  assert.deepEqual(names, readFileSync(LIST, "utf8").trim().split("\n"));
});

test("the public interface trains, saves nothing, and predicts", async () => {
  const model = gradus.sequential([gradus.linear(8), gradus.leakyRelu(), gradus.linear(2)], { inputShape: [2] });
  const data = gradus.xor({ samples: 80, seed: 1 });
  const optimizer = gradus.chain(gradus.clipByGlobalNorm({ maxNorm: 1 }), gradus.adam({ learningRate: 0.05 }));
  const { state, history } = await gradus.fit(model, {
    data,
    loss: "softmaxCrossEntropy",
    optimizer,
    epochs: 40,
    batchSize: 16,
    seed: 3,
  });
  assert.ok((history.at(-1)?.train.accuracy ?? 0) > 0.9, `${history.at(-1)?.train.accuracy}`);
  const { mean } = await gradus.predict(model, state, data);
  assert.deepEqual(mean.shape, [80, 2]);
});
