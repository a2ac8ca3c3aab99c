import {
  addConstant,
  addScaled,
  type Choice,
  constant,
  Linear,
  supportOf,
  symbolValue,
  Unknown,
  withoutLast,
} from "./linear.ts";

/** Bounds are found in doubles, with fractions where a factor does not divide another. What is whole is told apart by this much. */
const SLACK = 2 ** -8;
/** Beyond this no bound is told: sums must stay exact to within the slack. */
const LARGEST = 2 ** 42;

/** One bound that holds for a while, and what the symbol's support was before. */
interface Assumption {
  readonly symbol: Unknown;
  readonly isUpper: boolean;
  readonly support: number;
}

/** What is known of symbols, and the bounds of sums that follow from it. Facts hold from `assume` to `release`, as in a branch. */
export class Facts {
  #count = 0;
  #version = 0;
  #versions = 0;
  readonly #assumed: Assumption[] = [];

  // Symbols --------------------------------------------------------------------------------------------------------

  opaque(): Unknown {
    return new Unknown(this.#count++, true);
  }

  /** @param lows sums that are least bounds: factor * symbol >= than; `highs` likewise from above. */
  symbol(
    lows: readonly (readonly [factor: number, than: Linear])[],
    highs: readonly (readonly [factor: number, than: Linear])[],
    choice?: Choice,
  ): Unknown {
    const symbol = new Unknown(this.#count++, false);
    symbol.choice = choice;
    if (choice) symbol.support |= supportOf(choice.a) | supportOf(choice.b);
    for (const [factor, than] of lows) symbol.lowers.push({ factor, than });
    for (const [factor, than] of highs) symbol.uppers.push({ factor, than });
    for (const [, than] of [...lows, ...highs]) symbol.support |= supportOf(than);
    symbol.reach = Math.max(Math.abs(this.#low(symbol)), Math.abs(this.#high(symbol)));
    return symbol;
  }

  /** Any whole number from `low` to `high`. */
  between(low: number, high: number): Unknown {
    return this.symbol([[1, constant(low)]], [[1, constant(high)]]);
  }

  // Bounds ---------------------------------------------------------------------------------------------------------

  /** The greatest whole number that the sum can be, or one above it; infinite if nothing is known. */
  upper(a: Linear): number {
    const bound = this.#upper(a);
    if (!(bound <= LARGEST)) return Number.POSITIVE_INFINITY;
    // a constant and multiples of `divisor` take no values between
    const divisor = commonDivisor(a.factors);
    return a.constant + divisor * Math.floor((bound - a.constant + SLACK) / divisor);
  }

  lower(a: Linear): number {
    return -this.upper(negated(a));
  }

  #upper(a: Linear): number {
    const last = a.symbols.length - 1;
    let support = 0;
    let areApart = true;
    for (const { isOpaque, support: bits } of a.symbols) {
      if (isOpaque) return Number.POSITIVE_INFINITY;
      if ((support & bits) !== 0) areApart = false;
      support |= bits;
    }
    if (areApart) return this.#upperApart(a);
    const symbol = a.symbols[last] as Unknown;
    const factor = a.factors[last] as number;
    const rest = withoutLast(a);
    const isUp = factor > 0;
    let best = this.#upper(rest) + factor * (isUp ? this.#high(symbol) : this.#low(symbol));
    // a bound that has nothing to do with the rest can do no better than its number
    const restSupport = supportOf(rest);
    if ((restSupport & symbol.support) === 0) return best;
    best = Math.min(best, this.#byCases(a));
    for (const bound of isUp ? symbol.uppers : symbol.lowers) {
      if (bound.than.isConstant || (supportOf(bound.than) & restSupport) === 0) continue;
      best = Math.min(best, this.#upper(addScaled(rest, factor, bound.than, bound.factor)));
    }
    const { choice } = symbol;
    if (choice) {
      const [x, y] = this.#sides(symbol, choice);
      const one = this.#upper(addScaled(rest, factor, x));
      const other = x === y ? one : this.#upper(addScaled(rest, factor, y));
      const isLesser = choice.kind === (isUp ? "min" : "max");
      best = Math.min(best, isLesser ? Math.min(one, other) : Math.max(one, other));
    }
    return best;
  }

  /** The bound of a sum whose symbols have nothing to do with each other. */
  #upperApart({ symbols, factors, constant: start }: Linear): number {
    let sum = start;
    for (let index = 0; index < symbols.length; index++) {
      const factor = factors[index] as number;
      const symbol = symbols[index] as Unknown;
      sum += factor * (factor > 0 ? this.#high(symbol) : this.#low(symbol));
    }
    return sum;
  }

  /** Where an older symbol may be either of two sums and a younger one can be bounded by either of two, the better bound is another one in
   *  each case: the cases come first. */
  #byCases(a: Linear): number {
    for (const [index, symbol] of a.symbols.entries()) {
      const { choice } = symbol;
      const factor = a.factors[index] as number;
      if (choice === undefined || choice.kind === (factor > 0 ? "min" : "max")) continue;
      const isLinked = a.symbols.some(
        (other, place) => place > index && other.choice !== undefined && (other.support & symbol.support) !== 0,
      );
      if (!isLinked) continue;
      const rest = addScaled(a, -factor, symbolValue(symbol));
      const [x, y] = this.#sides(symbol, choice);
      const one = this.#upper(addScaled(rest, factor, x));
      return x === y ? one : Math.max(one, this.#upper(addScaled(rest, factor, y)));
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Both sums of a choice, or twice the one that it is known to be. */
  #sides(symbol: Unknown, choice: Choice): readonly [Linear, Linear] {
    if (symbol.sides === undefined || symbol.sidesVersion !== this.#version) {
      symbol.sides = this.#findSides(choice);
      symbol.sidesVersion = this.#version;
    }
    return symbol.sides;
  }

  #findSides({ kind, a, b }: Choice): readonly [Linear, Linear] {
    if (kind === "either") return [a, b];
    const difference = addScaled(a, -1, b);
    if (this.upper(difference) <= 0) return kind === "min" ? [a, a] : [b, b];
    if (this.lower(difference) >= 0) return kind === "min" ? [b, b] : [a, a];
    return [a, b];
  }

  #high(symbol: Unknown): number {
    if (symbol.highVersion === this.#version) return symbol.high;
    let high = Number.POSITIVE_INFINITY;
    for (const { factor, than } of symbol.uppers) high = Math.min(high, Math.floor(this.upper(than) / factor));
    if (symbol.choice) {
      const sides = this.#sides(symbol, symbol.choice).map((side) => this.upper(side));
      high = Math.min(high, symbol.choice.kind === "min" ? Math.min(...sides) : Math.max(...sides));
    }
    symbol.highVersion = this.#version;
    symbol.high = high;
    return high;
  }

  #low(symbol: Unknown): number {
    if (symbol.lowVersion === this.#version) return symbol.low;
    let low = Number.NEGATIVE_INFINITY;
    for (const { factor, than } of symbol.lowers) low = Math.max(low, Math.ceil(this.lower(than) / factor));
    if (symbol.choice) {
      const sides = this.#sides(symbol, symbol.choice).map((side) => this.lower(side));
      low = Math.max(low, symbol.choice.kind === "max" ? Math.max(...sides) : Math.min(...sides));
    }
    symbol.lowVersion = this.#version;
    symbol.low = low;
    return low;
  }

  // Facts ----------------------------------------------------------------------------------------------------------

  /** Which facts hold: bounds found under one version hold under no other. */
  get version(): number {
    return this.#version;
  }

  /** What `release` goes back to. */
  mark(): number {
    return this.#assumed.length;
  }

  /** From here to `release`, a >= 0. */
  assume(a: Linear): void {
    const last = a.symbols.length - 1;
    if (last < 0 || this.lower(a) >= 0) return;
    const symbol = a.symbols[last] as Unknown;
    if (symbol.isOpaque) return;
    const factor = a.factors[last] as number;
    const rest = withoutLast(a);
    const isUpper = factor < 0;
    const most = factor * (isUpper ? this.#low(symbol) : this.#high(symbol));
    // factor * symbol >= -rest, or |factor| * symbol <= rest
    const bound = { factor: Math.abs(factor), than: isUpper ? rest : negated(rest) };
    this.#assumed.push({ symbol, isUpper, support: symbol.support });
    (isUpper ? symbol.uppers : symbol.lowers).push(bound);
    symbol.support |= supportOf(rest);
    this.#version = ++this.#versions;
    // what holds for the lesser of two from below holds for both
    const { choice } = symbol;
    if (choice?.kind === (isUpper ? "max" : "min")) {
      this.assume(addScaled(rest, factor, choice.a));
      this.assume(addScaled(rest, factor, choice.b));
    }
    // and what follows for the older symbols, whatever this one is
    if (Number.isFinite(most)) this.assume(addConstant(rest, most));
  }

  release(mark: number): void {
    if (this.#assumed.length === mark) return;
    while (this.#assumed.length > mark) {
      const { symbol, isUpper, support } = this.#assumed.pop() as Assumption;
      (isUpper ? symbol.uppers : symbol.lowers).pop();
      symbol.support = support;
    }
    this.#version = ++this.#versions;
  }
}

function negated(a: Linear): Linear {
  return new Linear(
    a.symbols,
    a.factors.map((factor) => -factor),
    -a.constant,
  );
}

/** The greatest whole number that divides all factors; 1 if some are fractions, or there is none. */
function commonDivisor(factors: readonly number[]): number {
  let divisor = 0;
  for (const factor of factors) {
    if (!Number.isInteger(factor)) return 1;
    let rest = Math.abs(factor);
    while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
    if (divisor === 1) return 1;
  }
  return divisor || 1;
}
