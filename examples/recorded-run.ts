// The example of docs/runs.md; a test runs it and compares the two.
import { rmSync } from "node:fs";
import { fit, leakyRelu, linear, sequential, spirals } from "../src/index.ts";
import { createRun, findRuns, openRun, recordRun } from "../src/node.ts";

const folder = process.argv[2] ?? "runs/spirals";
rmSync(folder, { recursive: true, force: true });

const { train, validation } = spirals({ samples: 800, seed: 1 }).split({ validation: 0.25, seed: 1 });
const model = sequential([linear(32), leakyRelu(), linear(32), leakyRelu(), linear(2)], { inputShape: [2] });
const settings = { loss: "softmaxCrossEntropy", optimizer: { type: "adam", learningRate: 0.01 }, epochs: 40 } as const;

const run = createRun(folder, { name: "two spirals", settings, model, tags: ["example"] });
const { onEvent, probe, failed } = recordRun(run, model);
try {
  await fit(model, {
    ...settings,
    data: { train, validation },
    onEvent,
    probe,
    checkpoint: { directory: run.checkpoints },
  });
} catch (error) {
  failed(error);
  throw error;
} finally {
  run.close();
}

// the same works in another process, while the run goes on
for (const found of findRuns(folder)) {
  const read = openRun(found);
  const loss = read.measures.get("validation/loss");
  console.log(`${read.name}: ${read.status}, ${read.measures.get("loss")?.length} steps`);
  console.log(`validation loss: ${loss?.values[loss.length - 1]} after step ${loss?.steps[loss.length - 1]}`);
}
