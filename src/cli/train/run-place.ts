import { existsSync } from "node:fs";
import { join } from "node:path";
import { GradusError } from "../../core/errors.ts";
import type { Model } from "../../nn/model.ts";
import { createRun } from "../../runs/create-run.ts";
import { folderName } from "../../runs/folder-name.ts";
import type { RunWriter } from "../../runs/run-writer.ts";
import { toPlain } from "../../train/checkpoints/plain.ts";
import type { Experiment } from "../experiment.ts";

/** Where a training is recorded. */
export interface RunPlace {
  readonly name: string;
  readonly folder: string;
  /** The folder of runs. */
  readonly root: string;
  /** Whether it goes on from a checkpoint. */
  readonly isResumed: boolean;
  /** Makes the folder, or takes it up again. Called when the data and the model are known to be good. */
  open(model: Model): RunWriter;
}

/** The place of a new run. Nothing is written yet.
 *  @throws GradusError `bad-argument` for an empty name, and for one that is taken: it says how to go on. */
export function newRun(name: string, root: string, experiment: Experiment, tags: readonly string[]): RunPlace {
  if (name.trim() === "") {
    throw new GradusError("bad-argument", "train: --run needs a name, as in --run first.", { run: name });
  }
  const folder = join(root, folderName(name));
  if (existsSync(join(folder, "run.json"))) {
    throw new GradusError(
      "bad-argument",
      `train: there is a run in ${folder} already. Continue it with gradus resume ${folder}, give another name than "${name}", or remove it: gradus runs remove ${folder}.`,
      { run: name, folder },
    );
  }
  return {
    name,
    folder,
    root,
    isResumed: false,
    open: (model) => createRun(folder, { name, settings: toPlain(experiment), model, tags }),
  };
}
