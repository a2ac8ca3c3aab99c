/** A reading's share of the time, at most, after the first: an epoch of 200 times the cost has one. */
const SHARE = 0.005;

/** The first reading compiles a program of its own, once, which takes about as long as compiling the step did: from one to three times,
 *  measured. It is put off until the run has lasted so many times as long, or will last as long, as its first steps suggest: a tiny run
 *  does not wait for it. */
const WORTHWHILE = 10;

/** Steps after which the duration of the run is guessed. */
const GUESS_AFTER = 4;

/** Least time between two readings, ms, and as a share of the time since the first: a run of a day has some thousands, not a million. */
const LEAST_MS = 250;
const SHARE_OF_RUN = 0.001;

/** The same between two readings whose histograms are kept: a run of a day has some hundreds. */
const HISTOGRAM_LEAST_MS = 1000;
const HISTOGRAM_SHARE_OF_RUN = 0.02;

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
  #histogramAt = Number.NEGATIVE_INFINITY;
  /** Duration of the first step, which compiles. */
  #firstStepMs = 0;
  /** Smoothed durations in ms. */
  #plainMs = 0;
  #costMs: number | undefined;

  /** @param now milliseconds. Default `performance.now`. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param totalSteps steps that the run has yet to do. */
  start(totalSteps: number): void {
    this.#totalSteps = totalSteps;
    this.#startedAt = this.#now();
  }

  /** Whether the next step is read. Called right before it. */
  isDue(): boolean {
    const now = this.#now();
    this.#stepAt = now;
    if (this.#readings === 0) return this.#isFirstDue(now);
    return now >= this.#nextAt;
  }

  #isFirstDue(now: number): boolean {
    if (this.#steps < GUESS_AFTER) return false;
    const worthwhileMs = WORTHWHILE * Math.max(0, this.#firstStepMs - this.#plainMs);
    return Math.max(now - this.#startedAt, this.#plainMs * this.#totalSteps) >= worthwhileMs;
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
      if (this.#steps === 1) this.#firstStepMs = duration;
      else this.#plainMs = smooth(this.#plainMs, duration);
      return;
    }
    this.#readings++;
    if (this.#readings === 1) this.#firstAt = now;
    if (this.#readings > WARM_UP) this.#costMs = smooth(this.#costMs ?? 0, Math.max(0, duration - this.#plainMs));
    this.#nextAt = now + Math.max(LEAST_MS, SHARE_OF_RUN * (now - this.#firstAt), this.#cost / SHARE);
  }

  /** Whether the histograms of the reading that was just taken are kept. */
  isHistogramDue(): boolean {
    const now = this.#now();
    if (now < this.#histogramAt) return false;
    this.#histogramAt = now + Math.max(HISTOGRAM_LEAST_MS, HISTOGRAM_SHARE_OF_RUN * (now - this.#firstAt));
    return true;
  }
}

const smooth = (before: number, value: number): number => (before === 0 ? value : 0.8 * before + 0.2 * value);
