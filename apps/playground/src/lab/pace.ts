/** Steps per second over about the last second. */
export class Speedometer {
  #since = 0;
  #steps = 0;
  #perSecond = 0;

  /** Starts to count anew, after a pause. */
  start(now: number): void {
    this.#since = now;
    this.#steps = 0;
  }

  step(): void {
    this.#steps++;
  }

  perSecond(now: number): number {
    const elapsed = now - this.#since;
    if (elapsed >= 1000 || (this.#perSecond === 0 && elapsed >= 200)) {
      this.#perSecond = (1000 * this.#steps) / elapsed;
      this.start(now);
    }
    return this.#perSecond;
  }
}

/** Something that is done from time to time: at least so many milliseconds apart, and for at most a share of the time. */
export class Spaced {
  readonly #least: number;
  readonly #share: number;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(leastMs: number, share: number) {
    this.#least = leastMs;
    this.#share = share;
  }

  isDue(now: number): boolean {
    return now >= this.#nextAt;
  }

  /** @param started when it began; @param ended when it was done; both in ms. */
  done(started: number, ended: number): void {
    this.#nextAt = started + Math.max(this.#least, (ended - started) / this.#share);
  }

  /** Due at once. */
  reset(): void {
    this.#nextAt = Number.NEGATIVE_INFINITY;
  }
}
