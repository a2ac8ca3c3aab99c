import { GradusError } from "../../core/errors.ts";
import type { Json } from "../../io/checkpoint.ts";
import type { Model } from "../../nn/model.ts";
import type { CheckpointFailed, CheckpointSaved, EpochEnded } from "../events.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { CheckpointPlan } from "./options.ts";
import { toPlain } from "./plain.ts";
import type { NamedArrays, RunState } from "./run-state.ts";
import type { CheckpointStore } from "./store.ts";

const MS_A_MINUTE = 60_000;

/** Decides when a run's state is written, and writes it. A failure does not end the training: it is told, and the next one is tried. */
export class CheckpointKeeper {
  readonly #plan: CheckpointPlan;
  readonly #checkpoints: Checkpoints;
  readonly #model: { readonly model: Json; readonly featureNames: readonly string[] | undefined; readonly about: Json };
  #savedAt = performance.now();
  /** The place of the run that was written last. */
  #last = "";

  constructor(
    plan: CheckpointPlan,
    store: CheckpointStore,
    { config }: Pick<Model, "config">,
    featureNames: readonly string[] | undefined,
  ) {
    this.#plan = plan;
    this.#checkpoints = new Checkpoints(store, plan.keep);
    this.#model = { model: toPlain(config), featureNames, about: plan.about };
  }

  /** Whether to write after this step, counted from 1. */
  isDueAfterStep(step: number): boolean {
    const { steps, minutes } = this.#plan.every;
    if (steps !== undefined) return step % steps === 0;
    return minutes !== undefined && performance.now() - this.#savedAt >= minutes * MS_A_MINUTE;
  }

  isDueAfterEpoch(epoch: number): boolean {
    const { epochs } = this.#plan.every;
    return epochs !== undefined && epoch % epochs === 0;
  }

  /** Whether this very state has been written. */
  has(at: Pick<RunState, "epoch" | "stepInEpoch">): boolean {
    return this.#last === placeOf(at);
  }

  /** Nothing is to be written again that the run was resumed from. */
  async resumedAt(at: Pick<RunState, "epoch" | "step" | "stepInEpoch">): Promise<void> {
    this.#last = placeOf(at);
    await this.#checkpoints.removeBefore(at.step);
  }

  async save(state: RunState): Promise<CheckpointSaved | CheckpointFailed> {
    const started = performance.now();
    const { epoch, step } = state;
    try {
      const { file, bytes } = await this.#checkpoints.save({ state, ...this.#model });
      this.#last = placeOf(state);
      return { type: "checkpointSaved", epoch, step, file, bytes, durationMs: performance.now() - started };
    } catch (error) {
      return failure(error, state);
    } finally {
      // also after a failure: a full disk is not asked again at every step
      this.#savedAt = performance.now();
    }
  }

  /** Writes the weights of the best epoch so far. @returns what went wrong. */
  async saveBest(values: NamedArrays, at: Pick<EpochEnded, "epoch" | "step">): Promise<CheckpointFailed | undefined> {
    try {
      await this.#checkpoints.saveBest({ ...this.#model, values, at });
      return undefined;
    } catch (error) {
      return failure(error, at);
    }
  }
}

function placeOf({ epoch, stepInEpoch }: Pick<RunState, "epoch" | "stepInEpoch">): string {
  return `${epoch}:${stepInEpoch}`;
}

/** @throws what is no refusal of the place where it was written. */
function failure(error: unknown, { epoch, step }: Pick<EpochEnded, "epoch" | "step">): CheckpointFailed {
  if (!(error instanceof GradusError)) throw error;
  const { code, message, values } = error;
  return { type: "checkpointFailed", epoch, step, error: { code, message, values } };
}
