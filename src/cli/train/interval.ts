import { GradusError } from "../../core/errors.ts";
import type { CheckpointInterval } from "../../train/checkpoints/options.ts";

/** Words for the units of an interval, and what one of them is in the unit of the option. */
const UNITS: Readonly<Record<string, readonly [unit: keyof CheckpointInterval, factor: number]>> = {
  "": ["steps", 1],
  step: ["steps", 1],
  epoch: ["epochs", 1],
  s: ["minutes", 1 / 60],
  second: ["minutes", 1 / 60],
  min: ["minutes", 1],
  minute: ["minutes", 1],
  h: ["minutes", 60],
  hour: ["minutes", 60],
};

/** Reads `500`, `500 steps`, `1 epoch`, `5 min`, `30s`, `2 h`.
 *  @throws GradusError `bad-argument` for anything else, for 0, and for parts of a step or an epoch. */
export function parseInterval(option: string, text: string): CheckpointInterval {
  const [, amount = "", word = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const lower = word.toLowerCase();
  const name = [lower, lower.replace(/s$/, "")].find((each) => Object.hasOwn(UNITS, each));
  const known = name === undefined ? undefined : UNITS[name];
  const number = Number(amount);
  if (known !== undefined && amount !== "" && number > 0) {
    const [unit, factor] = known;
    if (unit === "minutes" || Number.isInteger(number)) return { [unit]: number * factor };
  }
  throw new GradusError(
    "bad-argument",
    `${option}: expected steps, epochs or a time, such as 500, "1 epoch" or "5 min", got "${text}".`,
    { option, value: text },
  );
}

/** @throws GradusError `bad-argument` for anything but a whole number from 1 on. */
export function parseKeep(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new GradusError("bad-argument", `${option}: expected a whole number from 1 on, got "${text}".`, {
    option,
    value: text,
  });
}
