import { factor, milliseconds } from "../compare/table.ts";
import { BUSY } from "../load.ts";
import { markdownTable } from "../readme.ts";
import type { PredictLine } from "./summary.ts";

/** The README's part: the circumstances in a sentence, and the table. */
export function predictionText(lines: readonly PredictLine[], processor: string): string {
  const [first] = lines;
  const busiest = Math.max(0, ...lines.map(({ busy }) => busy));
  const noise =
    busiest > BUSY ? ` Not quiet: other programs used up to ${Math.round(busiest * 100)} % of the machine.` : "";
  const sentence = `${processor}, Node ${process.versions.node}, ${first?.peer ?? "onnxruntime-node"}, ${first?.pairs ?? 0} pairs.${noise}`;
  const head = [
    "network",
    "one sample: ours, median (99th percentile)",
    "onnxruntime-node",
    "ratio, median (range)",
    "256 samples at once: ours",
    "onnxruntime-node",
    "ratio, median (range)",
  ];
  const rows = lines.map(({ workload, results: [one, many] }) => [
    `\`${workload}\``,
    ...(one === undefined ? ["?", "?", "?"] : [latency(one.ours), latency(one.theirs), ratio(one)]),
    ...(many === undefined ? ["?", "?", "?"] : [throughput(many.ours), throughput(many.theirs), ratio(many)]),
  ]);
  return `${sentence}\n\n${markdownTable(head, rows)}`;
}

type Result = PredictLine["results"][number];

const latency = ({ ms, p99_ms }: Result["ours"]) => `${milliseconds(ms)} ms (${milliseconds(p99_ms)})`;
const throughput = ({ samples_per_s }: Result["ours"]) =>
  `${Math.round(samples_per_s).toLocaleString("en-US")} per second`;
const ratio = (each: Result) => `**${factor(each.ratio)}** (${factor(each.ratio_min)} to ${factor(each.ratio_max)})`;
