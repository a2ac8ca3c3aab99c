import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { samplesOf } from "../workloads.ts";
import { givenTask, runTask } from "./calls.ts";
import { networkOf } from "./network.ts";

/** What we use of onnxruntime-node, which is not a dependency. */
interface OnnxRuntime {
  readonly env: { readonly versions: { readonly node?: string; readonly common: string } };
  readonly InferenceSession: { create(path: string, options: object): Promise<Session> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => object;
}

interface Session {
  run(feeds: Readonly<Record<string, object>>): Promise<Readonly<Record<"y", { readonly data: Float32Array }>>>;
}

const NOT_INSTALLED = 3;

function load(folder: string): OnnxRuntime {
  try {
    return createRequire(join(resolve(folder), "from-here.js"))("onnxruntime-node") as OnnxRuntime;
  } catch (error) {
    console.error((error as Error).message.split("\n")[0]);
    process.exit(NOT_INSTALLED);
  }
}

// A process of its own: onnxruntime-node on the same network.
const task = givenTask();
const { env, InferenceSession, Tensor } = load(task.onnx);
const version = `onnxruntime-node ${env.versions.node ?? env.versions.common}`;
const session = await InferenceSession.create(task.model, {
  intraOpNumThreads: task.threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: "all",
});
const network = networkOf(task.workload);
await runTask(task, version, (rows) => {
  const { x } = samplesOf(network, rows);
  const data = x.data as Float32Array;
  return async () => (await session.run({ x: new Tensor("float32", data, x.shape) })).y.data;
});
