import { niceTicks } from "gradus-parts/base/scales.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import type { Axis } from "../../state/settings.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Round lengths of time, in seconds. */
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY];

/** Round positions on the horizontal axis. @param most about as many. */
export function positionTicks(low: number, high: number, most: number, axis: Axis): readonly number[] {
  const least = (high - low) / Math.max(1, most);
  if (axis !== "time" || least < 1) {
    const ticks = niceTicks(low, high, most);
    return axis === "step" ? ticks.filter(Number.isInteger) : ticks;
  }
  const step = TIMES.find((each) => each >= least) ?? DAY * Math.ceil(least / DAY);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, index) => (first + index) * step);
}

/** A position as it is written at the axis and beside the cursor: 1,200; 3.25; 1:02:30. */
export function formatPosition(value: number, axis: Axis): string {
  if (axis === "time") return formatDuration(value);
  if (axis === "step") return formatCount(value);
  return formatNumber(Number(value.toFixed(3)));
}

/** 0.25 s; 45 s; 12:05; 1:02:30; 2 d 3:00:00. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNumber(seconds);
  if (seconds < MINUTE) return `${formatNumber(Number(seconds.toFixed(seconds < 10 ? 2 : 0)))}\u00a0s`;
  const whole = Math.round(seconds);
  const [days, hours] = [Math.floor(whole / DAY), Math.floor((whole % DAY) / HOUR)];
  const [minutes, rest] = [Math.floor((whole % HOUR) / MINUTE), whole % MINUTE];
  const two = (value: number) => String(value).padStart(2, "0");
  if (days > 0) return `${formatCount(days)}\u00a0d ${hours}:${two(minutes)}:${two(rest)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
