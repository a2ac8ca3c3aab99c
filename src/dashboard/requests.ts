import { describe, isRecord } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import type { HistogramRequest, SeriesRequest, Subscription } from "./protocol.ts";

// What a page asks for, checked. Every function here throws GradusError `bad-argument` for what is not as the protocol says.

/** Places of all series in one answer: 40 bytes each. */
const MOST_PLACES = 2_000_000;
const MOST_SERIES = 5000;
const MOST_FRAMES = 1000;

export function seriesRequest(body: unknown): SeriesRequest {
  const { series, points } = fieldsOf(body, "a request for series");
  requireCount("points", points, 1, MOST_PLACES);
  const asked = listOf("series", series).map((each) => {
    const { run, measure, from, to } = fieldsOf(each, "a series");
    requireText("run", run);
    requireText("measure", measure);
    return { run, measure, ...stepOf("from", from), ...stepOf("to", to) };
  });
  if (asked.length * points > MOST_PLACES && asked.length > 1) {
    throw new GradusError(
      "limit-exceeded",
      `${asked.length} series of ${points} places are more than one answer holds (${MOST_PLACES} places). Ask in parts.`,
      { series: asked.length, points, limit: MOST_PLACES },
    );
  }
  return { series: asked, points };
}

export function subscription(body: unknown): Subscription {
  const { client, series } = fieldsOf(body, "a subscription");
  requireText("client", client);
  const asked = listOf("series", series).map((each) => {
    const { run, measure, cursor, generation } = fieldsOf(each, "a series");
    requireText("run", run);
    requireText("measure", measure);
    requireCount("cursor", cursor, 0, Number.MAX_SAFE_INTEGER);
    requireCount("generation", generation, 0, Number.MAX_SAFE_INTEGER);
    return { run, measure, cursor, generation };
  });
  return { client, series: asked };
}

export function histogramRequest(body: unknown): HistogramRequest {
  const { run, name, most } = fieldsOf(body, "a request for histograms");
  requireText("run", run);
  requireText("name", name);
  requireCount("most", most, 1, MOST_FRAMES);
  return { run, name, most };
}

export function notesOf(body: unknown): string {
  const { notes } = fieldsOf(body, "notes");
  requireText("notes", notes);
  return notes;
}

function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  requireArgument(isRecord(value), `expected ${what} as an object, got ${describe(value)}.`);
  return value;
}

function listOf(name: string, value: unknown): readonly unknown[] {
  requireArgument(
    Array.isArray(value) && value.length <= MOST_SERIES,
    `expected a list of at most ${MOST_SERIES} as ${name}, got ${describe(value)}.`,
    { name },
  );
  return value;
}

function requireText(name: string, value: unknown): asserts value is string {
  requireArgument(typeof value === "string", `expected a text as ${name}, got ${describe(value)}.`, { name });
}

function requireCount(name: string, value: unknown, least: number, most: number): asserts value is number {
  const isCount = typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
  requireArgument(isCount, `expected a whole number from ${least} to ${most} as ${name}, got ${describe(value)}.`, {
    name,
  });
}

function stepOf<Name extends string>(name: Name, value: unknown): { readonly [Each in Name]?: number } {
  if (value === undefined || value === null) return {};
  requireArgument(
    typeof value === "number" && Number.isFinite(value),
    `expected a step as ${name}, got ${describe(value)}.`,
    { name },
  );
  return { [name]: value } as { readonly [Each in Name]?: number };
}
