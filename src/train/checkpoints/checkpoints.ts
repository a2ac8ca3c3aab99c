import { GradusError } from "../../core/errors.ts";
import { encodeCheckpoint, type Json } from "../../io/checkpoint.ts";
import { decodeRun, encodeRun } from "./run-file.ts";
import type { NamedArrays, SavedRun } from "./run-state.ts";
import type { CheckpointStore, SavedPlace } from "./store.ts";

/** The best weights so far, as `saveModel` would write them. */
const BEST = "best.safetensors";

/** Names order as steps do, up to 10^12 steps. */
const STEP_DIGITS = 12;
const STEP_NAME = /^step-(\d{12})\.safetensors$/;

/** The weights of a model, ready to be used. */
export interface ModelWeights {
  readonly model: Json;
  readonly featureNames: readonly string[] | undefined;
  readonly about: Json;
  /** Parameters and buffers by path. */
  readonly values: NamedArrays;
}

/** Checkpoints of one run in a store: the last few by step, and the best weights. */
export class Checkpoints {
  readonly #store: CheckpointStore;
  readonly #keep: number;

  /** @param keep how many of the last stay, 1 or more. */
  constructor(store: CheckpointStore, keep: number) {
    this.#store = store;
    this.#keep = keep;
  }

  /** Writes the run's state, then removes those that are too old. A state of a later step is of a run that was continued from an earlier
   *  one, and goes too. */
  async save(run: SavedRun): Promise<SavedPlace> {
    const { step } = run.state;
    const saved = await this.#store.write(nameOf(step), await encodeRun(run));
    const others = stepsOf(await this.#store.names()).filter((each) => each !== step);
    const later = others.filter((each) => each > step);
    const tooOld = others.filter((each) => each < step).slice(this.#keep - 1);
    for (const each of [...later, ...tooOld]) await this.#store.remove(nameOf(each));
    return saved;
  }

  async saveBest({ model, featureNames, about, values }: ModelWeights): Promise<SavedPlace> {
    const metadata = { model, about, ...(featureNames === undefined ? {} : { featureNames }) };
    return this.#store.write(BEST, encodeCheckpoint({ arrays: values, metadata }));
  }
}

/** The newest run in a store that is whole; undefined if it has none at all.
 *  @param warn hears of each damaged one.
 *  @throws GradusError `checksum-mismatch` if all are damaged. */
export async function latestRun(store: CheckpointStore, warn: (text: string) => void): Promise<SavedRun | undefined> {
  const damaged: string[] = [];
  for (const step of stepsOf(await store.names())) {
    const name = nameOf(step);
    try {
      return await decodeRun(await store.read(name), `${store.place}/${name}`);
    } catch (error) {
      if (!(error instanceof GradusError) || !DAMAGE.includes(error.code)) throw error;
      damaged.push(name);
      warn(`${error.message} Going on with the one before.`);
    }
  }
  if (damaged.length === 0) return undefined;
  throw new GradusError(
    "checksum-mismatch",
    `${store.place}: every checkpoint is damaged: ${damaged.join(", ")}. Begin the run anew, or restore one of these files.`,
    { place: store.place, damaged },
  );
}

/** What reading a damaged file throws. */
const DAMAGE: readonly string[] = ["checksum-mismatch", "truncated-file", "bad-data", "limit-exceeded"];

function nameOf(step: number): string {
  return `step-${String(step).padStart(STEP_DIGITS, "0")}.safetensors`;
}

/** The steps of the names, newest first. */
function stepsOf(names: readonly string[]): readonly number[] {
  return names
    .flatMap((name) => STEP_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}
