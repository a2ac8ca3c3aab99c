import { GradusError, requireArgument } from "../../core/errors.ts";
import { warn } from "../../core/host.ts";
import { checkpointsAmong, hasRun, latestRun } from "./checkpoints.ts";
import type { ResumeOption } from "./options.ts";
import type { SavedRun } from "./run-state.ts";
import type { CheckpointStore } from "./store.ts";

/** The run that `resume` names, if there is one.
 *  @param store of the checkpoints that this run writes.
 *  @throws GradusError `bad-argument` for a store that holds checkpoints nobody asked for: they would be lost; as `latestRun`. */
export async function runToResume(
  resume: ResumeOption | undefined,
  store: CheckpointStore | undefined,
): Promise<SavedRun | undefined> {
  if (resume === undefined || resume === false) {
    await requireUnused(store);
    return undefined;
  }
  if (resume === true) {
    requireArgument(
      store !== undefined,
      'fit: resume: true goes on from the checkpoints of this run. Give checkpoint: { directory }, or a folder: resume: "checkpoints".',
    );
    return latestRun(store, warn);
  }
  if (typeof resume === "string") {
    throw new GradusError(
      "backend-unavailable",
      `fit: this host has no files, so that it cannot resume from ${resume}. Keep its checkpoints in checkpoint.store and give resume: true.`,
      { resume },
    );
  }
  const saved = typeof resume === "function" ? await resume() : resume;
  // to go on from an earlier state in the same place is to replace what came after it
  if (store === undefined || !(await hasRun(store, saved))) await requireUnused(store);
  return saved;
}

async function requireUnused(store: CheckpointStore | undefined): Promise<void> {
  const [found] = checkpointsAmong((await store?.names()) ?? []);
  requireArgument(
    found === undefined,
    `fit: ${store?.place} holds checkpoints of another run (${found}), which would be lost. Give resume: true to go on from them, or another directory.`,
    { place: store?.place, found },
  );
}
