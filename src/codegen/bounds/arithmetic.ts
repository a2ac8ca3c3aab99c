import type { IndexBinary } from "../program.ts";
import type { Facts } from "./facts.ts";
import {
  addConstant,
  addScaled,
  type Bound,
  constant,
  isSame,
  Linear,
  quotientOf,
  scale,
  symbolValue,
  type Unknown,
  withRemainders,
  ZERO,
} from "./linear.ts";

/** The value of an index register; undefined: any number. */
export type Value = Linear | undefined;

/** Larger sums count as unknown, so that no register wraps around and doubles stay exact. */
const LIMIT = 2 ** 50;
/** All addresses are below this. */
const ADDRESS_LIMIT = 2 ** 47;

/** Index arithmetic on sums of symbols. */
export class Arithmetic {
  readonly facts: Facts;
  readonly #quotients = new Map<string, readonly [quotient: Linear, remainder: Linear]>();
  readonly #opaqueProduct: (a: Linear, b: Linear) => Value;

  /** @param opaqueProduct computes products of sums with opaque symbols. */
  constructor(facts: Facts, opaqueProduct: (a: Linear, b: Linear) => Value) {
    this.facts = facts;
    this.#opaqueProduct = opaqueProduct;
  }

  number(value: number): Value {
    return Number.isInteger(value) && Math.abs(value) <= LIMIT ? constant(value) : undefined;
  }

  compute(kind: IndexBinary, a: Value, b: Value): Value {
    if (a === undefined || b === undefined) return undefined;
    return within(RULES[kind](this, a, b));
  }

  /** The sum of a value and a number. */
  move(a: Value, by: number): Value {
    return a === undefined || !Number.isInteger(by) ? undefined : within(addConstant(a, by));
  }

  choose(kind: "min" | "max", a: Linear, b: Linear): Linear {
    const difference = addScaled(a, -1, b);
    if (this.facts.isAtMost(difference, 0)) return kind === "min" ? a : b;
    if (this.facts.isAtLeast(difference, 0)) return kind === "min" ? b : a;
    return symbolValue(this.facts.symbol([], [], { kind, a, b }));
  }

  /** The value after a branch: one of the two. */
  either(a: Value, b: Value): Value {
    if (a === undefined || b === undefined || isSame(a, b)) return a && b;
    const difference = addScaled(a, -1, b);
    if (hasOpaque(difference)) return undefined;
    const change = this.facts.symbol([], [], { kind: "either", a: difference, b: ZERO });
    return Number.isFinite(change.reach) ? addScaled(b, 1, symbolValue(change)) : undefined;
  }

  multiply(a: Linear, b: Linear): Value {
    if (b.isConstant) return scale(a, b.constant);
    if (a.isConstant) return scale(b, a.constant);
    const { facts } = this;
    if (hasOpaque(a) || hasOpaque(b)) return this.#opaqueProduct(a, b);
    const [x0, x1, y0, y1] = [facts.lower(a), facts.upper(a), facts.lower(b), facts.upper(b)];
    if (![x0, x1, y0, y1].every(Number.isFinite)) return undefined;
    const corners = [x0 * y0, x0 * y1, x1 * y0, x1 * y1];
    // McCormick's bounds: (x - x0) (y - y0) >= 0 and the three others
    const plane = (x: number, y: number): Bound => ({
      factor: 1,
      than: addConstant(addScaled(scale(b, x), y, a), -x * y),
    });
    const symbol = facts.symbol(
      [{ factor: 1, than: constant(Math.min(...corners)) }, plane(x0, y0), plane(x1, y1)],
      [{ factor: 1, than: constant(Math.max(...corners)) }, plane(x1, y0), plane(x0, y1)],
    );
    return symbolValue(symbol);
  }

  divide(a: Linear, divisor: number): Value {
    return this.#parts(a, divisor)?.[0];
  }

  remainder(a: Linear, divisor: number): Value {
    const parts = this.#parts(a, divisor);
    if (parts) return parts[1];
    if (divisor === 0) return undefined;
    const most = Math.abs(divisor) - 1;
    return symbolValue(this.facts.between(-most, most));
  }

