// Runs every file reader on faulty files: each must be read or refused with a GradusError, within a second and 256 MiB.
//   npm run test:fuzz [-- --help]
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { caseOf, writeCase } from "./case.ts";
import { type Fault, fuzz } from "./run.ts";
import { makeSpecimens } from "./specimens.ts";

const HELP = `npm run test:fuzz -- [options]

Changes files of every kind that Gradus reads (bits, lengths, numbers, keys, depth, parts cut out, repeated and exchanged), and reads them.

  --count N   number of cases; default 100000
  --seed N    seed of the cases, an integer; default: random, and printed
  --case N    run only this case of the seed
  --keep DIR  with --case: write its file to this folder without reading it
  --help      this text

Exit status: 0 if each case was read or refused as it should be, 1 if not, 2 for wrong arguments.`;

/** Cases per process. */
const STRETCH = 2000;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        count: { type: "string" },
        seed: { type: "string" },
        case: { type: "string" },
        keep: { type: "string" },
        help: { type: "boolean" },
      },
    });
    const numberOf = (name: "count" | "seed" | "case", least: number): number | undefined => {
      const text = values[name];
      if (text === undefined) return undefined;
      if (Number.isSafeInteger(Number(text)) && Number(text) >= least) return Number(text);
      throw new Error(`--${name} must be an integer of at least ${least}, got ${text}`);
    };
    return {
      help: values.help,
      keep: values.keep,
      count: numberOf("count", 1),
      seed: numberOf("seed", 0),
      only: numberOf("case", 0),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

const { help, count = 100_000, seed = randomInt(2 ** 31), only, keep } = readArguments();
if (help === true) {
  console.log(HELP);
  process.exit(0);
}
console.log(`seed ${seed}`);
if (only !== undefined && keep !== undefined) {
  const { specimen, bytes } = caseOf(seed, only, await makeSpecimens(keep));
  console.log(`${specimen.kind}: ${writeCase(keep, specimen, bytes)}`);
  process.exit(0);
}
const faults: Fault[] = [];
const outcomes: Record<string, number> = {};
const [first, end] = only === undefined ? [0, count] : [only, only + 1];
const start = performance.now();
const tell = (fault: Fault): void => {
  faults.push(fault);
  console.log(`case ${fault.index}: ${fault.kind} ${fault.what}: ${fault.detail}`);
  console.log(`  repeat it with: npm run test:fuzz -- --seed ${seed} --case ${fault.index}`);
};
for (let from = first; from < end; from += STRETCH) {
  const result = await fuzz(seed, from, Math.min(from + STRETCH, end), tell);
  for (const [name, number] of Object.entries(result.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + number;
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(
    `${Math.min(from + STRETCH, end) - first} of ${end - first} cases, ${faults.length} at fault, ${seconds} s`,
  );
}
for (const [name, number] of Object.entries(outcomes).sort()) console.log(`${number.toString().padStart(8)} ${name}`);
process.exit(faults.length === 0 ? 0 : 1);
