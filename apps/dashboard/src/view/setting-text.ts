import type { RunSummary } from "gradus/dashboard-protocol";
import { formatNumber } from "gradus-parts/text/numbers.ts";

/** A setting as it is read: all digits of a number, as it was chosen; a text as it is, without characters that act on what stands around. */
export function settingText(value: RunSummary["settings"][string]): string {
  if (typeof value === "number") return exactNumber(value);
  return typeof value === "string" ? harmless(value) : String(value);
}

/** All digits that a number has: 0.00012345, 1e-7, 60,000. */
export function exactNumber(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const text = String(value).replace("-", "\u2212");
  return Number.isInteger(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? text.replace(/\B(?=(\d{3})+$)/g, ",")
    : text;
}

/** Text of files and names, in which control characters and those that turn the direction of writing are shown instead of obeyed. */
export function harmless(text: string): string {
  return text.replace(ACTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return "\ufffd";
  });
}

/** Control characters, and marks of direction. */
const ACTIVE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
