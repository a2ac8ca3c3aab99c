import { writeFileSync } from "node:fs";
import { sorted } from "../numbers.ts";

/** What a process that predicts is told, as JSON in its first argument. */
export interface PredictTask {
  readonly workload: string;
  readonly threads: number;
  /** seconds for each number of rows */
  readonly budget: number;
  /** numbers of rows of a call */
  readonly rows: readonly number[];
  /** file for the outputs of the largest number of rows, as float32 */
  readonly outputs: string;
  /** model file, and the folder in which onnxruntime-node is installed */
  readonly model: string;
  readonly onnx: string;
  readonly backend: string;
}

export interface CallTimes {
  readonly rows: number;
  readonly ms: number;
  /** of 100 calls, one takes longer than this */
  readonly p99_ms: number;
  readonly min_ms: number;
  readonly calls: number;
}

/** One prediction of the given rows, with everything that a caller pays for: handing the numbers over, and getting the outputs. */
export type Call = () => Float32Array | Promise<Float32Array>;

const WARM_UP = 0.25;
const LEAST_CALLS = 20;

/** Times calls until the budget is spent; a quarter of it before does not count. */
export async function timeCalls(rows: number, call: Call, budget: number): Promise<CallTimes> {
  const end = performance.now() + WARM_UP * budget * 1e3;
  do await call();
  while (performance.now() < end);
  const times: number[] = [];
  const start = performance.now();
  while (times.length < LEAST_CALLS || performance.now() - start < budget * 1e3) {
    const before = performance.now();
    const output = call();
    // a result that is there already needs no turn of the event loop
    if (output instanceof Promise) await output;
    times.push(performance.now() - before);
  }
  const ordered = sorted(times);
  const at = (share: number) => ordered[Math.floor(share * ordered.length)] as number;
  return { rows, ms: at(0.5), p99_ms: at(0.99), min_ms: at(0), calls: times.length };
}

/** Times every number of rows, prints one line, and writes the outputs of the most rows. */
export async function runTask(
  { workload, threads, budget, rows, outputs }: PredictTask,
  version: string,
  callOf: (rows: number) => Call,
): Promise<void> {
  const times: CallTimes[] = [];
  for (const count of rows) times.push(await timeCalls(count, callOf(count), budget));
  writeFileSync(outputs, await callOf(Math.max(...rows))());
  console.log(JSON.stringify({ workload, version, threads, times }));
}

export const givenTask = (): PredictTask => JSON.parse(process.argv[2] ?? "{}");
