import { language } from "gradus-parts/text/language.ts";

/** A moment, as day and time of the reader's place. @param at milliseconds since 1970 */
export function formatMoment(at: number): string {
  if (!isMoment(at)) return "–";
  return new Intl.DateTimeFormat(LOCALES[language.value], { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** The time of the day alone. */
export function formatTime(at: number): string {
  if (!isMoment(at)) return "–";
  return new Intl.DateTimeFormat(LOCALES[language.value], { timeStyle: "medium" }).format(at);
}

/** How long ago, in the largest unit that fits: "3 minutes ago". */
export function formatAgo(at: number, now: number): string {
  if (!isMoment(at)) return "–";
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? SMALLEST;
  const format = new Intl.RelativeTimeFormat(LOCALES[language.value], { numeric: "auto" });
  return format.format(Math.trunc(seconds / size), unit);
}

/** A duration in its two largest units: 2 d 3 h, 1 h 02 min, 4 min 05 s, 12.3 s, 85 ms. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "–";
  const names = UNIT_NAMES[language.value];
  const part = (value: number, name: string) => `${value}${NO_BREAK}${name}`;
  if (ms < 1000) return part(Math.round(ms), names.ms);
  if (ms < 60_000) return part(Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 1)), names.s);
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (seconds < 3600) return `${part(minutes, names.min)} ${part(seconds % 60, names.s)}`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 48) return `${part(hours, names.h)} ${part(minutes % 60, names.min)}`;
  return `${part(Math.floor(hours / 24), names.d)} ${part(hours % 24, names.h)}`;
}

/** 1234 -> 1.2 kB; 200 MB. Thousands, as disks are sold. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return "–";
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)}${NO_BREAK}${["B", "kB", "MB", "GB", "TB"][power]}`;
}

const NO_BREAK = "\u00a0";

const LOCALES = { en: "en-GB", ko: "ko-KR" } as const;

const UNIT_NAMES = {
  en: { ms: "ms", s: "s", min: "min", h: "h", d: "d" },
  ko: { ms: "ms", s: "초", min: "분", h: "시간", d: "일" },
} as const;

const SMALLEST = ["second", 1] as const;
const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], SMALLEST] as const;

/** Files hold any number; dates end at 8.64e15 ms. */
function isMoment(at: number): boolean {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15;
}
