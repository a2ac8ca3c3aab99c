/** A reading's share of the time, at most, after the first. */
const SHARE = 0.005;

/** In an epoch that had no reading, one is taken if it costs at most this share of the epoch before. */
const SHARE_OF_EPOCH = 0.01;

/** A run that will take less than this, as its first steps suggest, gets no reading before it has lasted for `PATIENCE_MS`: the program of
 *  the readings is compiled once, which a tiny run would wait for longer than for its steps. */
const WORTHWHILE_MS = 2000;
const PATIENCE_MS = 500;

/** Steps whose durations count: the first compiles. */
const FIRST_TIMED = 1;

/** Steps after which the duration of the run is guessed. */
const GUESS_AFTER = 4;

/** Least time between two readings, ms, and as a share of the time since the first: a run of a day has some thousands, not a million. */
const LEAST_MS = 250;
const SHARE_OF_RUN = 0.001;

/** Readings that say nothing about their cost: the first compiles the program. The cost is guessed until then, in plain steps. */
const WARM_UP = 1;
const GUESSED_STEPS = 6;

/** Decides which steps are read, so that readings cost at most 0.5 % of the time, however large the network is. */
export class ReadingClock {
  readonly #now: () => number;
  #totalSteps = 0;
  #startedAt = 0;
  #stepAt = 0;
  #steps = 0;
  #readings = 0;
  #firstAt = 0;
  #nextAt = 0;
  /** Smoothed durations in ms. */
  #plainMs = 0;
  #costMs: number | undefined;
  #epochAt = 0;
  #epochMs = 0;
  #readingsInEpoch = 0;

  /** @param now milliseconds. Default `performance.now`. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param totalSteps steps that the run has yet to do. */
  start(totalSteps: number): void {
    this.#totalSteps = totalSteps;
    this.#startedAt = this.#now();
    this.#epochAt = this.#startedAt;
  }

  /** Whether the next step is read. Called right before it. */
  isDue(): boolean {
    const now = this.#now();
    this.#stepAt = now;
    if (this.#readings === 0) return this.#isFirstDue(now);
    return now >= this.#nextAt || this.#isEpochDue(now);
  }

  #isFirstDue(now: number): boolean {
    if (now - this.#startedAt >= PATIENCE_MS && this.#steps > FIRST_TIMED) return true;
    return this.#steps >= GUESS_AFTER && this.#plainMs * this.#totalSteps >= WORTHWHILE_MS;
  }

  #isEpochDue(now: number): boolean {
    if (this.#readingsInEpoch > 0 || this.#epochMs === 0) return false;
    return this.#cost <= SHARE_OF_EPOCH * this.#epochMs && now - this.#epochAt >= this.#epochMs / 2;
  }

  get #cost(): number {
    return this.#costMs ?? GUESSED_STEPS * this.#plainMs;
  }

  /** Called right after each step. */
  stepped(wasRead: boolean): void {
    const now = this.#now();
    const duration = now - this.#stepAt;
    // the last batch of an epoch, which may be smaller, is never read, and nobody asks before it
    this.#stepAt = now;
    this.#steps++;
    if (!wasRead) {
      if (this.#steps > FIRST_TIMED) this.#plainMs = smooth(this.#plainMs, duration);
      return;
    }
    this.#readings++;
    this.#readingsInEpoch++;
    if (this.#readings === 1) this.#firstAt = now;
    if (this.#readings > WARM_UP) this.#costMs = smooth(this.#costMs ?? 0, Math.max(0, duration - this.#plainMs));
    this.#nextAt = now + Math.max(LEAST_MS, SHARE_OF_RUN * (now - this.#firstAt), this.#cost / SHARE);
  }

  epochEnded(): void {
    const now = this.#now();
    this.#epochMs = now - this.#epochAt;
    this.#epochAt = now;
    this.#stepAt = now;
    this.#readingsInEpoch = 0;
  }
}

const smooth = (before: number, value: number): number => (before === 0 ? value : 0.8 * before + 0.2 * value);
