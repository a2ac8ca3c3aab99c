// Reads the cases of a seed one after the other in a separate process; run.ts starts it.
//   node --expose-gc --import tsx worker.ts FOLDER SEED FROM TO REPEATS
// Lines on the standard output: "b" once the specimens are made and read; "s INDEX KIND" before each case; "f JSON" for a fault; "d JSON" at the end, counts by outcome.
import { writeSync } from "node:fs";
import { GradusError } from "../../src/core/errors.ts";
import { caseOf, writeCase } from "./case.ts";
import { READERS } from "./readers.ts";
import { makeSpecimens } from "./specimens.ts";

export const LIMIT_MS = 1000;
export const LIMIT_MIB = 256;
/** Cases between garbage collections, so that the garbage of one case does not count for another. */
const COLLECT_EVERY = 50;

const [folder, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [seed, from, to, repeats] = numbers.map(Number) as [number, number, number, number];
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

process.chdir(folder);
const specimens = await makeSpecimens(folder);
for (const specimen of specimens) {
  // one-time loading by readers must not count, and a specimen must be readable unchanged
  await READERS[specimen.kind](writeCase(folder, specimen, specimen.whole));
}

const usedMiB = (): number => process.resourceUsage().maxRSS / 1024;
const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
const outcomes: Record<string, number> = {};
const collect = (): void => (globalThis as { gc?: () => void }).gc?.();
collect();
const baseMiB = usedMiB();

say("b");
for (let index = from; index < to; index++) {
  const { specimen, bytes } = caseOf(seed, index, specimens);
  say(`s ${index} ${specimen.kind}`);
  const path = writeCase(folder, specimen, bytes);
  let fastest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < repeats; turn++) {
    const [wall, processor] = [performance.now(), process.cpuUsage()];
    let outcome = "read";
    try {
      await READERS[specimen.kind](path);
    } catch (error) {
      if (error instanceof GradusError) outcome = error.code;
      else {
        outcome = "raw";
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        say(`f ${JSON.stringify({ index, what: "raw", kind: specimen.kind, detail: stack.slice(0, 2000) })}`);
      }
    }
    if (turn === 0) outcomes[`${specimen.kind} ${outcome}`] = (outcomes[`${specimen.kind} ${outcome}`] ?? 0) + 1;
    // a busy machine adds wall time and system threads add processor time; neither counts for the reader
    fastest = Math.min(fastest, performance.now() - wall, milliseconds(process.cpuUsage(processor)));
  }
  if (fastest > LIMIT_MS) {
    say(`f ${JSON.stringify({ index, what: "slow", kind: specimen.kind, detail: `${Math.round(fastest)} ms` })}`);
  }
  const moreMiB = usedMiB() - baseMiB;
  if (moreMiB > LIMIT_MIB) {
    say(`f ${JSON.stringify({ index, what: "memory", kind: specimen.kind, detail: `${Math.round(moreMiB)} MiB` })}`);
    break;
  }
  if (index % COLLECT_EVERY === 0) collect();
}
say(`d ${JSON.stringify(outcomes)}`);
