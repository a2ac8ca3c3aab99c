import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { continueRun } from "../../runs/continue-run.ts";
import { flatSettings } from "../../runs/flat-settings.ts";
import type { RunWriter } from "../../runs/run-writer.ts";
import { settingsOf } from "../../runs/setting-changes.ts";
import type { RunReader } from "../../runs/types.ts";
import { toPlain } from "../../train/checkpoints/plain.ts";
import { DEFAULTS } from "../../train/training-options.ts";
import { checkExperiment, type Experiment, readExperiment } from "../experiment.ts";
import { applyOverrides, type Override } from "../overrides.ts";
import { courseOf } from "../runs/course.ts";
import { openNamed } from "../runs/locate.ts";
import { plain } from "../runs/plain.ts";
import { line, type Terminal } from "../terminal.ts";
import type { TrainFlags } from "../train/flags.ts";
import { trainExperiment } from "../train/train-experiment.ts";
import { experimentOf } from "./experiment-of-run.ts";

/** `gradus resume RUN`: goes on from the newest whole checkpoint.
 *  @throws GradusError `file-not-found`, `in-use` if a process writes the run, `resume-mismatch` for other data or another network,
 *  `bad-argument` if there is nothing left to do. */
export async function resumeRun(
  terminal: Terminal,
  operands: readonly string[],
  overrides: readonly Override[],
  given: TrainFlags & { readonly experiment?: string },
): Promise<number> {
  const reader = openNamed("resume", onlyRun(operands), given.runs);
  const flags = withWholePaths(given);
  const folder = resolve(reader.folder);
  const root = resolve(given.runs);
  const file = given.experiment === undefined ? join(folder, "run.json") : resolve(given.experiment);
  const experiment =
    given.experiment === undefined
      ? experimentOf(reader, overrides)
      : checkExperiment(given.experiment, applyOverrides(await readExperiment(given.experiment), overrides));
  requireWork(reader, experiment);
  // takes the lock before the data are loaded: a second one is refused at once
  const writer = continueRun(folder);
  try {
    say(terminal, `${plain(reader.name)}: ${standOf(reader)}`);
    if (!hasCheckpoint(writer)) say(terminal, "it has no checkpoint yet: it begins anew");
    enterFolder(terminal, reader);
    const place = { name: reader.name, folder, root, isResumed: true, open: () => writer };
    return await trainExperiment(terminal, { file, experiment, flags, place });
  } finally {
    writer.close();
  }
}

function onlyRun(operands: readonly string[]): string {
  const [word, ...others] = operands;
  if (word !== undefined && others.length === 0) return word;
  throw new GradusError(
    "bad-argument",
    word === undefined
      ? "resume: expected a run, as in gradus resume spirals-a. gradus runs lists them."
      : `resume: expected one run, got also ${others.join(", ")}. Set fields with --FIELD VALUE.`,
    { operands },
  );
}

/** Paths that stay what they are if the process works in another folder. */
function withWholePaths(flags: TrainFlags): TrainFlags {
  const { output, tensorboard } = flags;
  return {
    ...flags,
    ...(output === undefined || output === "-" ? {} : { output: resolve(output) }),
    ...(tensorboard === undefined ? {} : { tensorboard: resolve(tensorboard) }),
  };
}

/** @throws GradusError `bad-argument` if the run has made all its epochs, or has stopped early and nothing says that it should not. */
function requireWork(reader: RunReader, { epochs = DEFAULTS.epochs, earlyStopping }: Experiment): void {
  const { epoch, stopped } = courseOf(reader);
  if (reader.status !== "finished") return;
  const name = plain(reader.name);
  if (epochs <= epoch) {
    throw new GradusError(
      "bad-argument",
      `resume: ${name} is finished: it has made ${epoch} of ${epochs} epochs. --epochs ${2 * epochs} trains on.`,
      { name: reader.name, epoch, epochs },
    );
  }
  if (stopped?.reason !== "early-stopping") return;
  const settings = settingsOf(reader);
  const before = Object.entries(settings).filter(([path]) => path.startsWith("earlyStopping"));
  const now = Object.entries(flatSettings({ earlyStopping: toPlain(earlyStopping) }));
  if (JSON.stringify(before.sort()) !== JSON.stringify(now.sort())) return;
  const patience = Number(settings["earlyStopping.patience"] ?? DEFAULT_PATIENCE);
  throw new GradusError(
    "bad-argument",
    `resume: ${name} is finished: it stopped early in epoch ${epoch}. With more patience it trains on: --earlyStopping.patience ${2 * patience}.`,
    { name: reader.name, epoch, patience },
  );
}

/** Of early stopping. */
const DEFAULT_PATIENCE = 5;

function standOf(reader: RunReader): string {
  const { step, epoch, plannedEpochs } = courseOf(reader);
  const planned = plannedEpochs === undefined ? "" : ` of ${plannedEpochs}`;
  return `${reader.status} after epoch ${epoch}${planned}, step ${step}`;
}

function hasCheckpoint({ checkpoints }: RunWriter): boolean {
  try {
    return readdirSync(checkpoints).some((name) => name.startsWith("step-"));
  } catch {
    return false;
  }
}

/** Works in the folder in which the run began: the experiment names its data by paths from there. */
function enterFolder(terminal: Terminal, { description }: RunReader): void {
  const directory = description?.environment.directory;
  if (directory === undefined || directory === "" || resolve(directory) === process.cwd() || !existsSync(directory))
    return;
  process.chdir(directory);
  say(terminal, `paths in the experiment start at ${plain(directory)}, where the run began`);
}

function say(terminal: Terminal, text: string): void {
  line(terminal.isJson ? terminal.errors : terminal.out, text);
}
