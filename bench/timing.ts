/** Median and least time of repeated runs in milliseconds, and the number of runs. */
export interface Timing {
  readonly median: number;
  readonly least: number;
  readonly runs: number;
}

const SETTLED_MS = 500;

/** Runs `work` until the budget is spent, after a few runs that do not count. It also ends after `most` runs, but not before half a second:
 *  short runs need more than 200 until their times settle. */
export function time(work: () => void, { budgetMs = 6000, least = 7, most = 200, warmup = 3 } = {}): Timing {
  for (let run = 0; run < warmup; run++) work();
  const times: number[] = [];
  const start = performance.now();
  const isEnough = (elapsed: number) => elapsed >= budgetMs || (times.length >= most && elapsed >= SETTLED_MS);
  while (times.length < least || !isEnough(performance.now() - start)) {
    const before = performance.now();
    work();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1] as number, least: times[0] as number, runs: times.length };
}

/** The least time of the given number of runs: the machine's speed when nothing disturbs it. */
export function best(work: () => void, runs: number): number {
  return time(work, { budgetMs: 0, least: runs, most: runs }).least;
}
