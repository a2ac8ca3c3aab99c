import { type Figure, figureOf, ourselves } from "./child.ts";
import { factor, milliseconds } from "./compare/table.ts";
import { earlierLines, lastOfEach, print } from "./line.ts";
import { median, round, sorted } from "./numbers.ts";
import { thisProcessor } from "./processor.ts";
import { markdownTable, writeFigures } from "./readme.ts";
import { WORKLOADS } from "./workloads.ts";

export interface WasmOptions {
  /** empty: all networks and products */
  readonly workloads: readonly string[];
  readonly pairs: number;
  readonly threads: number;
  /** seconds of steps in each process */
  readonly budget: number;
  /** file of lines that earlier comparisons printed; of several of one workload the last counts */
  readonly from: string | undefined;
  readonly write: boolean;
}

/** Times of WebAssembly, which has 128-bit vectors, over those of machine code with 256-bit ones. */
interface WasmLine {
  readonly workload: string;
  readonly processor: string;
  readonly threads: number;
  readonly pairs: number;
  readonly wasm_ms: number;
  readonly wasm_min_ms: number;
  readonly native_256_ms: number;
  readonly native_256_min_ms: number;
  readonly ratio: number;
  readonly ratio_min: number;
  readonly ratio_max: number;
}

/** Compares WebAssembly with machine code of 256-bit vectors, each run in its own process, in turn. Prints a line for each workload, and
 *  the table. */
export async function compareWasm({ workloads, from, write, ...options }: WasmOptions): Promise<void> {
  const order = Object.entries(WORKLOADS).flatMap(([name, { kind }]) => (kind === "deadWeights" ? [] : [name]));
  const processor = thisProcessor();
  const lines = from === undefined ? [] : readLines(from, processor);
  for (const workload of options.pairs === 0 ? [] : workloads.length > 0 ? workloads : order) {
    const line = await compareOne(workload, processor, options);
    lines.push(line);
    print(line);
  }
  const text = wasmText(lastOfEach(lines, order), processor);
  console.log(text);
  if (write) writeFigures("wasm", processor, text);
}

const readLines = (path: string, processor: string): WasmLine[] =>
  (earlierLines(path) as unknown as WasmLine[]).filter(
    (line) => line.native_256_ms !== undefined && line.processor === processor,
  );

interface Pair {
  readonly wasm: Figure;
  readonly native: Figure;
}

async function compareOne(
  workload: string,
  processor: string,
  { pairs, threads, budget }: Pick<WasmOptions, "pairs" | "threads" | "budget">,
): Promise<WasmLine> {
  const common = ["--threads", String(threads), "--budget", String(budget), workload];
  const wasm = ourselves(["--backend", "wasm", ...common]);
  const native = ourselves(["--backend", "native", ...common], { GRADUS_NATIVE_ISA: "avx2" });
  const figures: Pair[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const figure = { wasm: await figureOf(wasm, workload), native: await figureOf(native, workload) };
    figures.push(figure);
    console.error(`${workload}, pair ${pair + 1}: wasm ${figure.wasm.ms} ms, 256-bit ${figure.native.ms} ms`);
  }
  const ratios = sorted(figures.map((each) => each.wasm.ms / each.native.ms));
  return {
    workload,
    processor,
    threads,
    pairs,
    wasm_ms: round(median(figures.map((each) => each.wasm.ms))),
    wasm_min_ms: Math.min(...figures.map((each) => each.wasm.min_ms)),
    native_256_ms: round(median(figures.map((each) => each.native.ms))),
    native_256_min_ms: Math.min(...figures.map((each) => each.native.min_ms)),
    ratio: round(median(ratios)),
    ratio_min: round(ratios[0] as number),
    ratio_max: round(ratios.at(-1) as number),
  };
}

/** The README's part: a sentence and the table. */
export function wasmText(lines: readonly WasmLine[], processor: string): string {
  const head = ["workload", "WebAssembly, median (best)", "256-bit machine code", "ratio, median (range)"];
  const rows = lines.map((each) => [
    `\`${each.workload}\``,
    `${milliseconds(each.wasm_ms)} ms (${milliseconds(each.wasm_min_ms)})`,
    `${milliseconds(each.native_256_ms)} ms (${milliseconds(each.native_256_min_ms)})`,
    `${factor(each.ratio)} (${factor(each.ratio_min)} to ${factor(each.ratio_max)})`,
  ]);
  const [{ threads = 0, pairs = 0 } = {}] = lines;
  const where = `${processor}, ${threads} ${threads === 1 ? "thread" : "threads"}, ${pairs} pairs in turn, Node ${process.versions.node}.`;
  return `${where}\n\n${markdownTable(head, rows)}`;
}
