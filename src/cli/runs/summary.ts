import type { FlatSettings } from "../../runs/flat-settings.ts";
import { settingsOf } from "../../runs/setting-changes.ts";
import type { RunReader, RunStatus } from "../../runs/types.ts";
import { courseOf } from "./course.ts";
import { type Score, scoreOf } from "./score.ts";

/** One run, in a few numbers: what `gradus runs` lists. */
export interface RunOverview {
  /** Path below the folder of runs, with "/". */
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970; undefined if nothing says when. */
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly step: number;
  readonly steps: number | undefined;
  readonly epoch: number;
  readonly epochs: number | undefined;
  /** Training loss by epoch. */
  readonly loss: Score | undefined;
  /** What the run is judged by. */
  readonly score: Score | undefined;
  /** Settings by dotted path, as they were when it trained last. */
  readonly settings: FlatSettings;
  readonly tags: readonly string[];
  readonly warnings: readonly string[];
}

export function overviewOf(reader: RunReader): RunOverview {
  const { id, name, folder, status, createdAt, updatedAt, warnings, description } = reader;
  const { step, steps, epoch, plannedEpochs, epochs } = courseOf(reader);
  return {
    id,
    name,
    folder,
    status,
    createdAt,
    updatedAt,
    step,
    steps,
    epoch,
    epochs: plannedEpochs,
    loss: scoreOf(epochs, "train/loss"),
    score: scoreOf(epochs),
    settings: settingsOf(reader),
    tags: description?.tags ?? [],
    warnings,
  };
}
