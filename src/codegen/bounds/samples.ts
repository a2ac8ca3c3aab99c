import type { Bound, Linear, Unknown } from "./linear.ts";

const COUNT = 4;
const ALL = (1 << COUNT) - 1;

/** Sample cases that agree with all facts about the symbols: in each case every symbol, and so every sum, is one number. A sum can attain
 *  its value in each case, so no search can find a bound below it. */
export class Samples {
  /** bits of the cases that agree with the assumptions */
  #possible = ALL;

  /** The greatest value of the sum in any case; -Infinity if no case is known. */
  greatest(a: Linear): number {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let sample = 0; sample < COUNT; sample++) {
      if ((this.#possible & (1 << sample)) === 0) continue;
      const value = sumIn(a, sample);
      if (value > greatest) greatest = value;
    }
    return greatest;
  }

  /** Assumes a >= 0 until `release`. Returns the argument of `release`. */
  assume(a: Linear): number {
    const before = this.#possible;
    for (let sample = 0; sample < COUNT; sample++) {
      if (!(sumIn(a, sample) >= 0)) this.#possible &= ~(1 << sample);
    }
    return before;
  }

  release(before: number): void {
    this.#possible = before;
  }
}

/** The sum in one case; NaN, which compares false with everything, if nothing is known. */
function sumIn({ symbols, factors, constant }: Linear, sample: number): number {
  let sum = constant;
  for (let index = 0; index < symbols.length; index++) {
    const symbol = symbols[index] as Unknown;
    if (symbol.isOpaque) return Number.NaN;
    symbol.samples ??= samplesOf(symbol);
    sum += (factors[index] as number) * (symbol.samples[sample] as number);
  }
  return sum;
}

function samplesOf(symbol: Unknown): readonly number[] {
  const samples = new Array<number>(COUNT);
  for (let sample = 0; sample < COUNT; sample++) samples[sample] = sampleOf(symbol, sample);
  return samples;
}

function sampleOf({ choice, lowers, uppers, highSamples }: Unknown, sample: number): number {
  if (choice) {
    const [a, b] = [sumIn(choice.a, sample), sumIn(choice.b, sample)];
    return choice.kind === "min" ? Math.min(a, b) : choice.kind === "max" ? Math.max(a, b) : a;
  }
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let index = 0; index < lowers.length; index++) {
    const { factor, than } = lowers[index] as Bound;
    low = Math.max(low, Math.ceil(sumIn(than, sample) / factor));
  }
  for (let index = 0; index < uppers.length; index++) {
    const { factor, than } = uppers[index] as Bound;
    high = Math.min(high, Math.floor(sumIn(than, sample) / factor));
  }
  if (!(low <= high)) return Number.NaN;
  const chosen = (highSamples & (1 << sample)) !== 0 ? high : low;
  return Number.isFinite(chosen) ? chosen : Number.NaN;
}
