/** Most points per frame. */
const MOST_POINTS = 200;

export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** The losses since the last frame. */
export class LossBuffer {
  #steps: number[] = [];
  #losses: number[] = [];

  push(step: number, loss: number): void {
    this.#steps.push(step);
    this.#losses.push(loss);
  }

  /** The points since the last call; of many, the lowest and the highest of equal parts, and whatever is not finite. */
  take(): readonly LossPoint[] {
    const [steps, losses] = [this.#steps, this.#losses];
    this.#steps = [];
    this.#losses = [];
    const pick = (indices: Iterable<number>) =>
      Array.from(indices, (index) => ({ step: steps[index] as number, loss: losses[index] as number }));
    if (steps.length <= MOST_POINTS) return pick(steps.keys());
    const parts = Math.floor(MOST_POINTS / 3);
    const kept = new Set<number>([0, steps.length - 1]);
    for (let part = 0; part < parts; part++) {
      const [start, end] = [part, part + 1].map((edge) => Math.floor((edge * steps.length) / parts)) as [
        number,
        number,
      ];
      for (const index of extremes(losses, start, end)) kept.add(index);
    }
    return pick([...kept].sort((a, b) => a - b));
  }
}

/** Indices of the lowest, the highest and the first value that is not finite, in a part of a list. */
function extremes(values: readonly number[], start: number, end: number): readonly number[] {
  let [low, high, bad] = [-1, -1, -1];
  for (let index = start; index < end; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) {
      if (bad < 0) bad = index;
      continue;
    }
    if (low < 0 || value < (values[low] as number)) low = index;
    if (high < 0 || value > (values[high] as number)) high = index;
  }
  return [low, high, bad].filter((index) => index >= 0);
}
