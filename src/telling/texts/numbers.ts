import { formatNumber } from "../../report/numbers.ts";
import type { Texts } from "./texts.ts";

export { formatCount, formatNumber } from "../../report/numbers.ts";

/** Is it told as nothing or as all, and is not? */
const isMisleading = (value: number, told: number) => (told === 0 || told === 100) && told !== value;

/** 0.1234 -> 12.3 %; what is not all or nothing is not told as 100 or 0. */
export function formatShare(share: number, { percent }: Pick<Texts, "percent">): string {
  const value = 100 * share;
  if (!Number.isFinite(value)) return formatNumber(value);
  const digits = [1, 2, 3, 4].find((each) => !isMisleading(value, Number(value.toFixed(each))));
  const isSmall = Math.abs(value) < 0.1;
  return `${isSmall || digits === undefined ? formatNumber(value) : Number(value.toFixed(digits))}${percent}%`;
}
