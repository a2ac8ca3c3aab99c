import type { RunOverview } from "./summary.ts";
import { isoDate } from "./when.ts";

/** A run as `--json` prints it: what is unknown is null, so that every line has the same fields. */
export function overviewJson(run: RunOverview): Readonly<Record<string, unknown>> {
  return {
    id: run.id,
    name: run.name,
    folder: run.folder,
    status: run.status,
    createdAt: isoDate(run.createdAt),
    updatedAt: isoDate(run.updatedAt),
    step: run.step,
    steps: run.steps ?? null,
    epoch: run.epoch,
    epochs: run.epochs ?? null,
    loss: run.loss ?? null,
    score: run.score ?? null,
    tags: run.tags,
    settings: run.settings,
    warnings: run.warnings,
  };
}
