// Examines faulty-case/1 files: one JSON line a case. With --evaluate, holds the answers against what the cases expect.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { onInterrupt } from "../../src/cli/interrupt.ts";
import { GradusError, requireArgument } from "../../src/core/errors.ts";
import type { ExamineOptions } from "../../src/doctor/examine.ts";
import { BACKEND_NAMES } from "../../src/engine/select-backend.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { randomPrescriber } from "./baseline.ts";
import type { FaultyCase } from "./case.ts";
import { isHeldOut, type Mark, mark, summarize, tableOf } from "./evaluate.ts";
import { examineCase } from "./examine-case.ts";
import { progressLine } from "./progress.ts";

const HELP = `npm run --silent faulty -- [options] FILE...

Examines training programs that go wrong in a known way. A FILE is a faulty-case/1 file, or a folder of them.

One JSON line a case:
  {"name", "findings": [{"problem", "layer", "since", "evidence"}], "prescriptions": [remedy, ...],
   "verdict": "healthy" | "cured" | "not-proven" | "not-curable", "before", "after", "seconds"}
  {"name", "error"}       for a case that cannot be read or examined
before, after: mean validation score (accuracy or r2) untouched and treated. Progress goes to the terminal, not into the output.
Exit status: 0, or 1 if a case gave an error, 2 for arguments that cannot be understood.

  --no-trial         stop after the prescriptions: nothing is retrained with them
  --budget 60s       time for each case: 90, 90s, 2m. Default 120s
  --backend NAME     one of auto, ${BACKEND_NAMES.join(", ")}; default auto
  --threads N        threads of a run
  --seed N           of the first run; default 0
  --evaluate         compare with what each case expects: a table on stderr, and one line of JSON with the shares
  --hold-out         with --evaluate: the same for the cases that are tuned on and for the third that is held out, by a hash of the name
  --baseline random  remedies drawn at random from all that can be applied, in place of the doctor's; same trial, same budget
  --help             this text`;

interface Arguments {
  readonly files: readonly string[];
  readonly examine: ExamineOptions;
  readonly seed: number;
  readonly evaluate: boolean;
  readonly holdOut: boolean;
}

function readArguments(): Arguments | "help" {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "no-trial": { type: "boolean", default: false },
      budget: { type: "string", default: "120s" },
      backend: { type: "string", default: "auto" },
      threads: { type: "string" },
      seed: { type: "string", default: "0" },
      evaluate: { type: "boolean", default: false },
      "hold-out": { type: "boolean", default: false },
      baseline: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  requireArgument(positionals.length > 0, "no FILE was given. --help shows the usage.");
  const { backend, baseline } = values;
  const known = ["auto", ...BACKEND_NAMES];
  requireArgument(known.includes(backend), `--backend must be one of ${known.join(", ")}, got ${backend}.`, {
    backend,
  });
  requireArgument(baseline === undefined || baseline === "random", `--baseline must be random, got ${baseline}.`);
  const seed = wholeNumber("--seed", values.seed, 0);
  return {
    files: positionals.flatMap(caseFiles),
    seed,
    evaluate: values.evaluate || values["hold-out"],
    holdOut: values["hold-out"],
    examine: {
      trial: !values["no-trial"],
      budgetSeconds: secondsOf(values.budget),
      backend: backend as BackendName | "auto",
      ...(values.threads === undefined ? {} : { threads: wholeNumber("--threads", values.threads, 1) }),
      ...(baseline === undefined ? {} : { prescribe: randomPrescriber(seed) }),
    },
  };
}

function wholeNumber(name: string, given: string, least: number): number {
  const value = Number(given);
  requireArgument(
    given.trim() !== "" && Number.isSafeInteger(value) && value >= least,
    `${name} must be a whole number of ${least} or more, got ${given}.`,
    { name, given },
  );
  return value;
}

/** 90, 90s or 2m. */
function secondsOf(given: string): number {
  const { amount, unit } = /^(?<amount>\d+(?:\.\d+)?)(?<unit>s|m)?$/.exec(given)?.groups ?? {};
  const seconds = Number(amount) * (unit === "m" ? 60 : 1);
  requireArgument(seconds > 0, `--budget must be a time as 90s or 2m, got ${given}.`, { budget: given });
  return seconds;
}

/** @throws GradusError `file-not-found` for a folder that cannot be read; a file is read later, and answers for itself. */
function caseFiles(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => join(path, file));
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given === "help") {
    console.log(HELP);
    return 0;
  }
  const interrupt = onInterrupt((name) => process.stderr.write(`${name}: stopping\n`));
  const progress = progressLine(process.stderr);
  const marks: Mark[] = [];
  let failed = false;
  for (const [index, file] of given.files.entries()) {
    if (interrupt.signal.aborted) break;
    const where = given.files.length > 1 ? `${index + 1}/${given.files.length} ` : "";
    const { line, faulty } = await examineCase(
      file,
      { ...given.examine, signal: interrupt.signal, onProgress: (event) => progress.show(where, file, event) },
      given.seed,
    );
    progress.clear();
    failed ||= "error" in line;
    if (given.evaluate) marks.push(...marksOf(faulty, line));
    else console.log(JSON.stringify(line));
    if (given.evaluate && "error" in line) process.stderr.write(`${line.name}: ${line.error}\n`);
  }
  interrupt.release();
  if (given.evaluate) tell(marks, given.holdOut);
  return failed || interrupt.signal.aborted ? 1 : 0;
}

function marksOf(faulty: FaultyCase | undefined, line: Parameters<typeof mark>[2]): readonly Mark[] {
  return faulty?.expect === undefined ? [] : [mark(faulty, faulty.expect, line)];
}

function tell(marks: readonly Mark[], holdOut: boolean): void {
  process.stderr.write(`${tableOf(marks)}\n`);
  const parts = {
    tuned: summarize(marks.filter(({ name }) => !isHeldOut(name))),
    heldOut: summarize(marks.filter(({ name }) => isHeldOut(name))),
  };
  console.log(JSON.stringify(holdOut ? { ...summarize(marks), ...parts } : summarize(marks)));
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`faulty: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode =
      error instanceof GradusError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
  },
);
