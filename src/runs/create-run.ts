import { existsSync } from "node:fs";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { callback, checkOptions, type Fields, field, recordField, required } from "../core/fields.ts";
import { makeFolder } from "../files/make-folder.ts";
import { systemFailure } from "../files/system-errors.ts";
import { writeFile } from "../files/write-file.ts";
import type { Json } from "../io/checkpoint.ts";
import { type Model, requireModel } from "../nn/model.ts";
import { runEnvironment } from "./environment.ts";
import { RunLock } from "./lock.ts";
import { runFile } from "./run-files.ts";
import { RunWriter, type RunWriterOptions } from "./run-writer.ts";
import type { RunDescription, RunScoring } from "./types.ts";

export interface CreateRunOptions extends Pick<RunWriterOptions, "onWarning"> {
  /** Any characters. */
  readonly name: string;
  /** The experiment, or the options of `fit`: what is not plain data is left out. */
  readonly settings: Json;
  readonly model: Model;
  /** Words that group runs. Default: none. */
  readonly tags?: readonly string[] | undefined;
  /** For the doctor, if the run is diagnosed later. Default: it is judged without a score. */
  readonly scoring?: RunScoring | undefined;
}

const FIELDS: Fields<CreateRunOptions> = {
  name: required(field("a text", (value): value is string => typeof value === "string")),
  settings: required(field("plain JSON", (value) => value !== undefined)),
  model: required(field("a model: createModel(…)", (value) => typeof value === "object" && value !== null)),
  tags: field("a list of texts", (value) => Array.isArray(value) && value.every((tag) => typeof tag === "string")),
  scoring: recordField('{ metric: "accuracy", chance } or { metric: "r2", variance }'),
  onWarning: callback(),
};

/** Begins a run: makes its folder, takes its lock, and writes run.json.
 *    const run = createRun("runs/first", { name: "first", settings, model });
 *  @param folder of this run alone; it may be there, but no run in it.
 *  @throws GradusError `bad-argument` if there is a run, or a file in place of the folder; `in-use` if another process begins one there;
 *  `io-error` if the system refuses. */
export function createRun(folder: string, options: CreateRunOptions): RunWriter {
  requireArgument(
    typeof folder === "string" && folder !== "",
    `createRun: expected the path of a folder, got ${folder === "" ? "an empty string" : describe(folder)}.`,
    { folder },
  );
  checkOptions<CreateRunOptions>("createRun", options, FIELDS);
  const { name, settings, model, tags = [], scoring, onWarning } = options;
  requireModel("createRun", model);
  try {
    makeFolder(folder);
  } catch (cause) {
    throw systemFailure("write", folder, cause);
  }
  const lock = RunLock.take(folder);
  try {
    requireNoRun(folder);
    const description: RunDescription = {
      format: "gradus-run",
      version: 1,
      name,
      createdAt: Date.now(),
      settings,
      model: model.config as unknown as Json,
      environment: runEnvironment(),
      layers: model.layers.map(({ path, type }) => ({ path, type })),
      tags,
      scoring,
    };
    writeFile(runFile(folder, "description"), Buffer.from(`${JSON.stringify(description, undefined, 2)}\n`));
  } catch (error) {
    lock.release();
    throw error;
  }
  return new RunWriter(folder, lock, { onWarning });
}

function requireNoRun(folder: string): void {
  if (!(["description", "events", "measures"] as const).some((file) => existsSync(runFile(folder, file)))) return;
  throw new GradusError(
    "bad-argument",
    `${folder}: there is a run already. Continue it with continueRun (gradus resume), or give another folder.`,
    { folder },
  );
}
