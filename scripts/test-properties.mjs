// Runs the test files with properties (random cases by fast-check) in rounds, each with a new seed, which it prints.
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runTests, testFiles } from "./test-files.mjs";

const HELP = `npm run test:properties -- [part of a path...] [options]

Runs every test file with properties, or those whose path contains one of the words, in rounds. Each round draws its cases from a new
seed and prints it. Use --seed to repeat a round that failed.

  --rounds N   default 10
  --seed N     the seed of the first round, an integer; later rounds use the integers that follow. Default: a random seed per round
  --help       this text

Exit status: 0 if every round passed, 1 if one failed, 2 for invalid arguments.`;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rounds: { type: "string", default: "10" }, seed: { type: "string" }, help: { type: "boolean" } },
    });
    const rounds = Number(values.rounds);
    const first = values.seed === undefined ? undefined : Number(values.seed);
    if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds must be 1 or more, got ${values.rounds}`);
    if (first !== undefined && first !== (first | 0)) throw new Error(`--seed must be an integer, got ${values.seed}`);
    return { help: values.help === true, rounds, first, filters: positionals };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

const { help, rounds, first, filters } = readArguments();
if (help) {
  console.log(HELP);
  process.exit(0);
}
const files = testFiles(filters).filter((path) => readFileSync(path, "utf8").includes('from "fast-check"'));
if (files.length === 0) {
  console.error(`no test file with properties matches ${filters.join(", ")}`);
  process.exit(2);
}
const failed = [];
for (let round = 0; round < rounds; round++) {
  const seed = first === undefined ? randomInt(-(2 ** 31), 2 ** 31) : (first + round) | 0;
  console.log(`round ${round + 1} of ${rounds}: seed ${seed}, ${files.length} files`);
  if (runTests(files, { env: { ...process.env, GRADUS_SEED: `${seed}` }, reporter: "dot" }) !== 0) {
    failed.push(seed);
    const repeat = ["npm run test:properties --", ...filters, "--rounds 1", `--seed=${seed}`].join(" ");
    console.log(`round ${round + 1} failed; repeat it with: ${repeat}`);
  }
}
console.log(failed.length === 0 ? `all ${rounds} rounds passed` : `failed with seeds: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
