/** A mapping from values to positions in pixels. */
export interface Scale {
  (value: number): number;
  readonly low: number;
  readonly high: number;
}

/** Linear from [low, high] to [start, end]. Values outside go beyond. */
export function linearScale(low: number, high: number, start: number, end: number): Scale {
  const span = high - low || 1;
  return Object.assign((value: number) => start + ((value - low) / span) * (end - start), { low, high });
}

/** Powers of ten from 10^low to 10^high. Values outside stop at the ends; 0 and less are at the start.
 *  @param low exponent. */
export function logScale(low: number, high: number, start: number, end: number): Scale {
  const position = (value: number) => {
    const exponent = value > 0 ? Math.log10(value) : -Infinity;
    const share = (Math.min(high, Math.max(low, exponent)) - low) / (high - low || 1);
    return start + share * (end - start);
  };
  return Object.assign(position, { low, high });
}

/** Round numbers that divide a range: multiples of 1, 2 or 5 times a power of ten. @param most about as many. */
export function niceTicks(low: number, high: number, most: number): readonly number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  const step = niceStep((high - low) / Math.max(1, most));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  // multiples are rounded once: sums of steps would drift
  return Array.from({ length: Math.min(count, 1000) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The least 1, 2 or 5 times a power of ten that is not below the given one. */
export function niceStep(least: number): number {
  const unit = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((each) => each * unit >= least * (1 - 1e-9)) ?? 10;
  return factor * unit;
}

/** Labels of a log axis: powers of ten, every second or third where there are many; within few decades also 2 and 5 times them. */
export function logTicks(low: number, high: number, most: number): readonly number[] {
  if (!(low > 0) || !(high > low)) return [];
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const decades = Math.log10(high / low);
  if (decades >= 2) {
    const every = Math.max(1, Math.ceil((last - first + 1) / most));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
      .filter((exponent) => exponent % every === 0)
      .map((exponent) => 10 ** exponent);
  }
  const fine: number[] = [];
  for (let exponent = first - 1; exponent <= last; exponent++)
    for (const factor of [1, 2, 5]) {
      const tick = Number(`${factor}e${exponent}`);
      if (tick >= low && tick <= high) fine.push(tick);
    }
  return fine.length >= 2 ? fine : niceTicks(low, high, most).filter((tick) => tick > 0);
}
