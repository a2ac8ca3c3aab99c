/** Least time between two readings while training fast, in ms: about 20 per second. */
const INTERVAL_MS = 50;

/** A reading's share of the time, at most. */
const SHARE = 0.03;

/** Readings that say nothing about their cost: the first compiles the program. */
const WARM_UP = 2;

/** Decides which steps are read: every step while they are slow, about twenty per second while they are fast, fewer where a reading is
 *  expensive. */
export class ReadingClock {
  readonly #now: () => number;
  #nextAt = 0;
  #readings = 0;
  #startedAt = 0;
  /** Smoothed durations in ms. */
  #plainMs = 0;
  #readMs = 0;
  /** Read every step: a person steps one by one. */
  isClose = false;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the next step is read. Called right before it. */
  isDue(): boolean {
    this.#startedAt = this.#now();
    return this.isClose || this.#startedAt >= this.#nextAt;
  }

  /** Called right after it. */
  stepped(wasRead: boolean): void {
    const now = this.#now();
    const startedAt = this.#startedAt;
    const duration = now - startedAt;
    // the last batch of an epoch, which may be smaller, is never read, and nobody asks before it
    this.#startedAt = now;
    if (!wasRead) {
      this.#plainMs = smooth(this.#plainMs, duration);
      return;
    }
    this.#readings++;
    if (this.#readings > WARM_UP) this.#readMs = smooth(this.#readMs, duration);
    const cost = Math.max(0, this.#readMs - this.#plainMs);
    this.#nextAt = startedAt + Math.max(INTERVAL_MS, cost / SHARE);
  }
}

const smooth = (before: number, value: number): number => (before === 0 ? value : 0.9 * before + 0.1 * value);
