import { formatNumber } from "../../report/numbers.ts";
import type { Texts } from "./texts.ts";

export { formatCount, formatNumber } from "../../report/numbers.ts";

/** Whether a value would be shown as 0 or 100 without being that. */
const isMisleading = (value: number, shown: number) => (shown === 0 || shown === 100) && shown !== value;

/** 0.1234 -> 12.3 %; only exact values are shown as 0 or 100. */
export function formatShare(share: number, { percent }: Pick<Texts, "percent">): string {
  const value = 100 * share;
  if (!Number.isFinite(value)) return formatNumber(value);
  const digits = [1, 2, 3, 4].find((each) => !isMisleading(value, Number(value.toFixed(each))));
  const isSmall = Math.abs(value) < 0.1;
  return `${isSmall || digits === undefined ? formatNumber(value) : Number(value.toFixed(digits))}${percent}%`;
}
