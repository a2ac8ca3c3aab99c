const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago: `3 min ago`, `5 h ago`, `yesterday` is `1 day ago`; from a month on, and for times to come, the date.
 *  @param at milliseconds since 1970; undefined: unknown. */
export function ago(at: number | undefined, now: number): string {
  if (at === undefined || !Number.isFinite(at)) return "?";
  const passed = now - at;
  if (passed < 0 || passed >= 30 * DAY) return dateOf(at);
  if (passed < MINUTE) return `${Math.floor(passed / 1000)} s ago`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  const days = Math.floor(passed / DAY);
  return `${days} ${days === 1 ? "day" : "days"} ago`;
}

/** `2026-11-29 12:50`, by the local clock. */
export function dateOf(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "?";
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** For JSON: `2026-11-29T11:50:00.000Z`; null if unknown. */
export function isoDate(at: number | undefined): string | null {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
