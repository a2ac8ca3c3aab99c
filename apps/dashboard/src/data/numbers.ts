/** A value as JSON has it: NaN and infinity as "NaN", "Infinity", "-Infinity"; null is NaN. */
export const numberOf = (value: number | string | null): number => (value === null ? Number.NaN : Number(value));
