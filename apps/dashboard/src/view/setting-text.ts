import type { RunSummary } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatNumber } from "gradus-parts/text/numbers.ts";

/** A setting as it is read. */
export function settingText(value: RunSummary["settings"][string]): string {
  if (typeof value === "number") return settingNumber(value);
  return typeof value === "string" ? harmless(value) : String(value);
}

/** Digits that a person chooses: more come from a division. */
const DIGITS = 8;

/** A number as it was chosen: 0.00012345, 1e-7, 60,000. Digits beyond the eighth are left out. */
export function settingNumber(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const text = String(Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS))).replace(/^-/, "\u2212");
  return Number.isInteger(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? text.replace(/\B(?=(\d{3})+$)/g, ",")
    : text;
}
