import type { Model } from "../../nn/model.ts";
import type { Backend } from "../../runtime/backend.ts";
import type { FitOptions } from "../options.ts";
import type { Plan } from "../prepare.ts";
import type { Run } from "../run.ts";
import { changesOf, identityOf, whyBitsMayDiffer } from "./identity.ts";
import { CheckpointKeeper } from "./keeper.ts";
import { runToResume } from "./resume.ts";
import type { SavedRun } from "./run-state.ts";

/** What makes a run last: where it is written down, and what it goes on from. */
export interface Lasting extends Pick<Run, "keeper" | "identity" | "resumed"> {
  readonly saved: SavedRun | undefined;
}

/** Opens the store, reads what is to be resumed, and compares it with what was asked for. Costs nothing if neither was.
 *  @throws GradusError `resume-mismatch` for another run; as the store does. */
export async function openLasting(
  model: Model,
  options: Pick<FitOptions, "resume"> & FitOptions,
  plan: Plan,
  backend: Backend,
): Promise<Lasting> {
  const { checkpoint } = plan;
  const resume = options.resume ?? false;
  if (checkpoint === undefined && resume === false) {
    return { saved: undefined, keeper: undefined, identity: undefined, resumed: undefined };
  }
  const store = await checkpoint?.openStore();
  const saved = await runToResume(resume, store);
  const identity = await identityOf(model, options, plan, backend);
  const keeper = checkpoint && store && new CheckpointKeeper(checkpoint, store, model, plan.train.featureNames);
  if (saved === undefined) return { saved, keeper, identity, resumed: undefined };
  const { step, epoch, stepInEpoch, identity: before } = saved.state;
  const changes = changesOf(nameOf(options), before, identity);
  const why = whyBitsMayDiffer(before, identity);
  if (resume === true) await keeper?.resumedAt(saved.state);
  const resumed = { step, epoch, stepInEpoch, changes, ...(why === undefined ? {} : { bitsMayDiffer: why }) };
  return { saved, keeper, identity, resumed };
}

/** What is resumed, for messages. */
function nameOf({ resume, checkpoint }: FitOptions): string {
  if (typeof resume === "string") return resume;
  return checkpoint?.directory ?? "the checkpoint";
}
