import {
  addConstant,
  addScaled,
  type Bound,
  type Choice,
  constant,
  Linear,
  supportOf,
  symbolValue,
  Unknown,
  withoutLast,
} from "./linear.ts";
import { Samples } from "./samples.ts";

/** Bounds are doubles, with fractions if a factor does not divide another. This tolerance recognises whole numbers. */
const SLACK = 2 ** -8;
/** Larger bounds are not returned: sums must stay exact within the slack. */
const LARGEST = 2 ** 42;

/** A temporary bound, with the symbol's previous support. */
interface Assumption {
  readonly symbol: Unknown;
  readonly isUpper: boolean;
  readonly support: number;
  /** the previously possible samples */
  readonly cases: number;
}

/** Most steps of the search for one bound. Cases multiply, so a full search could practically never end; searches for the compiler's
 *  programs take some dozens of steps. */
const STEPS_OF_A_SEARCH = 4000;
/** After this total number of steps, each search gets fewer. */
const MANY_STEPS = 200_000;
const FEW_STEPS = 100;

/** Known facts about symbols, and the bounds of sums that follow from them. Facts hold from `assume` to `release`, as in a branch. */
export class Facts {
  #count = 0;
  #version = 0;
  #versions = 0;
  readonly #assumed: Assumption[] = [];
  readonly #samples = new Samples();
  /** steps of all searches so far, and the limit for the current search; 0: no current search */
  #steps = 0;
  #stepLimit = 0;
  /** the result of the last search, and the facts under which it holds */
  #found: { readonly sum: Linear; readonly version: number; readonly bound: number } | undefined;

  // Symbols --------------------------------------------------------------------------------------------------------

