import { GradusError } from "../../src/core/errors.ts";
import { earlierLines, print } from "../line.ts";
import { thisProcessor } from "../processor.ts";
import { writeFigures } from "../readme.ts";
import { WORKLOADS } from "../workloads.ts";
import { type Comparison, joinComparisons, requireSame } from "./comparison.ts";
import { type Measuring, nextRound } from "./measure.ts";
import { summarize } from "./summary.ts";
import { comparisonText } from "./table.ts";
import { torchVersions } from "./torch.ts";

export interface CompareOptions extends Omit<Measuring, "report"> {
  /** of our backend, in words */
  readonly description: string;
  /** empty: all that have a peer */
  readonly workloads: readonly string[];
  /** rounds to add to each workload; 0 only writes the table */
  readonly pairs: number;
  /** file of lines that earlier comparisons printed */
  readonly from: string | undefined;
  /** whether the README gets the table */
  readonly write: boolean;
}

/** Compares training steps with those of PyTorch, prints a line for each workload, and the table. Progress goes to the standard error.
 *  @throws GradusError as `torchVersions` and `joinComparisons`. */
export async function compare(options: CompareOptions): Promise<void> {
  const { workloads, pairs, from, write } = options;
  const known = from === undefined ? new Map<string, Comparison>() : joinComparisons(readComparisons(from));
  const report = (text: string) => console.error(text);
  const results = new Map(known);
  if (pairs > 0) {
    const { torch, libraries } = await torchVersions(options.python);
    const { backend, description, threads } = options;
    const here = { processor: thisProcessor(), node: process.versions.node };
    const circumstances = { ...here, backend, description, threads, torch, libraries };
    const [first] = known.values();
    if (first !== undefined) requireSame({ workload: "this run", circumstances, rounds: [], failed: {} }, first);
    for (const workload of workloads.length > 0 ? workloads : withPeers()) {
      let comparison = known.get(workload) ?? { workload, circumstances, rounds: [], failed: {} };
      const before = comparison.rounds.length;
      for (let pair = 0; pair < pairs; pair++) comparison = await nextRound(comparison, { ...options, report });
      results.set(workload, comparison);
      // only the new rounds: lines of several runs, appended to one file, can be read together
      print({ ...summarize(comparison), ...comparison, rounds: comparison.rounds.slice(before) });
    }
  }
  const order = Object.keys(WORKLOADS);
  const all = [...results.values()].sort((a, b) => order.indexOf(a.workload) - order.indexOf(b.workload));
  const [first] = all;
  if (first === undefined)
    throw new GradusError("bad-argument", "--pairs 0: there is nothing to show. Give --from FILE.");
  const text = comparisonText(first.circumstances, all.map(summarize));
  console.log(text);
  if (write) writeFigures("comparison", first.circumstances.processor, text);
}

const withPeers = () => Object.entries(WORKLOADS).flatMap(([name, { kind }]) => (kind === "deadWeights" ? [] : [name]));

/** Lines hold a summary beside what was measured; it is made anew. */
function readComparisons(path: string): readonly Comparison[] {
  const lines = earlierLines(path).filter((line) => "circumstances" in line && "rounds" in line);
  return (lines as unknown as Comparison[]).map(({ workload, circumstances, rounds, failed }) => ({
    ...{ workload, circumstances, rounds, failed },
  }));
}
