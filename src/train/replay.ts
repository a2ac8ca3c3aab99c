import type { Batch, Batches } from "../data/batches.ts";
import { batches } from "../data/batches.ts";
import type { StateValues, StepFeed } from "./feed.ts";
import { firstNonFinite } from "./finite.ts";
import type { Plan } from "./prepare.ts";
import type { TrainingSession } from "./session.ts";

/** One completed step: its batch and its inputs. */
export interface StepRecord extends StepFeed {
  readonly step: number;
  readonly epoch: number;
  /** Index of the batch in its epoch, from 0. */
  readonly index: number;
}

/** Most steps between two snapshots, so that there are few records. */
const MAX_RECORDS = 1000;
/** Longest time between two snapshots, but at least 200 times the cost of one: at most half a percent of a run. */
const MAX_AGE_MS = 2000;
const COST_FACTOR = 200;
/** Numbers per record. */
const FIELDS = 7;

/** The step that made the first bad values, and the state just before it. */
export interface BadStep {
  readonly record: StepRecord;
  readonly batch: Batch;
  readonly before: StateValues;
}

/** The records since the last snapshot in one flat array that is reused: a run of a million steps leaves no garbage
 *  here. */
class RecordList {
  readonly #fields = new Float64Array(MAX_RECORDS * FIELDS);
  length = 0;

  push(
    { learningRate = Number.NaN, momentum = Number.NaN, withLayerNorms, isProbed }: StepFeed,
    step: number,
    epoch: number,
    index: number,
  ): void {
    const at = FIELDS * this.length++;
    this.#fields[at] = step;
    this.#fields[at + 1] = epoch;
    this.#fields[at + 2] = index;
    this.#fields[at + 3] = learningRate;
    this.#fields[at + 4] = momentum;
    this.#fields[at + 5] = withLayerNorms ? 1 : 0;
    this.#fields[at + 6] = isProbed ? 1 : 0;
  }

  *[Symbol.iterator](): Generator<StepRecord> {
    for (let record = 0; record < this.length; record++) {
      const [step, epoch, index, learningRate, momentum, withLayerNorms, isProbed] = this.#fields.subarray(
        FIELDS * record,
        FIELDS * record + FIELDS,
      );
      const orAbsent = (value: number | undefined) => (Number.isNaN(value) ? undefined : value);
      yield {
        step: step as number,
        epoch: epoch as number,
        index: index as number,
        learningRate: orAbsent(learningRate),
        momentum: orAbsent(momentum),
        withLayerNorms: withLayerNorms === 1,
        isProbed: isProbed === 1,
      };
    }
  }
}

/** Makes it possible to return to the last good weights. States are updated in place, so a bad step destroys the state before
 *  it. But steps are deterministic to the bit, so a copy of an earlier state and the list of steps since then are enough. */
export class ReplayLog {
  readonly #session: TrainingSession;
  #snapshot: StateValues;
  /** Whether the optimiser's values began finite, as with ours; a custom transform may start from infinity. */
  readonly #checksOptimizer: boolean;
  readonly #records = new RecordList();
  #takenAt = performance.now();
  #costMs = 0;

  private constructor(session: TrainingSession, first: StateValues) {
    this.#session = session;
    this.#snapshot = first;
    this.#checksOptimizer = firstNonFinite(this.#snapshot.optimizer) === undefined;
  }

  /** A log whose first snapshot is the state now. */
  static async start(session: TrainingSession): Promise<ReplayLog> {
    return new ReplayLog(session, await session.read());
  }

  /** The last finite state that was copied: after `advance`, the state now. */
  get snapshot(): StateValues {
    return this.#snapshot;
  }

  /** Records a step before it runs. */
  record(feed: StepFeed, step: number, epoch: number, index: number): void {
    this.#records.push(feed, step, epoch, index);
  }

  get isDue(): boolean {
    if (this.#records.length >= MAX_RECORDS) return true;
    return performance.now() - this.#takenAt > Math.max(MAX_AGE_MS, COST_FACTOR * this.#costMs);
  }

  /** Takes a new snapshot if all values are finite; returns whether they are. A ReLU can hide a NaN weight from the loss, and an
   *  infinite moment stops a weight for good, because its step is divided by it. */
  async advance(): Promise<boolean> {
    const start = performance.now();
    const state = await this.#session.read();
    const isSound = this.#isFinite(state);
    if (isSound) {
      this.#snapshot = state;
      this.#records.length = 0;
    }
    this.#takenAt = performance.now();
    this.#costMs = this.#takenAt - start;
    return isSound;
  }

  /** The current state, or the snapshot if it is not finite or cannot be read. */
  async lastSound(): Promise<StateValues> {
    try {
      const state = await this.#session.read();
      return this.#isFinite(state) ? state : this.#snapshot;
    } catch {
      return this.#snapshot;
    }
  }

  /** Runs the steps since the snapshot again, up to the first that gives a loss, a weight, a running statistic or a moment that is not
   *  finite, and leaves the session at the state before that step. Undefined if none does. */
  async findBadStep({ train, batchSize, shuffle, seed, dropLast, augment }: Plan): Promise<BadStep | undefined> {
    const session = this.#session;
    const epochs = batches(train, { batchSize, shuffle, seed, dropLast, augment });
    const walk = new BatchWalk(epochs);
    let before = this.#snapshot;
    session.write(before);
    for (const record of this.#records) {
      const batch = walk.at(record.epoch - 1, record.index);
      const { objective } = await session.run(train, batch, record);
      const after = await session.read();
      if (!Number.isFinite(objective) || !this.#isFinite(after)) {
        session.write(before);
        return { record, batch, before };
      }
      before = after;
    }
    return undefined;
  }

  #isFinite({ parameters, buffers, optimizer }: StateValues): boolean {
    const checked = this.#checksOptimizer ? [parameters, buffers, optimizer] : [parameters, buffers];
    return checked.every((tree) => firstNonFinite(tree) === undefined);
  }
}

/** Batches by epoch and index, requested in ascending order. */
class BatchWalk {
  readonly #epochs: Batches;
  #epoch = -1;
  #iterator: Iterator<Batch> | undefined;

  constructor(epochs: Batches) {
    this.#epochs = epochs;
  }

  at(epoch: number, index: number): Batch {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#iterator = this.#epochs.atEpoch(epoch, index)[Symbol.iterator]();
    }
    for (;;) {
      const batch = (this.#iterator as Iterator<Batch>).next().value as Batch;
      if (batch.index === index) return batch;
    }
  }
}