  opaque(): Unknown {
    return new Unknown(this.#count++, true, [], []);
  }

  /** A new symbol.
   *  @param lowers factor * symbol >= than; `uppers` likewise from above. Both become the symbol's own. */
  symbol(lowers: Bound[], uppers: Bound[], choice?: Choice): Unknown {
    const symbol = new Unknown(this.#count++, false, lowers, uppers);
    symbol.choice = choice;
    if (choice) symbol.support |= supportOf(choice.a) | supportOf(choice.b);
    for (let index = 0; index < lowers.length; index++) symbol.support |= supportOf((lowers[index] as Bound).than);
    for (let index = 0; index < uppers.length; index++) symbol.support |= supportOf((uppers[index] as Bound).than);
    symbol.reach = Math.max(Math.abs(this.#low(symbol)), Math.abs(this.#high(symbol)));
    return symbol;
  }

  /** Any whole number from `low` to `high`. */
  between(low: number, high: number): Unknown {
    return this.symbol([{ factor: 1, than: constant(low) }], [{ factor: 1, than: constant(high) }]);
  }

  // Bounds ---------------------------------------------------------------------------------------------------------

  /** An upper bound of the sum, as tight as the search finds; infinite if nothing is known.
   *  @param enough a sufficient bound: the search returns the first bound at or below it. */
  upper(a: Linear, enough = Number.NEGATIVE_INFINITY): number {
    const { symbols } = a;
    if (symbols.length === 0) return a.constant <= LARGEST ? a.constant : Number.POSITIVE_INFINITY;
    const quick = this.#quickUpper(a);
    if (quick <= enough || areApart(symbols)) return limited(quick);
    return limited(this.#searchUpper(a, enough, quick));
  }

  lower(a: Linear, enough = Number.POSITIVE_INFINITY): number {
    const { symbols } = a;
    if (symbols.length === 0) return a.constant >= -LARGEST ? a.constant : Number.NEGATIVE_INFINITY;
    const less = negated(a);
    const quick = this.#quickUpper(less);
    if (-quick >= enough || areApart(symbols)) return -limited(quick);
    return -limited(this.#searchUpper(less, -enough, quick));
  }

  /** Is the sum never more than this? */
  isAtMost(a: Linear, most: number): boolean {
    return this.upper(a, most) <= most;
  }

  /** Is the sum never less than this? */
  isAtLeast(a: Linear, least: number): boolean {
    return this.lower(a, least) >= least;
  }

  /** The bound that follows from the ranges of the symbols, as if they were independent. Whole if the factors are. */
  #quickUpper({ symbols, factors, constant: start }: Linear): number {
    let sum = start;
    for (let index = 0; index < symbols.length; index++) {
      const symbol = symbols[index] as Unknown;
      if (symbol.isOpaque) return Number.POSITIVE_INFINITY;
      const factor = factors[index] as number;
      sum += factor * (factor > 0 ? this.#high(symbol) : this.#low(symbol));
    }
    return sum;
  }

  /** The least bound found, rounded down: the sum takes only values that differ by multiples of the factors' common divisor. */
  #searchUpper(a: Linear, enough: number, quick: number): number {
    // no bound is below a value that the sum attains: skip the search if that value is the quick bound, or already exceeds `enough`
    const attained = this.#samples.greatest(a);
    if (quick <= attained || (attained > enough && enough !== Number.NEGATIVE_INFINITY)) return quick;
    const { constant: start } = a;
    // neighbouring accesses differ only in their constants
    const known = this.#found;
    if (known !== undefined && known.version === this.#version && haveSameTerms(known.sum, a)) {
      const bound = known.bound - known.sum.constant + start;
      if (bound <= enough) return bound;
    }
    const divisor = commonDivisor(a.factors);
    // roughly the greatest bound that rounds down to `enough`
    const most = start + divisor * (Math.floor((enough - start) / divisor) + 1) - SLACK - SLACK / 16;
    // a nested search shares the steps of the outer one
    const isOuter = this.#stepLimit === 0;
    if (isOuter) this.#stepLimit = this.#steps + (this.#steps < MANY_STEPS ? STEPS_OF_A_SEARCH : FEW_STEPS);
    const bound = Math.min(quick, start + divisor * Math.floor((this.#upper(a, most) - start + SLACK) / divisor));
    if (isOuter) this.#stepLimit = 0;
    this.#found = { sum: a, version: this.#version, bound };
    return bound;
  }

  /** The least bound, or the first bound found at or below `enough`. */
  #upper(a: Linear, enough: number): number {
    const last = a.symbols.length - 1;
    let best = this.#quickUpper(a);
    if (best <= enough || last < 1 || areApart(a.symbols)) return best;
    // the quick bound is valid, too: what cannot be proven in time stays unproven
    if (++this.#steps > this.#stepLimit) return best;
    const symbol = a.symbols[last] as Unknown;
    if (symbol.isOpaque) return best;
    const factor = a.factors[last] as number;
    const rest = withoutLast(a);
    const isUp = factor > 0;
    const part = factor * (isUp ? this.#high(symbol) : this.#low(symbol));
    if (part !== Number.POSITIVE_INFINITY) best = Math.min(best, this.#upper(rest, enough - part) + part);
    // a bound that is independent of the rest is no better than its range
    const restSupport = supportOf(rest);
    if (best <= enough || (restSupport & symbol.support) === 0) return best;
    best = Math.min(best, this.#byCases(a, enough));
    const bounds = isUp ? symbol.uppers : symbol.lowers;
    for (let index = 0; index < bounds.length && best > enough; index++) {
      const { than, factor: divisor } = bounds[index] as Bound;
      if (than.isConstant || (supportOf(than) & restSupport) === 0) continue;
      best = Math.min(best, this.#upper(addScaled(rest, factor, than, divisor), enough));
    }
    const { choice } = symbol;
    if (choice && best > enough) {
      const [x, y] = this.#sides(symbol, choice);
      const isLesser = choice.kind === (isUp ? "min" : "max");
      best = Math.min(best, this.#ofTwo(rest, factor, x, y, isLesser, enough));
    }
    return best;
  }

  /** The bound of rest + factor * (x or y): the lesser one if the symbol is known to be the lesser, else the greater one. */
  #ofTwo(rest: Linear, factor: number, x: Linear, y: Linear, isLesser: boolean, enough: number): number {
    const one = this.#upper(addScaled(rest, factor, x), enough);
    if (x === y || (isLesser && one <= enough)) return one;
    // if one case is insufficient, the other does not matter
    if (!isLesser && one > enough && enough !== Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const other = this.#upper(addScaled(rest, factor, y), enough);
    return isLesser ? Math.min(one, other) : Math.max(one, other);
  }

  /** If an older symbol may be either of two sums and a younger one can be bounded by either of two, the better bound differs between the
   *  cases, so the cases are split first. */
  #byCases(a: Linear, enough: number): number {
    const { symbols } = a;
    for (let index = 0; index < symbols.length - 1; index++) {
      const symbol = symbols[index] as Unknown;
      const { choice } = symbol;
      const factor = a.factors[index] as number;
      if (choice === undefined || choice.kind === (factor > 0 ? "min" : "max")) continue;
      if (!isLinked(symbols, index)) continue;
      const [x, y] = this.#sides(symbol, choice);
      return this.#ofTwo(addScaled(a, -factor, symbolValue(symbol)), factor, x, y, false, enough);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Both sums of a choice, or the same sum twice if it is known. */
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
    if (this.isAtMost(difference, 0)) return kind === "min" ? [a, a] : [b, b];
    if (this.isAtLeast(difference, 0)) return kind === "min" ? [b, b] : [a, a];
    return [a, b];
  }

  #high(symbol: Unknown): number {
    if (symbol.highVersion === this.#version) return symbol.high;
    let high = Number.POSITIVE_INFINITY;
    for (const { factor, than } of symbol.uppers) high = Math.min(high, Math.floor(this.upper(than) / factor));
    const { choice } = symbol;
    if (choice) {
      const [x, y] = this.#sides(symbol, choice);
      const one = this.upper(x);
      const other = x === y ? one : this.upper(y);
      high = Math.min(high, choice.kind === "min" ? Math.min(one, other) : Math.max(one, other));
    }
    symbol.highVersion = this.#version;
    symbol.high = high;
    return high;
  }

  #low(symbol: Unknown): number {
    if (symbol.lowVersion === this.#version) return symbol.low;
    let low = Number.NEGATIVE_INFINITY;
    for (const { factor, than } of symbol.lowers) low = Math.max(low, Math.ceil(this.lower(than) / factor));
    const { choice } = symbol;
    if (choice) {
      const [x, y] = this.#sides(symbol, choice);
      const one = this.lower(x);
      const other = x === y ? one : this.lower(y);
      low = Math.max(low, choice.kind === "max" ? Math.max(one, other) : Math.min(one, other));
    }
    symbol.lowVersion = this.#version;
    symbol.low = low;
    return low;
  }

  // Facts ----------------------------------------------------------------------------------------------------------

  /** Identifies the current facts: bounds found under one version hold only under that version. */
  get version(): number {
    return this.#version;
  }

  /** The state to which `release` returns. */
  mark(): number {
    return this.#assumed.length;
  }

  /** Assumes a >= 0 until `release`. */
  assume(a: Linear): void {
    const last = a.symbols.length - 1;
    if (last < 0 || this.isAtLeast(a, 0)) return;
    const symbol = a.symbols[last] as Unknown;
    if (symbol.isOpaque) return;
    const factor = a.factors[last] as number;
    const rest = withoutLast(a);
    const isUpper = factor < 0;
    const most = factor * (isUpper ? this.#low(symbol) : this.#high(symbol));
    const cases = this.#samples.assume(a);
    // factor * symbol >= -rest, or |factor| * symbol <= rest
    const bound = { factor: Math.abs(factor), than: isUpper ? rest : negated(rest) };
    this.#assumed.push({ symbol, isUpper, support: symbol.support, cases });
    (isUpper ? symbol.uppers : symbol.lowers).push(bound);
    symbol.support |= supportOf(rest);
    this.#version = ++this.#versions;
    // a lower bound of the lesser of two holds for both
    const { choice } = symbol;
    if (choice?.kind === (isUpper ? "max" : "min")) {
      this.assume(addScaled(rest, factor, choice.a));
      this.assume(addScaled(rest, factor, choice.b));
    }
    // and the consequence for the older symbols, for any value of this one
    if (Number.isFinite(most)) this.assume(addConstant(rest, most));
  }

  release(mark: number): void {
    if (this.#assumed.length === mark) return;
    while (this.#assumed.length > mark) {
      const { symbol, isUpper, support, cases } = this.#assumed.pop() as Assumption;
      this.#samples.release(cases);
      (isUpper ? symbol.uppers : symbol.lowers).pop();
      symbol.support = support;
    }
    this.#version = ++this.#versions;
  }
}

/** A bound as returned: bounds that are too large are not exact. */
function limited(bound: number): number {
  return bound <= LARGEST ? bound : Number.POSITIVE_INFINITY;
}

function haveSameTerms(a: Linear, b: Linear): boolean {
  const { length } = a.symbols;
  if (length !== b.symbols.length) return false;
  for (let index = 0; index < length; index++) {
    if (a.symbols[index] !== b.symbols[index] || a.factors[index] !== b.factors[index]) return false;
  }
  return true;
}

/** Are the symbols independent? */
function areApart(symbols: readonly Unknown[]): boolean {
  let bits = 0;
  for (let index = 0; index < symbols.length; index++) {
    const { support } = symbols[index] as Unknown;
    if ((bits & support) !== 0) return false;
    bits |= support;
  }
  return true;
}

/** Does a younger choice depend on the same symbols as this one? */
function isLinked(symbols: readonly Unknown[], index: number): boolean {
  const { support } = symbols[index] as Unknown;
  for (let place = index + 1; place < symbols.length; place++) {
    const other = symbols[place] as Unknown;
    if (other.choice !== undefined && (other.support & support) !== 0) return true;
  }
  return false;
}

function negated(a: Linear): Linear {
  return new Linear(
    a.symbols,
    a.factors.map((factor) => -factor),
    -a.constant,
  );
}

/** The greatest common divisor of all factors; 1 if some are fractions, or there are none. */
function commonDivisor(factors: readonly number[]): number {
  let divisor = 0;
  for (let index = 0; index < factors.length; index++) {
    const factor = factors[index] as number;
    if (!Number.isInteger(factor)) return 1;
    let rest = Math.abs(factor);
    while (rest !== 0) {
      const next = divisor % rest;
      divisor = rest;
      rest = next;
    }
    if (divisor === 1) return 1;
  }
  return divisor || 1;
}
