import { isRecord } from "../../core/describe.ts";
import { GradusError } from "../../core/errors.ts";
import { warn } from "../../core/host.ts";
import { decodeCheckpoint, encodeCheckpoint, type Json } from "../../io/checkpoint.ts";
import { digestOf } from "./digest.ts";
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
  /** Where in the run they were measured. */
  readonly at: { readonly epoch: number; readonly step: number };
}

/** Checkpoints of one run in a store: the last few by step, and the best weights. */
export class Checkpoints {
  readonly #store: CheckpointStore;
  readonly #keep: number;
  /** The best weights that could not be written. */
  #owedBest: ModelWeights | undefined;
  /** Whether the best weights in the store are known to be this run's. */
  #isBestOurs = false;
  #hasWarned = false;

  /** @param keep how many of the last stay, 1 or more. */
  constructor(store: CheckpointStore, keep: number) {
    this.#store = store;
    this.#keep = keep;
  }

  /** Writes the run's state, then removes those that are too old. What is there of later steps belongs to a run that was continued from an
   *  earlier one, and goes first: whoever resumes next, after a kill at any moment, goes on with this run.
   *  @throws GradusError as the store's, with the state not written. */
  async save(run: SavedRun): Promise<SavedPlace> {
    const { step } = run.state;
    const others = stepsOf(await this.#store.names()).filter((each) => each !== step);
    const bytes = await encodeRun(run);
    await this.#remove(others.filter((each) => each > step).map(nameOf));
    const saved = await this.#write(nameOf(step), bytes);
    await this.removeBefore(step);
    await this.#settleBest(run);
    return saved;
  }

  /** Removes what is too old beside the state of this step: a killed process may have had no time to. */
  async removeBefore(step: number): Promise<void> {
    const earlier = stepsOf(await this.#store.names()).filter((each) => each < step);
    await this.#remove(earlier.slice(this.#keep - 1).map(nameOf));
  }

  /** Where it cannot be written, it is tried again after the next state. */
  async saveBest(best: ModelWeights): Promise<SavedPlace> {
    const { model, featureNames, about, values, at } = best;
    const { epoch, step } = at;
    this.#owedBest = best;
    const metadata = { model, about, best: { epoch, step }, ...(featureNames === undefined ? {} : { featureNames }) };
    const saved = await this.#write(BEST, encodeCheckpoint({ arrays: values, metadata }));
    this.#owedBest = undefined;
    this.#isBestOurs = true;
    return saved;
  }

  /** Makes the best weights in the store those of this run: it may go on from an earlier step than the process that wrote them, or with
   *  other settings, and the last attempt to write them may have failed. */
  async #settleBest({ state, model, featureNames, about }: SavedRun): Promise<void> {
    const { best, step } = state;
    try {
      if (!this.#isBestOurs && this.#owedBest === undefined) {
        const found = (await this.#store.names()).includes(BEST) ? await this.#stepOfBest() : undefined;
        if (best !== undefined && found !== best.step) {
          const { values } = best;
          this.#owedBest = { model, featureNames, about, values, at: { epoch: best.epoch, step: best.step } };
        } else if (found !== undefined && found > step) await this.#remove([BEST]);
        this.#isBestOurs = true;
      }
      if (this.#owedBest !== undefined) await this.saveBest(this.#owedBest);
    } catch (error) {
      if (!(error instanceof GradusError)) throw error;
      this.#warnOnce(`the best weights cannot be written: ${error.message}`);
    }
  }

  /** @returns infinity for a file that says nothing: it is of no use. */
  async #stepOfBest(): Promise<number> {
    try {
      const { metadata } = decodeCheckpoint(await this.#store.read(BEST), BEST);
      const best = isRecord(metadata) && isRecord(metadata.best) ? metadata.best : {};
      return typeof best.step === "number" ? best.step : Number.POSITIVE_INFINITY;
    } catch (error) {
      if (isDamage(error)) return Number.POSITIVE_INFINITY;
      throw error;
    }
  }

  async #write(name: string, bytes: Uint8Array): Promise<SavedPlace> {
    try {
      return await this.#store.write(name, bytes);
    } catch (cause) {
      if (cause instanceof GradusError) throw cause;
      // a page's storage has errors of its own
      const file = `${this.#store.place}/${name}`;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new GradusError("io-error", `${file}: cannot be written: ${reason}`, { file, action: "write" }, { cause });
    }
  }

  /** What cannot be removed is tried again after the next state: the state itself is written. */
  async #remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      try {
        await this.#store.remove(name);
      } catch (error) {
        this.#warnOnce(
          `an old checkpoint cannot be removed: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }

  #warnOnce(text: string): void {
    if (!this.#hasWarned) warn(text);
    this.#hasWarned = true;
  }
}

/** The checkpoints among the names in a store: of states and of best weights. */
export function checkpointsAmong(names: readonly string[]): readonly string[] {
  return names.filter((name) => STEP_NAME.test(name) || name === BEST);
}

/** Whether a store has this very state of a run, with the same values. */
export async function hasRun(store: CheckpointStore, { state }: SavedRun): Promise<boolean> {
  const name = nameOf(state.step);
  if (!(await store.names()).includes(name)) return false;
  try {
    const found = await decodeRun(await store.read(name), name);
    return (await digestOfRun(found)) === (await digestOfRun({ ...found, state }));
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

async function digestOfRun(run: SavedRun): Promise<string> {
  return digestOf(await encodeRun(run));
}

/** The newest run in a store that is whole; undefined if it has none at all.
 *  @param tell hears of each damaged one.
 *  @throws GradusError `checksum-mismatch` if all are damaged; what the system refuses to read is no damage: `io-error`. */
export async function latestRun(store: CheckpointStore, tell: (text: string) => void): Promise<SavedRun | undefined> {
  const damaged: string[] = [];
  for (const name of stepsOf(await store.names()).map(nameOf)) {
    try {
      return await decodeRun(await store.read(name), `${store.place}/${name}`);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push(name);
      tell(`${error.message} Looking for the one before it.`);
    }
  }
  if (damaged.length === 0) return undefined;
  throw new GradusError(
    "checksum-mismatch",
    `${store.place}: every checkpoint is damaged: ${damaged.join(", ")}. Begin the run anew, or restore one of these files.`,
    { place: store.place, damaged },
  );
}

/** What reading a damaged file throws, and one that is gone. */
const DAMAGE: readonly string[] = [
  "checksum-mismatch",
  "truncated-file",
  "bad-data",
  "limit-exceeded",
  "file-not-found",
];

/** What the system says of a disk that cannot read its own sectors. */
const DISK_FAULT = "EIO";

function isDamage(error: unknown): error is GradusError {
  return error instanceof GradusError && (DAMAGE.includes(error.code) || error.values.reason === DISK_FAULT);
}

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
