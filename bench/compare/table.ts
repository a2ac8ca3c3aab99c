import { BUSY } from "../load.ts";
import { markdownTable } from "../readme.ts";
import type { Circumstances } from "./comparison.ts";
import { isProduct, type Summary } from "./summary.ts";

/** The README's part: the circumstances in a sentence, networks, products. */
export function comparisonText(circumstances: Circumstances, summaries: readonly Summary[]): string {
  const networks = summaries.filter(({ workload }) => !isProduct(workload));
  const products = summaries.filter(({ workload }) => isProduct(workload));
  return [
    sentence(circumstances, summaries),
    ...(networks.length > 0 ? [networksTable(circumstances, networks)] : []),
    ...(products.length > 0 ? [productsTable(circumstances, products)] : []),
  ].join("\n\n");
}

const release = (torch: string) => /^\d+\.\d+/.exec(torch)?.[0] ?? torch;

function sentence(
  { processor, description, threads, node, torch, libraries }: Circumstances,
  summaries: readonly Summary[],
): string {
  const counts = summaries.map(({ pairs }) => pairs);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const rounds = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
  const by = libraries.length > 0 ? ` (${libraries.join(", ")})` : "";
  const busiest = Math.max(...summaries.map(({ busy }) => busy));
  const noise =
    busiest > BUSY ? ` Not quiet: other programs used up to ${Math.round(busiest * 100)} % of the machine.` : "";
  return `${processor}, ${threads} ${threads === 1 ? "thread" : "threads"}, ${rounds} ${most === 1 ? "round" : "rounds"}. Ours: ${description.replace(/, \d+ threads?$/, "")}, Node ${node}. The peer: PyTorch ${torch}${by}.${noise}`;
}

function networksTable({ torch }: Circumstances, networks: readonly Summary[]): string {
  const head = [
    "workload",
    "ours, median (best step)",
    `PyTorch ${release(torch)}, best form`,
    "its median (best step)",
    "ratio, median (range)",
    "best against best",
    "share of the floor, median (best step)",
    "first step",
    "peak memory, ours and its",
  ];
  const rows = networks.map((each) => [
    `\`${each.workload}\``,
    timeOf(each.ms, each.min_ms),
    each.peer,
    timeOf(each.peer_ms, each.peer_min_ms),
    ratioOf(each),
    factor(each.best_ratio),
    `${share(each.share_of_floor)} (${share(each.best_share_of_floor)})`,
    `${milliseconds(each.first_step_ms)} ms`,
    `${memory(each.peak_mb)} and ${memory(each.peer_peak_mb)} MiB`,
  ]);
  return markdownTable(head, rows);
}

function productsTable({ torch }: Circumstances, products: readonly Summary[]): string {
  const head = [
    "product",
    "ours",
    "share of the machine's peak",
    `PyTorch ${release(torch)}`,
    "ratio, median (range)",
    "best against best",
  ];
  const rows = products.map((each) => [
    `\`${each.workload}\``,
    `${milliseconds(each.gflops)} GFLOP/s`,
    share(each.share_of_floor),
    `${milliseconds(each.peer_gflops)} GFLOP/s`,
    ratioOf(each),
    factor(each.best_ratio),
  ]);
  return markdownTable(head, rows);
}

const timeOf = (ms: number, least: number) => `${milliseconds(ms)} ms (${milliseconds(least)})`;
const ratioOf = (each: Pick<Summary, "ratio" | "ratio_min" | "ratio_max">) =>
  `**${factor(each.ratio)}** (${factor(each.ratio_min)} to ${factor(each.ratio_max)})`;
const memory = (mb: number | undefined) => (mb === undefined || mb === 0 ? "?" : String(Math.round(mb)));

/** Three digits, none of them behind the point from 100 on. */
export function milliseconds(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "?";
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** A quotient, with three digits from 1 on. */
export function factor(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

export function share(value: number): string {
  return value.toFixed(2);
}
