import { createModel } from "../../src/nn/model.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { createPredictor } from "../../src/train/predictor.ts";
import { samplesOf } from "../workloads.ts";
import { givenTask, runTask } from "./calls.ts";
import { networkOf } from "./network.ts";
import { fixedState } from "./weights.ts";

// A process of its own: our predictor.
const task = givenTask();
const network = networkOf(task.workload);
const model = createModel({ inputShape: network.inputShape, layers: network.layers });
const batchSize = Math.max(...task.rows);
const predictor = await createPredictor(model, fixedState(model).state, {
  batchSize,
  warmUp: task.rows,
  threads: task.threads,
  backend: task.backend as BackendName,
});
await runTask(task, "gradus", (rows) => {
  const { x } = samplesOf(network, rows);
  const inputs = rows === 1 ? x.data : x;
  return () => predictor.run(inputs).data as Float32Array;
});
