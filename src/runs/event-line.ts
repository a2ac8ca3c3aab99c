import type { RunEvent } from "./types.ts";

/** JSON has no word for them. */
const ODD: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** An event as a line of events.jsonl, with its end. NaN and infinite numbers become texts: "NaN", "Infinity", "-Infinity". */
export function eventLine(event: RunEvent): string {
  const text = JSON.stringify(event, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return `${text}\n`;
}

/** A number as `eventLine` wrote it; undefined for anything else. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && Object.hasOwn(ODD, value) ? ODD[value] : undefined;
}
