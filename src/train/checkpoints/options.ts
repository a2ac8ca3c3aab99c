import { isRecord } from "../../core/describe.ts";
import { GradusError, requireArgument } from "../../core/errors.ts";
import { objectSchema } from "../../core/field-schema.ts";
import { COUNT, checkOptions, type Fields, field, POSITIVE, TEXT } from "../../core/fields.ts";
import { encodeCheckpoint, type Json } from "../../io/checkpoint.ts";
import type { SavedRun } from "./run-state.ts";
import type { CheckpointStore } from "./store.ts";

/** How often: exactly one of them. */
export interface CheckpointInterval {
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
  /** At the end of the step in which so much time has passed since the last one. */
  readonly minutes?: number | undefined;
}

/** Where and how often a run writes down its whole state, so that it can be resumed. */
export interface CheckpointOptions {
  /** A folder; it is made if it is missing. In a page, give `store`. */
  readonly directory?: string | undefined;
  /** Steps, or an interval: `500`, `{ epochs: 1 }`, `{ minutes: 10 }`. Default: every epoch. Besides, one is written when the run ends. */
  readonly every?: number | CheckpointInterval | undefined;
  /** How many of the last ones stay. The best weights stay besides, in `best.safetensors`: of the epoch that early stopping would choose, or
   *  of the lowest validation loss. Default 3. */
  readonly keep?: number | undefined;
  /** In place of a folder: keeps bytes by name. */
  readonly store?: CheckpointStore | (() => Promise<CheckpointStore>) | undefined;
  /** Saved with the weights: experiment, scaling, class names; anything that JSON holds. Default null. */
  readonly about?: Json | undefined;
}

/** What a run goes on from: `true`, the newest checkpoint of `checkpoint`, or the beginning if there is none yet; a folder or a file; or a
 *  state in memory. */
export type ResumeOption = boolean | string | SavedRun | (() => Promise<SavedRun>);

const INTERVAL_FIELDS: Fields<CheckpointInterval> = { steps: COUNT, epochs: COUNT, minutes: POSITIVE };

/** What files hold. */
export type CheckpointOptionsInFile = Omit<CheckpointOptions, "store" | "about">;

const FILE_FIELDS: Fields<CheckpointOptionsInFile> = {
  directory: TEXT,
  every: field(
    "a number of steps, or { epochs: 1 }, { steps: 500 }, { minutes: 10 }",
    (value) => isRecord(value) || COUNT.accepts(value),
    { anyOf: [COUNT.schema ?? {}, objectSchema(INTERVAL_FIELDS)] },
  ),
  keep: COUNT,
};

export const CHECKPOINT_SCHEMA = objectSchema(FILE_FIELDS);

const FIELDS: Fields<CheckpointOptions> = {
  ...FILE_FIELDS,
  store: field(
    "a store { place, write, names, read, remove }",
    (value) => isRecord(value) || typeof value === "function",
  ),
  about: field("plain JSON", () => true),
};

/** Checked options with defaults filled in. */
export interface CheckpointPlan {
  readonly every: CheckpointInterval;
  readonly keep: number;
  readonly about: Json;
  openStore(): Promise<CheckpointStore>;
}

const DEFAULTS = { every: { epochs: 1 }, keep: 3 } as const;

/** @throws GradusError `unknown-field`, `bad-argument`; `backend-unavailable` for a folder on a host without files. */
export function planCheckpoints(where: string, options: CheckpointOptions): CheckpointPlan {
  checkOptions(`${where}, checkpoint`, options, FIELDS);
  const { directory, store, every = DEFAULTS.every, keep = DEFAULTS.keep, about = null } = options;
  const interval = typeof every === "number" ? { steps: every } : every;
  checkOptions(`${where}, checkpoint.every`, interval, INTERVAL_FIELDS);
  requireArgument(
    Object.values(interval).filter((value) => value !== undefined).length === 1,
    `${where}, checkpoint.every: expected exactly one of steps, epochs and minutes, got ${JSON.stringify(interval)}.`,
    { every },
  );
  requireArgument(
    directory !== undefined || store !== undefined,
    `${where}, checkpoint: expected a directory, as in { directory: "checkpoints" }, or a store.`,
  );
  if (store === undefined) {
    throw new GradusError(
      "backend-unavailable",
      `${where}, checkpoint: this host has no files. Give checkpoint.store, which keeps bytes by name, in place of directory.`,
      { directory },
    );
  }
  // refused now, and not when the first one is written
  encodeCheckpoint({ arrays: new Map(), metadata: about });
  return {
    every: interval,
    keep,
    about,
    openStore: async () => (typeof store === "function" ? store() : store),
  };
}
