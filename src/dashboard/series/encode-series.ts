import { endianness } from "node:os";
import { SERIES_FRAME } from "../protocol.ts";
import type { Thinned } from "./thin.ts";

/** A thinned series and where it stands, which a subscription goes on from. */
export interface SeriesPart extends Thinned {
  readonly cursor: number;
  readonly generation: number;
}

const { header: HEADER, place: PLACE, odd: ODD } = SERIES_FRAME;

/** One frame for each series, as SERIES_FRAME says. */
export function encodeSeries(parts: readonly SeriesPart[]): Uint8Array {
  const length = parts.reduce((sum, { places, odd }) => sum + HEADER + places.length + odd.length, 0);
  const numbers = new Float64Array(length);
  let at = 0;
  for (const { places, total, cursor, generation, odd } of parts) {
    numbers.set([places.length / PLACE, total, cursor, generation, odd.length / ODD], at);
    numbers.set(places, at + HEADER);
    numbers.set(odd, at + HEADER + places.length);
    at += HEADER + places.length + odd.length;
  }
  const bytes = Buffer.from(numbers.buffer);
  return endianness() === "LE" ? bytes : bytes.swap64();
}
