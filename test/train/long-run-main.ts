// 100,000 steps of a small network, in a separate process, because the test runner tracks every promise and its memory
// would count. Prints one JSON line.
//   node --import tsx test/train/long-run-main.ts BACKEND
import { spirals } from "../../src/data/synthetic/spirals.ts";
import { openBackend } from "../../src/engine/select-backend.ts";
import { createModel } from "../../src/nn/model.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { fit } from "../../src/train/fit.ts";

/** CPU time of this process in microseconds, without that of other programs. */
const processorTime = () => process.cpuUsage().user;
const megabytes = () => process.memoryUsage().rss / 2 ** 20;
const layers = [{ type: "linear", units: 16 }, "leakyRelu", { type: "linear", units: 2 }] as const;
const backend = await openBackend({ backend: process.argv[2] as BackendName, threads: 1 });
let early = 0;
let most = 0;
let mark = 0;
const blocks: number[] = [];
await fit(createModel({ inputShape: [2], layers }), {
  data: spirals({ samples: 3200, seed: 1 }),
  loss: "softmaxCrossEntropy",
  optimizer: "adam",
  batchSize: 32,
  epochs: 1000,
  backend,
  callbacks: [
    {
      stepEnded: ({ step }) => {
        if (step === 1000) early = megabytes();
        if (step % 10_000 !== 0) return;
        most = Math.max(most, megabytes());
        blocks.push(Math.round((processorTime() - mark) / 1000));
        mark = processorTime();
      },
    },
  ],
});
backend.dispose();
console.log(JSON.stringify({ early, most, blocks }));
