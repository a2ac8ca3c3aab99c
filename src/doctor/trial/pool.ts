import { GradusError } from "../../core/errors.ts";
import { warn } from "../../core/host.ts";
import { resolveThreads } from "../../engine/select-backend.ts";
import type { BackendName } from "../../runtime/backend.ts";
import type { Training } from "../../train/training.ts";
import type { RunRecord } from "../../watch/record.ts";
import { type RunJob, runJob } from "./job.ts";
import { type OpenPlace, PlaceLost, type RunPlace } from "./places.ts";

export type { Hopeless, JobOptions, RunJob } from "./job.ts";

export interface RunnerOptions {
  /** Default: the fastest available. */
  readonly backend?: BackendName | "auto" | undefined;
  /** Threads for all runs together. Default: GRADUS_THREADS, else one per core, at most 8. */
  readonly threads?: number | undefined;
  /** When it aborts, all runs are aborted at once. */
  readonly signal?: AbortSignal | undefined;
  /** Opens places for runs outside this thread: `processPlaces()` in Node. Default: none, so that all runs are made here. */
  readonly places?: OpenPlace | undefined;
  /** Whether runs are made in this process. true: all, one after the other; false: none, so that it stays free for other work. Default:
   *  one at a time here, the others in `places`. */
  readonly inProcess?: boolean | undefined;
  /** Seconds that a run here must have taken before processes are started for waiting ones, because shorter runs do not justify a
   *  process. Default 1, about the time to start one. */
  readonly patienceSeconds?: number | undefined;
}

/** Samples of more bytes than this are not copied into other processes: runs are made here, one after the other. */
const MOST_BYTES = 2 ** 30;

/** Number of consecutive process failures after which no more are started. */
const MOST_LOSSES = 3;

interface Waiting {
  readonly job: RunJob;
  readonly resolve: (record: RunRecord | Promise<RunRecord>) => void;
  readonly reject: (reason: unknown) => void;
  /** Only for this process: another one died of it, or it cannot be copied. */
  readonly isForHere: boolean;
}

/** Runs trainings in parallel, one here and the others in separate processes that stay warm for the next. A run gives the same record to
 *  the bit in any place: threads share outputs, never the terms of a sum.
 *    const runner = new Runner({ threads: 4 });
 *    const records = await Promise.all(seeds.map((seed) => runner.run({ training, options: { seed } })));
 *    await runner.dispose();
 *  Cores go to runs first, because runs do not wait for each other; only the rest goes to threads within runs, such as for a single run.
 *  It uses processes instead of worker threads, because machine code is called through `koffi`, which only one thread of a process can
 *  load. */
export class Runner {
  /** Runs at a time. */
  readonly size: number;
  readonly #options: RunnerOptions;
  readonly #threads: number;
  readonly #idle: RunPlace[] = [];
  readonly #all = new Set<RunPlace>();
  #waiting: Waiting[] = [];
  readonly #given = new AbortController();
  /** When the current run in this process began; undefined if there is none. */
  #hereSince: number | undefined;
  #inProcesses = 0;
  #losses = 0;
  #isDue = false;
  #isDisposed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #here: Promise<unknown> = Promise.resolve();

