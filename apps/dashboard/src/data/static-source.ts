import { signal } from "@preact/signals";
import { SERIES_FRAME, type StaticRun } from "gradus/dashboard-protocol";
import type { Frame } from "./frames.ts";
import { numberOf } from "./numbers.ts";
import { NO_PLACES, type Places, placesOf } from "./places.ts";
import { ServerError } from "./server-error.ts";
import type { Source } from "./source.ts";

const NOTHING: Frame = { places: NO_PLACES, total: 0, cursor: 0, generation: 0, oddCount: 0, odd: [] };

/** One run that is part of the page itself. */
export function createStaticSource(run: StaticRun): Source {
  const { detail, series, histograms, diagnosis } = run;
  const { id } = detail.summary;
  const refuse = () => {
    throw new ServerError("no-server", "This page is a saved file: there is no server that could do this.");
  };
  return {
    connection: signal("static" as const),
    start({ runs }) {
      runs({ folder: "", version: detail.environment?.gradus ?? "", runs: [detail.summary], cursor: "" });
    },
    subscribe() {},
    async series({ series: wishes }) {
      return wishes.map(({ run: wanted, measure, from, to }) =>
        wanted === id && Object.hasOwn(series, measure) ? frameOf(series[measure], from, to) : NOTHING,
      );
    },
    async histograms({ run: wanted, name, most }) {
      const frames = wanted === id && Object.hasOwn(histograms, name) ? (histograms[name] ?? []) : [];
      if (frames.length <= most) return frames;
      // the last one is among them
      return Array.from(
        { length: most },
        (_, index) => frames[Math.round(((index + 1) / most) * frames.length) - 1],
      ).filter((frame) => frame !== undefined);
    },
    detail: async () => detail,
    saveNotes: async () => refuse(),
    diagnose: async () => diagnosis ?? refuse(),
    exportAddress: () => undefined,
    close() {},
  };
}

function frameOf(stored: StaticRun["series"][string] | undefined, from = -Infinity, to = Infinity): Frame {
  if (stored === undefined) return NOTHING;
  const kept = stored.places.filter(([step]) => numberOf(step ?? null) >= from && numberOf(step ?? null) <= to);
  const odd = stored.odd
    .map(([step, value]) => ({ step, value: numberOf(value) }))
    .filter(({ step }) => step >= from && step <= to);
  const isWhole = stored.total === stored.places.length;
  return {
    places: columnsOf(kept),
    // what was thinned when the file was written stays thinned
    total: isWhole ? kept.length : kept.length === stored.places.length ? stored.total : kept.length + 1,
    cursor: stored.total,
    generation: 0,
    oddCount: odd.length,
    odd,
  };
}

function columnsOf(rows: readonly (readonly (number | null)[])[]): Places {
  const places = placesOf(rows.length);
  rows.forEach((row, place) => {
    const [step = null, time = null, low = null, high = null, last = null] = row.slice(0, SERIES_FRAME.place);
    places.steps[place] = numberOf(step);
    places.times[place] = numberOf(time);
    places.lows[place] = numberOf(low);
    places.highs[place] = numberOf(high);
    places.lasts[place] = numberOf(last);
  });
  return places;
}

/** The run that a page carries; undefined in a page that a server sends.
 *  @param text of the page's data script. */
export function staticRunOf(text: string | null | undefined): StaticRun | undefined {
  return text === null || text === undefined || text.trim() === "" ? undefined : (JSON.parse(text) as StaticRun);
}
