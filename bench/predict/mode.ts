import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GradusError } from "../../src/core/errors.ts";
import { createModel } from "../../src/nn/model.ts";
import { jsonLines, ourselves, runChild } from "../child.ts";
import { earlierLines, lastOfEach, print } from "../line.ts";
import { BUSY, busyShare } from "../load.ts";
import { exportModel } from "../onnx/export-model.ts";
import { thisProcessor } from "../processor.ts";
import { writeFigures } from "../readme.ts";
import type { PredictTask } from "./calls.ts";
import { requireEqualOutputs } from "./equal-outputs.ts";
import { NETWORK_NAMES, networkOf } from "./network.ts";
import { type Pair, type PredictLine, type Process, SIDES, type Side, summarize } from "./summary.ts";
import { predictionText } from "./table.ts";
import { fixedState } from "./weights.ts";

export interface PredictModeOptions {
  /** empty: all networks */
  readonly workloads: readonly string[];
  readonly pairs: number;
  readonly backend: string;
  readonly threads: number;
  /** seconds for each number of rows */
  readonly budget: number;
  /** folder in which onnxruntime-node is installed */
  readonly onnx: string | undefined;
  readonly from: string | undefined;
  readonly write: boolean;
}

/** One sample, and as many as our predictor takes at once by default. */
const ROWS = [1, 256] as const;

const PROGRAMS = { ours: "run-ours.ts", onnx: "run-onnx.ts" } as const;
const NOT_INSTALLED = 3;

/** Compares prediction with onnxruntime-node on the same networks with the same weights. Each process runs alone, in turn with the
 *  others: both libraries, on one thread and on all. Prints a line for each workload, and the table.
 *  @throws GradusError `bad-argument` without a folder, `backend-unavailable` if onnxruntime-node is not in it, `bad-data` if the
 *    outputs differ. */
export async function predictMode(options: PredictModeOptions): Promise<void> {
  const { workloads, pairs, from, write } = options;
  const lines = from === undefined ? [] : readLines(from);
  const folder = mkdtempSync(join(tmpdir(), "gradus-predict-"));
  try {
    for (const workload of pairs === 0 ? [] : workloads.length > 0 ? workloads : NETWORK_NAMES) {
      const line = await predictOne(workload, options, folder);
      lines.push(line);
      print(line);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const text = predictionText(lastOfEach(lines, NETWORK_NAMES), thisProcessor());
  console.log(text);
  if (write) writeFigures("prediction", thisProcessor(), text);
}

const readLines = (path: string): PredictLine[] =>
  (earlierLines(path) as unknown as PredictLine[]).filter(
    (line) => line.peer !== undefined && line.results !== undefined && line.processor === thisProcessor(),
  );

async function predictOne(workload: string, options: PredictModeOptions, folder: string): Promise<PredictLine> {
  const { pairs, threads, budget, backend, onnx } = options;
  if (onnx === undefined) {
    const message =
      "--predict needs the folder in which onnxruntime-node is installed: --onnx FOLDER. --help says how.";
    throw new GradusError("bad-argument", message);
  }
  const network = networkOf(workload);
  const built = createModel({ inputShape: network.inputShape, layers: network.layers });
  const model = join(folder, "model.onnx");
  writeFileSync(model, exportModel(built, fixedState(built).arrays));
  const outputs = (side: Side) => join(folder, side);
  const counts = threads === 1 ? [1] : [1, threads];
  const rounds: Pair[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const busy = await busyShare();
    if (busy > BUSY)
      console.error(`other programs use ${Math.round(busy * 100)} % of the machine: these are not figures to quote`);
    const processes: Process[] = [];
    for (const count of counts) {
      for (const side of SIDES) {
        const task = { workload, threads: count, budget, rows: ROWS, outputs: outputs(side), model, onnx, backend };
        const done = await runProcess(side, task);
        processes.push(done);
        const [one, many] = done.times.map(({ ms }) => ms.toPrecision(3));
        console.error(
          `${workload}, pair ${pair + 1}: ${done.version}, threads: ${count}, one ${one} ms, ${ROWS[1]} ${many} ms`,
        );
      }
      requireEqualOutputs(workload, readFloats(outputs("ours")), readFloats(outputs("onnx")));
    }
    rounds.push({ processes, busy });
  }
  return summarize(workload, thisProcessor(), rounds);
}

async function runProcess(side: Side, task: PredictTask): Promise<Process> {
  const program = fileURLToPath(new URL(PROGRAMS[side], import.meta.url));
  const { status, stdout, stderr } = await runChild(ourselves([JSON.stringify(task)], {}, program));
  const [line] = jsonLines(stdout);
  if (status === 0 && line !== undefined) return { ...(line as unknown as Omit<Process, "side">), side };
  if (side === "onnx" && status === NOT_INSTALLED) {
    throw new GradusError(
      "backend-unavailable",
      `onnxruntime-node is not installed in ${task.onnx}: ${stderr.trim()}. --help says how to install it.`,
    );
  }
  throw new GradusError("bad-data", `${task.workload}: ${PROGRAMS[side]} failed (exit ${status}): ${stderr.trim()}`);
}

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
