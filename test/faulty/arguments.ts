import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requireArgument } from "../../src/core/errors.ts";
import type { ExamineOptions } from "../../src/doctor/examine.ts";
import { BACKEND_NAMES } from "../../src/engine/select-backend.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { randomPrescriber } from "./baseline.ts";

export const HELP = `npm run --silent faulty -- [options] FILE...

Examines training programs that go wrong in a known way. A FILE is a faulty-case/1 file, or a folder of them.

One JSON line a case:
  {"name", "findings": [{"problem", "layer", "since", "evidence"}], "prescriptions": [remedy, ...],
   "verdict": "healthy" | "cured" | "not-proven" | "not-curable",
   "measure": "accuracy" | "r2" | "validation-loss", "before", "after", "seconds"}
  {"name", "error"}       for a case that cannot be read or examined
before, after: mean of the measure on the validation part, untouched and treated. Progress goes to the terminal, not into the output.
Exit status: 0, or 1 if a case gave an error, 2 for arguments that cannot be understood.

  --no-trial         stop after the prescriptions: nothing is retrained with them
  --budget 60s       time for each case: 90, 90s, 2m. Default 120s
  --backend NAME     one of auto, ${BACKEND_NAMES.join(", ")}; default auto
  --threads N        threads of a run
  --seed N           of the first run; default 0
  --evaluate         compare with what each case expects: a table on stderr, and one line of JSON with the shares
  --hold-out         the same for the cases that are tuned on and for the third that is held out, by a hash of the name; of those
                     that are held out only the shares are told
  --baseline random  remedies drawn at random from all that can be applied, in place of the doctor's; same trial, same budget
  --help             this text`;

export interface Arguments {
  readonly files: readonly string[];
  readonly examine: ExamineOptions;
  readonly seed: number;
  readonly evaluate: boolean;
  readonly holdOut: boolean;
}

/** @throws GradusError `bad-argument`, or what `parseArgs` throws for a flag that does not exist. */
export function readArguments(given: readonly string[]): Arguments | "help" {
  const { values, positionals } = parseArgs({
    args: [...given],
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
