import { GradusError } from "../../core/errors.ts";

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Parses `60s`, `2m`, `1.5h` or `90` as seconds.
 *  @throws GradusError `bad-argument` for anything else and for 0. */
export function parseDuration(option: string, text: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?|\.\d+)([smh])?$/.exec(text.trim()) ?? [];
  const seconds = Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds > 0) return seconds;
  throw new GradusError("bad-argument", `${option}: expected a time like 60s, 2m or 90, got "${text}".`, {
    option,
    value: text,
  });
}
