import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index } from "../../codegen/program.ts";
import { cutStrips, type Strip } from "./matmul-plan.ts";

/** Strips of one axis of a product, grouped by width: the whole ones, then the narrower ones. */
export interface StripSet {
  readonly length: number;
  readonly strips: readonly Strip[];
  readonly whole: number;
  readonly width: number;
}

/** @param grain the unit to which a strip's width is rounded up. */
export function stripSet(length: number, width: number, grain: number): StripSet {
  const strips = cutStrips(length, width, grain);
  return { length, strips, width, whole: strips.filter((strip) => strip.width === width).length };
}

/** First element of a strip: whole strips lie at multiples of their width, the others where the cut placed them. */
export function stripStart(b: FunctionBuilder, set: StripSet, strip: Index): Index {
  const odd = set.strips.slice(set.whole);
  if (odd.length < 2) return b.indexMul(strip, set.width);
  // at most two strips are narrower; the second begins a lane count earlier than after a whole one
  const short = set.width - (odd[0] as Strip).width;
  const beyond = b.indexMax(b.indexSub(strip, set.whole), 0);
  return b.indexSub(b.indexMul(strip, set.width), b.indexMul(beyond, short));
}

/** The end of the strips before `strip`. */
export function stripEnd(b: FunctionBuilder, set: StripSet, strip: Index): Index {
  return b.indexMin(stripStart(b, set, strip), set.length);
}

/** Runs `body` with the width of a strip as a constant. */
export function byWidth(b: FunctionBuilder, set: StripSet, strip: Index, body: (width: number) => void): void {
  const odd = set.strips.slice(set.whole);
  const last = set.strips.length - 1;
  const narrow = (): void => {
    const [first, second] = odd as [Strip, Strip | undefined];
    if (second === undefined || second.width === first.width) body(first.width);
    else
      b.ifLess(
        strip,
        last,
        () => body(first.width),
        () => body(second.width),
      );
  };
  if (odd.length === 0) body(set.width);
  else if (set.whole === 0) narrow();
  else b.ifLess(strip, set.whole, () => body(set.width), narrow);
}

/** Strips of one width: from the first up to, but not including, the last. */
export interface StripRange {
  readonly first: number;
  readonly last: number;
  readonly width: number;
}

/** The ranges of an axis that is cut into strips of one width: the whole ones, then the last if it is narrower. */
export function stripRanges(length: number, width: number): readonly StripRange[] {
  const whole = Math.floor(length / width);
  const rest = length - whole * width;
  const ranges = [
    { first: 0, last: whole, width },
    { first: whole, last: whole + 1, width: rest },
  ];
  return ranges.filter((range) => range.width > 0 && range.last > range.first);
}
