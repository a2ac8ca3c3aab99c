/** Four significant digits: more than any timing is worth. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/** The middle value, the upper of the two middle ones for an even count; NaN without values. */
export function median(values: readonly number[]): number {
  return sorted(values)[values.length >> 1] ?? Number.NaN;
}
