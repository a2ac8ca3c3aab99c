import type { ReadonlySignal } from "@preact/signals";
import type {
  HistogramFrame,
  HistogramRequest,
  Json,
  LiveEvents,
  RunChange,
  RunDetail,
  Runs,
  SeriesRequest,
  Subscription,
} from "gradus/dashboard-protocol";
import type { Frame } from "./frames.ts";

/** `lost`: the server does not answer; the page tries again. `static`: there is no server. */
export type Connection = "connecting" | "live" | "lost" | "static";

/** What a source tells on its own. */
export interface SourceListener {
  /** All runs: at first, and again where the server has lost the thread. */
  runs(all: Runs): void;
  changed(changes: readonly RunChange[], gone: readonly string[]): void;
  points(points: LiveEvents["points"]): void;
  /** What new points are wanted of, with what is there already. */
  wanted(): Subscription["series"];
  failed(error: Error): void;
}

export interface Diagnosis {
  readonly diagnosis: Json;
  /** A whole page, to be shown in a frame of its own. */
  readonly html: string;
}

/** Where runs come from. All functions but `start` and `close` are rejected with ServerError. */
export interface Source {
  readonly connection: ReadonlySignal<Connection>;
  start(listener: SourceListener): void;
  /** `wanted` has changed. */
  subscribe(): void;
  /** Answers in the order of the request. */
  series(request: SeriesRequest): Promise<readonly Frame[]>;
  histograms(request: HistogramRequest): Promise<readonly HistogramFrame[]>;
  detail(run: string): Promise<RunDetail>;
  saveNotes(run: string, notes: string): Promise<void>;
  /** @param language of the texts: "en", "ko". */
  diagnose(run: string, language: string): Promise<Diagnosis>;
  /** Address of the run as one static file; undefined where the page is one. */
  exportAddress(run: string, language: string): string | undefined;
  close(): void;
}
