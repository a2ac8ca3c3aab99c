/** The integers that a program computes, as sums of symbols: loop counters, remainders of divisions, minima.
 *
 *    value = constant + sum of factor * symbol
 *
 *  A symbol stands for the same number wherever it occurs, so that `min(first + block, columns) - first` keeps its tight range.
 *  Facts about a symbol use only older symbols. So replacing the youngest symbol by its bound repeatedly ends in a number that bounds the
 *  sum. */

/** factor * symbol <= than (or >= than). */
export interface Bound {
  /** above 0 */
  readonly factor: number;
  readonly than: Linear;
}

/** A symbol that equals one of two sums: the lesser, the greater, or the one that a branch chose. */
export interface Choice {
  readonly kind: "min" | "max" | "either";
  readonly a: Linear;
  readonly b: Linear;
}

export class Unknown {
  /** grows with creation */
  readonly id: number;
  readonly lowers: Bound[];
  readonly uppers: Bound[];
  /** has no bounds: an address, or a thread's distance from the first thread's memory */
  readonly isOpaque: boolean;
  choice: Choice | undefined;
  /** numerator = divisor * this + remainder, if this is a quotient */
  quotient: { readonly numerator: Linear; readonly divisor: number; readonly remainder: Unknown } | undefined;
  /** bits of the symbol itself and of every symbol on which its bounds may depend; symbols may share a bit */
  support: number;
  /** least upper bound of its absolute value when it was made */
  reach = Number.POSITIVE_INFINITY;
  // cached range and choice, with the versions of the facts under which they were found
  lowVersion = -1;
  low = Number.NEGATIVE_INFINITY;
  highVersion = -1;
  high = Number.POSITIVE_INFINITY;
  /** bits of the sample cases in which it takes its greatest value; in the others it takes its least */
  highSamples = 0b1010;
  /** its value in each case; undefined: not computed yet */
  samples: readonly number[] | undefined;
  sidesVersion = -1;
  sides: readonly [Linear, Linear] | undefined;

  /** itself as a sum */
  readonly value: Linear;

  constructor(id: number, isOpaque: boolean, lowers: Bound[], uppers: Bound[]) {
    this.id = id;
    this.lowers = lowers;
    this.uppers = uppers;
    this.isOpaque = isOpaque;
    this.support = 1 << (id & 31);
    this.value = new Linear([this], [1], 0);
  }
}

/** Immutable; symbols from old to young, none with factor 0. */
export class Linear {
  readonly symbols: readonly Unknown[];
  readonly factors: readonly number[];
  readonly constant: number;

  constructor(symbols: readonly Unknown[], factors: readonly number[], constant: number) {
    this.symbols = symbols;
    this.factors = factors;
    this.constant = constant;
  }

  get isConstant(): boolean {
    return this.symbols.length === 0;
  }
}

const none: readonly never[] = [];

export function constant(value: number): Linear {
  return new Linear(none, none, value);
}

export const ZERO = constant(0);

export function symbolValue(symbol: Unknown): Linear {
  return symbol.value;
}

/** a + factor / divisor * b; fractions appear only if the divisor does not divide. */
export function addScaled(a: Linear, factor: number, b: Linear, divisor = 1): Linear {
  const sum = a.constant + (factor * b.constant) / divisor;
  if (factor === 0 || b.symbols.length === 0) return new Linear(a.symbols, a.factors, sum);
  const times = divisor === 1 ? factor : undefined;
  const m = a.symbols.length;
  const n = b.symbols.length;
  if (m === 0 && times === 1) return new Linear(b.symbols, b.factors, sum);
  // allocated at the greatest length: growing arrays reserve far more space
  const symbols = new Array<Unknown>(m + n);
  const factors = new Array<number>(m + n);
  let length = 0;
  let i = 0;
  let j = 0;
  while (i < m && j < n) {
    const x = a.symbols[i] as Unknown;
    const y = b.symbols[j] as Unknown;
    if (x.id < y.id) {
      symbols[length] = x;
      factors[length++] = a.factors[i++] as number;
      continue;
    }
    let total = b.factors[j++] as number;
    total = times === undefined ? (factor * total) / divisor : times * total;
    if (x === y) total += a.factors[i++] as number;
    if (total === 0) continue;
    symbols[length] = y;
    factors[length++] = total;
  }
  for (; i < m; i++) {
    symbols[length] = a.symbols[i] as Unknown;
    factors[length++] = a.factors[i] as number;
  }
  for (; j < n; j++) {
    const total = b.factors[j] as number;
    symbols[length] = b.symbols[j] as Unknown;
    factors[length++] = times === undefined ? (factor * total) / divisor : times * total;
  }
  symbols.length = length;
  factors.length = length;
  return new Linear(symbols, factors, sum);
}

export function addConstant(a: Linear, value: number): Linear {
  return value === 0 ? a : new Linear(a.symbols, a.factors, a.constant + value);
}

export function scale(a: Linear, factor: number): Linear {
  if (factor === 1) return a;
  if (factor === 0) return ZERO;
  return new Linear(
    a.symbols,
    a.factors.map((each) => each * factor),
    a.constant * factor,
  );
}

/** Divides a sum by a divisor that divides it exactly. */
export function quotientOf(a: Linear, divisor: number): Linear {
  return new Linear(
    a.symbols,
    a.factors.map((each) => each / divisor),
    a.constant / divisor,
  );
}

export function isSame(a: Linear, b: Linear): boolean {
  return (
    a === b ||
    (a.constant === b.constant &&
      a.symbols.length === b.symbols.length &&
      a.symbols.every((symbol, index) => symbol === b.symbols[index] && a.factors[index] === b.factors[index]))
  );
}

/** The sum without its youngest symbol. */
export function withoutLast(a: Linear): Linear {
  return new Linear(a.symbols.slice(0, -1), a.factors.slice(0, -1), a.constant);
}

export function supportOf(a: Linear): number {
  let bits = 0;
  for (let index = 0; index < a.symbols.length; index++) bits |= (a.symbols[index] as Unknown).support;
  return bits;
}

/** The sum with every divisor * quotient replaced by numerator - remainder if its symbols cancel: x - 4 * (x div 4) is x rem 4. */
export function withRemainders(a: Linear): Linear {
  for (let index = 0; index < a.symbols.length; index++) {
    const symbol = a.symbols[index] as Unknown;
    const { quotient } = symbol;
    if (quotient === undefined) continue;
    const times = (a.factors[index] as number) / quotient.divisor;
    if (!Number.isInteger(times) || quotient.numerator.isConstant) continue;
    const cancels = quotient.numerator.symbols.every((part, place) => {
      const at = a.symbols.indexOf(part);
      return at >= 0 && (a.factors[at] as number) + times * (quotient.numerator.factors[place] as number) === 0;
    });
    if (!cancels) continue;
    const left = addScaled(a, -(a.factors[index] as number), symbolValue(symbol));
    return withRemainders(
      addScaled(addScaled(left, times, quotient.numerator), -times, symbolValue(quotient.remainder)),
    );
  }
  return a;
}
