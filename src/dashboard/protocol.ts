import type { Json } from "../io/checkpoint.ts";
import type { RunEnvironment, RunEvent, RunKind, RunStatus } from "../runs/types.ts";

export type { Json } from "../io/checkpoint.ts";
export type { RunEnvironment, RunEvent, RunKind, RunStatus } from "../runs/types.ts";

// What the dashboard's page and its server say to each other. All addresses are below /api/, all but binary answers are JSON, and every
// failure is { error: { code, message, values } } with a status of 400 or more. NaN and infinity are "NaN", "Infinity", "-Infinity".
//
//   GET  /api/runs                    Runs               all runs; `cursor` for /api/live
//   GET  /api/runs/ID                 RunDetail          ID by encodeURIComponent, as one part of the path
//   POST /api/series                  SeriesRequest ->   binary, see SERIES_FRAME
//   POST /api/histograms              HistogramRequest -> { points: HistogramFrame[] }
//   GET  /api/live?cursor=C           server-sent events; each has an id, from which a broken connection goes on (Last-Event-ID)
//   POST /api/subscribe               Subscription -> {}  what this client's /api/live tells about
//   PUT  /api/runs/ID/notes           { notes } -> {}
//   POST /api/runs/ID/diagnose?lang=L {} -> { diagnosis: Json, html: string }    the doctor's judgement of what was recorded; L: en, ko
//   GET  /api/runs/ID/export?lang=L   one static HTML file
//
// The first request has the token of the printed address (/?token=T) and is answered with a cookie, which every other request needs; a
// program may send "Authorization: Bearer T" instead. POST and PUT have the content type application/json.

export interface Runs {
  readonly folder: string;
  readonly version: string;
  readonly runs: readonly RunSummary[];
  readonly cursor: string;
}

export interface RunSummary {
  /** The run's path below the folder, with "/". The folder itself is "./", since "." cannot be a part of an address. */
  readonly id: string;
  readonly name: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  /** Completed steps and epochs, and those planned if they are known. */
  readonly step: number;
  readonly steps: number | null;
  readonly epoch: number;
  readonly epochs: number | null;
  /** Settings by dotted path: numbers, texts, truths. */
  readonly settings: Readonly<Record<string, number | string | boolean | null>>;
  /** Equal for runs whose settings differ in the seed alone; such runs can be drawn as a band. */
  readonly group: string;
  readonly measures: readonly MeasureSummary[];
  readonly histograms: readonly string[];
  readonly layers: readonly { readonly path: string; readonly type: string }[];
  readonly tags: readonly string[];
  /** Number of warnings; the detail has their texts. */
  readonly warnings: number;
  readonly findings: number;
  /** Not read yet: all but id, name, kind is empty, and follows by /api/live. Whoever asks for its series gets them anyway. */
  readonly isLoading?: true;
}

/** `last`, `least`, `most`: finite values alone; null without one. */
export interface MeasureSummary {
  readonly name: string;
  readonly count: number;
  readonly last: number | null;
  readonly least: number | null;
  readonly most: number | null;
  /** NaN and infinite values. */
  readonly notFinite: number;
}

export interface RunDetail {
  readonly summary: RunSummary;
  readonly environment: RunEnvironment | null;
  readonly settings: Json;
  readonly model: Json;
  readonly events: readonly RunEvent[];
  readonly warnings: readonly string[];
  readonly notes: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly isWritable: boolean;
}

/** Asks for curves, each thinned to `points` places along its steps (or all, if there are fewer). */
export interface SeriesRequest {
  readonly series: readonly {
    readonly run: string;
    readonly measure: string;
    /** Steps; default: all. */
    readonly from?: number;
    readonly to?: number;
  }[];
  readonly points: number;
}

/** The answer to a SeriesRequest: for each series in the request's order a frame of float64 numbers, little-endian:
 *    places   P, the number of places that follow
 *    total    points of the series in the range
 *    cursor   points of the series altogether, and
 *    generation   of the series: both go into a Subscription
 *    odd      O, the number of values that are NaN or infinite
 *    P times  step, time, low, high, last      the last step of the place; its least, largest and last finite value; NaN without one
 *    O times  step, value                      at most 1000
 *  Where total = P every place is one point, and low = high = last = its value. A run that is gone has places 0 and cursor 0. */
export const SERIES_FRAME = { header: 5, place: 5, odd: 2, mostOdd: 1000 } as const;

/** Frames of one histogram over time, evenly taken, the last one among them. */
export interface HistogramRequest {
  readonly run: string;
  readonly name: string;
  /** 1 to 1000. */
  readonly most: number;
}

export interface HistogramFrame {
  readonly step: number;
  readonly time: number;
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** What a client's /api/live tells about, from now on, in place of what it told before. `client` is what the first event, "hello", said;
 *  a connection that was broken says another hello, and the page subscribes again with the cursors that it has. */
export interface Subscription {
  readonly client: string;
  readonly series: readonly {
    readonly run: string;
    readonly measure: string;
    readonly cursor: number;
    readonly generation: number;
  }[];
}

/** The server-sent events, by their names. A tick costs what is new: nothing that did not change is repeated. */
export interface LiveEvents {
  /** The first event of every connection. */
  readonly hello: { readonly client: string };
  /** The server does not know the cursor, because it was started anew or the cursor is old: ask for /api/runs again. What follows goes
   *  on from now. */
  readonly reset: Readonly<Record<string, never>>;
  /** Runs that are new or changed; runs that are gone. */
  readonly runs: { readonly changed: readonly RunChange[]; readonly gone: readonly string[] };
  /** New points of subscribed series. `isVoid`: the series was taken back, or has far more new points than a page shows; ask for it
   *  again. */
  readonly points: readonly {
    readonly run: string;
    readonly measure: string;
    readonly cursor: number;
    readonly generation: number;
    readonly isVoid?: true;
    readonly steps: readonly number[];
    /** Null in logs without times; so NaN in SERIES_FRAME. */
    readonly times: readonly (number | null)[];
    /** NaN and infinity as "NaN", "Infinity", "-Infinity". */
    readonly values: readonly (number | string)[];
  }[];
}

/** What changed of a run: the fields that are there take the place of the old ones. `isWhole`: all are there, measures too, and nothing
 *  old is kept; so for new runs. Otherwise `measures` has those that are new or changed, to be put over the old ones by name. */
export interface RunChange extends Partial<Omit<RunSummary, "id" | "measures">> {
  readonly id: string;
  readonly isWhole?: true;
  readonly measures?: readonly MeasureChange[];
}

/** Fields that are there take the place of the old ones; a new measure has all. */
export interface MeasureChange extends Partial<MeasureSummary> {
  readonly name: string;
}

/** A page without a server: one run as one static file. It is in the page as `<script type="application/json" id="gradus-run">`. */
export interface StaticRun {
  readonly detail: RunDetail;
  /** Every measure, thinned to at most 2000 places: step, time, low, high, last of each place, as SERIES_FRAME has them, null for NaN. */
  readonly series: Readonly<
    Record<
      string,
      {
        readonly total: number;
        readonly places: readonly (readonly (number | null)[])[];
        readonly odd: readonly (readonly [number, string])[];
      }
    >
  >;
  readonly histograms: Readonly<Record<string, readonly HistogramFrame[]>>;
  readonly diagnosis: { readonly diagnosis: Json; readonly html: string } | null;
}