  /** Quotient and remainder of a sum that is not negative. */
  #parts(a: Linear, divisor: number): readonly [Linear, Linear] | undefined {
    const { facts } = this;
    if (divisor <= 0 || !facts.isAtLeast(a, 0) || !facts.isAtMost(a, Number.MAX_VALUE)) return undefined;
    const { whole, rest } = split(a, divisor);
    if (facts.isAtLeast(rest, 0) && facts.isAtMost(rest, divisor - 1)) return [quotientOf(whole, divisor), rest];
    const key = `${textOf(a)} / ${divisor}`;
    let parts = this.#quotients.get(key);
    if (!parts) {
      // divisor * quotient lies in (a - divisor, a]
      const quotient = facts.symbol(
        [
          { factor: divisor, than: addConstant(a, 1 - divisor) },
          { factor: 1, than: ZERO },
        ],
        [{ factor: divisor, than: a }],
      );
      const left = addScaled(a, -divisor, symbolValue(quotient));
      const remainder = facts.symbol(
        [
          { factor: 1, than: ZERO },
          { factor: 1, than: left },
        ],
        [
          { factor: 1, than: constant(divisor - 1) },
          { factor: 1, than: left },
        ],
      );
      quotient.quotient = { numerator: a, divisor, remainder };
      parts = [symbolValue(quotient), symbolValue(remainder)];
      this.#quotients.set(key, parts);
    }
    return parts;
  }

  and(a: Linear, b: Linear): Value {
    const [value, mask] = b.isConstant ? [a, b.constant] : [b, a.isConstant ? a.constant : -1];
    if (mask < 0) return undefined;
    if (Math.log2(mask + 1) % 1 === 0 && this.facts.isAtLeast(value, 0)) return this.remainder(value, mask + 1);
    return symbolValue(this.facts.between(0, mask));
  }
}

const RULES: Readonly<Record<IndexBinary, (arithmetic: Arithmetic, a: Linear, b: Linear) => Value>> = {
  add: (_, a, b) => withRemainders(addScaled(a, 1, b)),
  sub: (_, a, b) => withRemainders(addScaled(a, -1, b)),
  mul: (arithmetic, a, b) => arithmetic.multiply(a, b),
  div: (arithmetic, a, b) => (b.isConstant ? arithmetic.divide(a, b.constant) : undefined),
  rem: (arithmetic, a, b) => (b.isConstant ? arithmetic.remainder(a, b.constant) : undefined),
  min: (arithmetic, a, b) => arithmetic.choose("min", a, b),
  max: (arithmetic, a, b) => arithmetic.choose("max", a, b),
  shl: (arithmetic, a, b) =>
    b.isConstant && b.constant >= 0 && b.constant < 31 ? arithmetic.multiply(a, constant(2 ** b.constant)) : undefined,
  and: (arithmetic, a, b) => arithmetic.and(a, b),
};

function within(value: Value): Value {
  return value !== undefined && reachOf(value) <= LIMIT ? value : undefined;
}

/** Splits a sum into the part that the divisor divides and the rest. */
function split({ symbols, factors, constant: start }: Linear, divisor: number): { whole: Linear; rest: Linear } {
  const whole: { readonly symbols: Unknown[]; readonly factors: number[] } = { symbols: [], factors: [] };
  const rest: typeof whole = { symbols: [], factors: [] };
  for (let index = 0; index < symbols.length; index++) {
    const factor = factors[index] as number;
    const side = factor % divisor === 0 ? whole : rest;
    side.symbols.push(symbols[index] as Unknown);
    side.factors.push(factor);
  }
  const multiple = Math.floor(start / divisor) * divisor;
  return {
    whole: new Linear(whole.symbols, whole.factors, multiple),
    rest: new Linear(rest.symbols, rest.factors, start - multiple),
  };
}

function hasOpaque({ symbols }: Linear): boolean {
  for (let index = 0; index < symbols.length; index++) if ((symbols[index] as Unknown).isOpaque) return true;
  return false;
}

function reachOf({ symbols, factors, constant: start }: Linear): number {
  let sum = Math.abs(start);
  for (let index = 0; index < symbols.length; index++) {
    const { isOpaque, reach } = symbols[index] as Unknown;
    sum += Math.abs(factors[index] as number) * (isOpaque ? ADDRESS_LIMIT : reach);
  }
  return sum;
}

/** A key that is equal for equal sums. */
function textOf({ symbols, factors, constant: start }: Linear): string {
  return `${symbols.map(({ id }, index) => `${factors[index]}#${id}`).join("+")}+${start}`;
}
