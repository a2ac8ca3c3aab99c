import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requireArgument } from "../../src/core/errors.ts";
import type { ExamineOptions } from "../../src/doctor/examine.ts";
import { BACKEND_NAMES } from "../../src/engine/select-backend.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { randomPrescriber } from "./baseline.ts";

export const HELP = `npm run --silent faulty -- [options] FILE...

Examines training programs that go wrong in a known way. A FILE is a faulty-case/1 file or a folder of them.

One JSON line per case:
  {"name", "findings": [{"problem", "layer", "since", "evidence"}], "prescriptions": [remedy, ...],
   "verdict": "healthy" | "cured" | "not-proven" | "not-curable",
   "measure": "accuracy" | "r2" | "validation-loss", "before", "after", "seconds"}
  {"name", "error"}       for a case that cannot be read or examined
before, after: mean of the measure on the validation part, without and with the remedy. Progress goes to the terminal, not to the output.
Exit status: 0, 1 if a case gave an error, 2 for wrong arguments.

  --no-trial         stop after the prescriptions and do not try them
  --budget 60s       time limit per case: 90, 90s, 2m; default 120s
  --backend NAME     one of auto, ${BACKEND_NAMES.join(", ")}; default auto
  --threads N        threads per run
  --seed N           seed of the first run; default 0
  --evaluate         compare with the expectations of each case: a table on stderr and one JSON line with the shares
  --hold-out         the same, separately for the cases used for tuning and for the third held out by a hash of the name; of the
                     held-out cases only the shares are shown
  --baseline random  draw remedies at random from all that apply, instead of the doctor's; same trial, same budget
  --help             this text`;

export interface Arguments {
  readonly files: readonly string[];
  readonly examine: ExamineOptions;
  readonly seed: number;
  readonly evaluate: boolean;
  readonly holdOut: boolean;
}

/** @throws GradusError `bad-argument`, or the error of `parseArgs` for an unknown flag. */
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

/** Parses 90, 90s or 2m. */
function secondsOf(given: string): number {
  const { amount, unit } = /^(?<amount>\d+(?:\.\d+)?)(?<unit>s|m)?$/.exec(given)?.groups ?? {};
  const seconds = Number(amount) * (unit === "m" ? 60 : 1);
  requireArgument(seconds > 0, `--budget must be a time as 90s or 2m, got ${given}.`, { budget: given });
  return seconds;
}

/** @throws GradusError `file-not-found` for a folder that cannot be read; files are read later. */
function caseFiles(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => join(path, file));
}
