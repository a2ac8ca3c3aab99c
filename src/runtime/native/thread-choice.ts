/** Runs that are not measured: caches and branch predictors are cold. */
const WARMUP_RUNS = 4;
/** Runs of each way in a trial, one way after the other; their medians are compared. */
const TRIAL_RUNS = 9;
/** The first of these runs do not count: the other way has left its data in the caches. */
const SETTLING_RUNS = 2;
/** Runs until the next trial: few at first, while the engine's compiler still uses a core, and twice as many after each trial that
 *  confirms the last, because the load of the machine changes. */
const FIRST_INTERVAL = 50;
const LONGEST_INTERVAL = 3200;
/** A run that takes this many times as long as in the trial is slow; after several in a row there is a new trial. */
const SLOW = 3;
const SLOW_RUNS = 4;
/** A program that takes longer than this on all threads has enough work for all of them: it is never tried on one. */
const LONG_RUN_MS = 100;
/** The gain of one thread from which the others are left out. */
const LEAST_GAIN = 0.95;

type Way = "all" | "one";

/** Decides by trial whether a program runs on all threads or on the calling one alone. A small program gains less from a second core than
 *  it costs to move values from one core's cache to the other's. That cost depends on the machine, and in a virtual machine on the hour.
 *  If other processes use the cores, threads that wait for each other lose most. The values are the same either way. */
export class ThreadChoice {
  readonly #ways: Readonly<Record<Way, () => void>>;
  readonly #now: () => number;
  #run = 0;
  #times: Record<Way, number[]> = { all: [], one: [] };
  #chosen: Way = "all";
  #promised = Number.POSITIVE_INFINITY;
  #slowRuns = 0;
  #interval = FIRST_INTERVAL / 2;

  /** @param now a clock in milliseconds */
  constructor(all: () => void, one: () => void, now: () => number = () => performance.now()) {
    this.#ways = { all, one };
    this.#now = now;
  }

  /** The way of the next run outside of trials, if it is known. */
  get chosen(): Way {
    return this.#chosen;
  }

  run(): void {
    const run = this.#run++;
    if (run < WARMUP_RUNS) this.#timed("all");
    else if (run < WARMUP_RUNS + 2 * TRIAL_RUNS) {
      const position = run - WARMUP_RUNS;
      const way = position < TRIAL_RUNS ? "all" : "one";
      const taken = this.#timed(way);
      if (position % TRIAL_RUNS >= SETTLING_RUNS) this.#times[way].push(taken);
    } else {
      if (this.#times.all.length > 0) this.#decide();
      const taken = this.#timed(this.#chosen);
      this.#slowRuns = taken > SLOW * this.#promised ? this.#slowRuns + 1 : 0;
      if (this.#slowRuns >= SLOW_RUNS) this.#interval = FIRST_INTERVAL;
      if (this.#slowRuns >= SLOW_RUNS || run >= this.#interval) this.#run = WARMUP_RUNS;
    }
  }

  #timed(way: Way): number {
    const start = this.#now();
    this.#ways[way]();
    const taken = this.#now() - start;
    if (way === "all" && taken > LONG_RUN_MS) this.#run = Math.max(this.#run, WARMUP_RUNS + 2 * TRIAL_RUNS);
    return taken;
  }

  #decide(): void {
    const median = (times: readonly number[]): number =>
      [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.POSITIVE_INFINITY;
    const [all, one] = [median(this.#times.all), median(this.#times.one)];
    const chosen = one < LEAST_GAIN * all ? "one" : "all";
    this.#interval = chosen === this.#chosen ? Math.min(2 * this.#interval, LONGEST_INTERVAL) : FIRST_INTERVAL;
    this.#chosen = chosen;
    this.#promised = Math.min(all, one);
    this.#times = { all: [], one: [] };
    this.#slowRuns = 0;
  }
}