  constructor(options: RunnerOptions = {}) {
    this.#options = options;
    this.#threads = resolveThreads(options.threads);
    const isAlone = options.inProcess === true || options.places === undefined;
    this.size = isAlone ? 1 : this.#threads;
    const { signal } = options;
    if (signal?.aborted) this.#giveUp();
    else signal?.addEventListener("abort", this.#giveUp, { once: true });
  }

  /** Ids of the current processes. */
  get processes(): readonly number[] {
    return [...this.#all].flatMap(({ id }) => (id === undefined ? [] : [id]));
  }

  /** @throws GradusError `interrupted` if the runner's or the job's signal aborts; `disposed`; what `runTraining` throws. */
  run(job: RunJob): Promise<RunRecord> {
    if (this.#isDisposed)
      return Promise.reject(new GradusError("disposed", "Runner: it was disposed. Make another one."));
    return new Promise<RunRecord>((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject, isForHere: false });
      this.#dispatchSoon();
    });
  }

  /** Aborts all runs and ends the processes. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#options.signal?.removeEventListener("abort", this.#giveUp);
    this.#giveUp();
    await this.#here.catch(() => {});
  }

  readonly #giveUp = (): void => {
    this.#given.abort();
    clearTimeout(this.#timer);
    for (const each of this.#all) each.end();
    this.#all.clear();
    this.#idle.length = 0;
    for (const { reject } of this.#waiting) reject(interrupted());
    this.#waiting = [];
  };

  /** Dispatches after all jobs of this turn have arrived, so that their number decides the threads of each. */
  #dispatchSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#dispatch();
    });
  }

  /** Assigns jobs to this and other processes until there are no more of either. */
  #dispatch(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const mustBeHere = next.isForHere || !this.#mayLeave(next.job);
      const isHereFree = this.#hereSince === undefined && (mustBeHere || this.#options.inProcess !== false);
      if (!isHereFree && (mustBeHere || !this.#hasProcess())) return;
      const running = this.#inProcesses + (this.#hereSince === undefined ? 0 : 1);
      const together = Math.min(this.size, running + this.#waiting.length);
      const threads = Math.max(1, Math.floor(this.#threads / together));
      this.#waiting.shift();
      if (isHereFree) this.#runHere(next, threads);
      else void this.#runThere(next, threads);
    }
  }

  #mayLeave({ training }: RunJob): boolean {
    return this.size > 1 && this.#losses < MOST_LOSSES && bytesOf(training) <= MOST_BYTES;
  }

  /** Whether there is a process for one more run, or one may be started. */
  #hasProcess(): boolean {
    const { inProcess, patienceSeconds = 1 } = this.#options;
    const most = inProcess === false ? this.size : this.size - 1;
    if (this.#inProcesses >= most) return false;
    const patience = 1000 * patienceSeconds;
    const taken = this.#hereSince === undefined ? Infinity : performance.now() - this.#hereSince;
    if (this.#idle.length > 0 || inProcess === false || taken >= patience) return true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dispatch(), patience - taken);
    return false;
  }

  #prepared({ job }: Waiting, threads: number): RunJob & { readonly signal: AbortSignal } {
    const signal = job.signal ? AbortSignal.any([job.signal, this.#given.signal]) : this.#given.signal;
    const { backend = this.#options.backend, threads: asked = threads } = job.options;
    return { ...job, signal, options: { ...job.options, backend, threads: asked } };
  }

  #runHere(waiting: Waiting, threads: number): void {
    const job = this.#prepared(waiting, threads);
    this.#hereSince = performance.now();
    const run = runOrGiveUp(job).finally(() => {
      this.#hereSince = undefined;
      this.#dispatchSoon();
    });
    this.#here = run;
    waiting.resolve(run);
  }

  async #runThere(waiting: Waiting, threads: number): Promise<void> {
    const job = this.#prepared(waiting, threads);
    this.#inProcesses++;
    const place = this.#process();
    try {
      if (job.signal.aborted) throw interrupted();
      const record = await place.run(job);
      this.#losses = 0;
      waiting.resolve(record);
    } catch (error) {
      const isLost = error instanceof PlaceLost;
      if (job.signal.aborted) waiting.reject(interrupted());
      // a job that cannot be copied into another process can still run in this one
      else if (isLost || (error as Error).name === "DataCloneError")
        this.#waiting.unshift({ ...waiting, isForHere: true });
      else waiting.reject(error);
      if (isLost && !job.signal.aborted) {
        this.#losses++;
        warn(error.message);
      }
    } finally {
      this.#inProcesses--;
      if (place.isAlive && !this.#isDisposed) this.#idle.push(place);
      else this.#all.delete(place);
      this.#dispatchSoon();
    }
  }

  #process(): RunPlace {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isAlive) return idle;
      this.#all.delete(idle);
    }
    const fresh = (this.#options.places as OpenPlace)();
    this.#all.add(fresh);
    return fresh;
  }
}

async function runOrGiveUp(job: RunJob): Promise<RunRecord> {
  if (job.signal?.aborted) throw interrupted();
  const record = await runJob(job);
  if (job.signal?.aborted) throw interrupted();
  return record;
}

function interrupted(): GradusError {
  return new GradusError("interrupted", "doctor: the run was aborted.");
}

function bytesOf({ data: { train, validation } }: Training): number {
  const storages = new Set([train.storage, validation.storage]);
  return [...storages].reduce((sum, { inputs, targets }) => sum + inputs.byteLength + targets.byteLength, 0);
}
