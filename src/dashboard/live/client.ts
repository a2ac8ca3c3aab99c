import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { MeasureSeries, RunReader } from "../../runs/types.ts";
import { toJson } from "../http/answers.ts";
import type { LiveEvents, Subscription } from "../protocol.ts";

type Points = LiveEvents["points"][number];

/** A client that does not read is told no more until it has read; what it has missed follows in one piece. */
const MOST_WAITING_BYTES = 2 ** 18;
/** A series with more new points than this is asked for again, thinned. */
const MOST_NEW_POINTS = 4096;

interface Subscribed {
  readonly run: string;
  readonly measure: string;
  cursor: number;
  generation: number;
  /** Whose points were told: a run may be replaced by another one. */
  reader: RunReader | undefined;
}

/** One page that listens. It costs the server a revision, and a cursor for each of its series; nothing is kept for it in queues. */
export class LiveClient {
  readonly id = randomBytes(16).toString("hex");
  /** Changes of runs up to here are sent. */
  revision: number;
  readonly #response: ServerResponse;
  #series: readonly Subscribed[] = [];

  constructor(response: ServerResponse, revision: number) {
    this.#response = response;
    this.revision = revision;
  }

  /** Whether it has read what it was sent, up to a little. */
  get isReady(): boolean {
    return this.waitingBytes < MOST_WAITING_BYTES;
  }

  /** Bytes that it was sent and has not taken. */
  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  subscribe({ series }: Subscription): void {
    this.#series = series.map((each) => ({ ...each, reader: undefined }));
  }

  send<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name], id: string): void {
    this.#response.write(`id: ${id}\nevent: ${name}\ndata: ${toJson(data)}\n\n`);
  }

  /** Keeps the connection from looking dead. */
  sendComment(): void {
    this.#response.write(":\n\n");
  }

  /** The new points of its series. They count as sent. */
  takePoints(find: (run: string) => RunReader | undefined): LiveEvents["points"] {
    const points: Points[] = [];
    for (const each of this.#series) {
      const reader = find(each.run);
      const series = reader?.measures.get(each.measure);
      if (series === undefined) continue;
      const isOther = each.reader !== undefined && each.reader !== reader;
      each.reader = reader;
      const { generation, length: cursor } = series;
      if (!isOther && generation === each.generation && cursor === each.cursor) continue;
      const { run, measure } = each;
      const start = { run, measure, cursor, generation };
      const isVoid =
        isOther ||
        (generation !== each.generation && each.cursor > 0) ||
        cursor < each.cursor ||
        cursor - each.cursor > MOST_NEW_POINTS;
      points.push(
        isVoid ? { ...start, isVoid, steps: [], times: [], values: [] } : { ...start, ...slice(series, each.cursor) },
      );
      each.cursor = cursor;
      each.generation = generation;
    }
    return points;
  }

  end(): void {
    this.#response.end();
  }
}

function slice(
  { steps, times, values, length }: MeasureSeries,
  from: number,
): Pick<Points, "steps" | "times" | "values"> {
  return {
    steps: Array.from(steps.subarray(from, length)),
    times: Array.from(times.subarray(from, length), (time) => (Number.isNaN(time) ? null : time)),
    values: Array.from(values.subarray(from, length), (value) => (Number.isFinite(value) ? value : String(value))),
  };
}
