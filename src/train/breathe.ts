import { nextTurn } from "../core/host.ts";

/** Longest time that training keeps the event loop to itself. */
const HOLD_MS = 20;

/** Lets timers, signals and other people's promises run now and then. Steps of a small network take microseconds,
 *  a turn of the event loop takes longer than that; so a turn is given at most every 20 ms, not after each step. */
export class Breather {
  #last = performance.now();

  /** Due for a turn? */
  get isDue(): boolean {
    return performance.now() - this.#last >= HOLD_MS;
  }

  /** Resolves after one turn of the event loop. */
  async breathe(): Promise<void> {
    await nextTurn();
    this.#last = performance.now();
  }
}
