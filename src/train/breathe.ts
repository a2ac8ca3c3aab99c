import { nextTurn } from "../core/host.ts";

/** Longest time that training blocks the event loop. */
const HOLD_MS = 20;

/** Lets timers, signals and other promises run from time to time. A step of a small network takes microseconds, less than
 *  a turn of the event loop, so there is at most one turn every 20 ms, not one after each step. */
export class Breather {
  #last = performance.now();

  /** Whether a turn is due. */
  get isDue(): boolean {
    return performance.now() - this.#last >= HOLD_MS;
  }

  /** Resolves after one turn of the event loop. */
  async breathe(): Promise<void> {
    await nextTurn();
    this.#last = performance.now();
  }
}
