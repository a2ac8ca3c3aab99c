// Examines faulty-case/1 files: one JSON line per case. With --evaluate, compares the answers with the expectations of the cases.
import { onInterrupt } from "../../src/cli/interrupt.ts";
import { Runner } from "../../src/doctor/trial/pool.ts";
import { processPlaces } from "../../src/processes/run-process.ts";
import { HELP, readArguments } from "./arguments.ts";
import type { FaultyCase } from "./case.ts";
import { isHeldOut, type Mark, mark, summarize, TABLE_HEADER, tableRow } from "./evaluate.ts";
import { examineCase } from "./examine-case.ts";
import { progressLine } from "./progress.ts";

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (given === "help") {
    console.log(HELP);
    return 0;
  }
  const interrupt = onInterrupt((name) => process.stderr.write(`${name}: stopping\n`));
  const progress = progressLine(process.stderr);
  const { signal } = interrupt;
  // one for all cases, so that its processes stay warm
  const runner = new Runner({
    backend: given.examine.backend,
    threads: given.examine.threads,
    places: processPlaces(),
    signal,
  });
  const marks: Mark[] = [];
  let failed = false;
  for (const [index, file] of given.files.entries()) {
    if (signal.aborted) break;
    const where = given.files.length > 1 ? `${index + 1}/${given.files.length} ` : "";
    const { line, faulty } = await examineCase(
      file,
      { ...given.examine, signal, runner, onProgress: (event) => progress.show(where, file, event) },
      given.seed,
    );
    progress.clear();
    failed ||= "error" in line;
    if (!given.evaluate) console.log(JSON.stringify(line));
    else for (const marked of marksOf(faulty, line, given.examine.trial)) tell(marked, given.holdOut, marks);
  }
  await runner.dispose();
  interrupt.release();
  if (given.evaluate) console.log(JSON.stringify(summaryOf(marks, given.holdOut)));
  return failed || signal.aborted ? 1 : 0;
}

function marksOf(
  faulty: FaultyCase | undefined,
  line: Parameters<typeof mark>[2],
  tried: boolean | undefined,
): readonly Mark[] {
  return faulty?.expect === undefined ? [] : [mark(faulty, faulty.expect, line, tried)];
}

/** The row of one case. With --hold-out, rows of the held-out part are not printed, because tuning must not see them. */
function tell(marked: Mark, holdOut: boolean, marks: Mark[]): void {
  if (marks.length === 0) process.stderr.write(`${TABLE_HEADER}\n`);
  marks.push(marked);
  if (!(holdOut && isHeldOut(marked.name))) process.stderr.write(`${tableRow(marked)}\n`);
}

function summaryOf(marks: readonly Mark[], holdOut: boolean): object {
  const parts = {
    tuned: summarize(marks.filter(({ name }) => !isHeldOut(name))),
    heldOut: summarize(marks.filter(({ name }) => isHeldOut(name))),
  };
  return holdOut ? { ...summarize(marks), ...parts } : summarize(marks);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`faulty: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
