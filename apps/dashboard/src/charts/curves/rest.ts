/** Times of a drawing that pass before the next one that is only there because there is something new. */
const FACTOR = 4;

/** Leaves the page time between two drawings: where a hundred curves come one after the other, each would draw all again. What is drawn
 *  quickly is not held up. */
export interface Rest {
  /** Whether a drawing must wait; it is then asked for when its time has come. */
  mustWait(ask: () => void): boolean;
  /** A drawing has taken so many ms. */
  drew(ms: number): void;
  end(): void;
}

/** @param now in ms. @param later runs a task after so many ms; the result cancels it. */
export function createRest(
  now: () => number = () => performance.now(),
  later: (task: () => void, ms: number) => () => void = (task, ms) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
): Rest {
  let until = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  return {
    mustWait(ask) {
      const wait = until - now();
      if (wait <= 0) return false;
      cancel ??= later(() => {
        cancel = undefined;
        ask();
      }, wait);
      return true;
    },
    drew(ms) {
      until = now() + FACTOR * ms;
    },
    end() {
      cancel?.();
      cancel = undefined;
      until = Number.NEGATIVE_INFINITY;
    },
  };
}
