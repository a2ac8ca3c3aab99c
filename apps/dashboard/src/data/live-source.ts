import { signal } from "@preact/signals";
import type { HistogramFrame, LiveEvents, RunDetail, Runs, Subscription } from "gradus/dashboard-protocol";
import { decodeFrames } from "./frames.ts";
import { errorOf, ServerError } from "./server-error.ts";
import type { Connection, Diagnosis, Source, SourceListener } from "./source.ts";

/** What of an EventSource is used. */
export interface EventStream {
  readonly readyState: number;
  onerror: ((event: Event) => void) | null;
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

interface LiveOptions {
  readonly fetch: (address: string, init?: RequestInit) => Promise<Response>;
  readonly openStream: (address: string) => EventStream;
  /** Runs a task after so many ms; the result cancels it. Default: by a timer. */
  readonly later?: ((task: () => void, ms: number) => () => void) | undefined;
}

/** Wait before a subscription is sent: many charts come into sight at once. */
const SUBSCRIBE_MS = 50;
/** Wait before the server is asked again; doubled each time. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;
/** `EventSource.CLOSED`: the browser does not connect again by itself. */
const CLOSED = 2;

const byTimeout = (task: () => void, ms: number) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

/** Runs from a server: asked for by fetch, and told by server-sent events. A connection that breaks is made again, and goes on from where
 *  it was. */
export function createLiveSource({ fetch, openStream, later = byTimeout }: LiveOptions): Source {
  const connection = signal<Connection>("connecting");
  let listener: SourceListener | undefined;
  let stream: EventStream | undefined;
  let client: string | undefined;
  let wait = FIRST_WAIT_MS;
  let isClosed = false;
  let cancelRetry = () => {};
  let cancelSubscription = () => {};

  async function ask(address: string, init?: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(address, init);
    } catch (error) {
      throw new ServerError("no-connection", "The server does not answer.", { reason: String(error) });
    }
    if (response.status >= 400) throw errorOf(response.status, await response.text());
    return response;
  }
  const send = (address: string, body: unknown, method = "POST") =>
    ask(address, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const pathOf = (run: string) => `api/runs/${encodeURIComponent(run)}`;

  async function load(): Promise<string> {
    const runs = (await (await ask("api/runs")).json()) as Runs;
    if (!isClosed) listener?.runs(runs);
    return runs.cursor;
  }

  async function connect(): Promise<void> {
    stream?.close();
    stream = undefined;
    try {
      const cursor = await load();
      if (isClosed) return;
      listenTo(openStream(`api/live?cursor=${encodeURIComponent(cursor)}`));
    } catch (error) {
      lose(error);
      retry();
    }
  }

  function lose(error?: unknown): void {
    client = undefined;
    connection.value = "lost";
    if (error instanceof Error) listener?.failed(error);
  }

  function retry(): void {
    if (isClosed) return;
    cancelRetry();
    cancelRetry = later(() => void connect(), wait);
    wait = Math.min(LONGEST_WAIT_MS, 2 * wait);
  }

  function listenTo(opened: EventStream): void {
    stream = opened;
    const on = <Name extends keyof LiveEvents>(name: Name, react: (data: LiveEvents[Name]) => void) =>
      opened.addEventListener(name, ({ data }) => {
        if (stream === opened) react(JSON.parse(data) as LiveEvents[Name]);
      });
    on("hello", (hello) => {
      client = hello.client;
      connection.value = "live";
      wait = FIRST_WAIT_MS;
      sendSubscription();
    });
    on("reset", () => {
      load().then(sendSubscription, (error) => listener?.failed(error as Error));
    });
    on("runs", ({ changed, gone }) => listener?.changed(changed, gone));
    on("points", (points) => listener?.points(points));
    opened.onerror = () => {
      if (stream !== opened) return;
      lose();
      // else the browser connects again, and says how far it came
      if (opened.readyState === CLOSED) retry();
    };
  }

  function sendSubscription(): void {
    cancelSubscription();
    if (client === undefined || listener === undefined) return;
    const body: Subscription = { client, series: listener.wanted() };
    // where the connection is lost the next hello subscribes again
    send("api/subscribe", body).catch((error) => {
      if (client === body.client && connection.peek() === "live") listener?.failed(error as Error);
    });
  }

  return {
    connection,
    start(newListener) {
      listener = newListener;
      void connect();
    },
    subscribe() {
      cancelSubscription();
      cancelSubscription = later(sendSubscription, SUBSCRIBE_MS);
    },
    async series(request) {
      const response = await send("api/series", request);
      return decodeFrames(await response.arrayBuffer(), request.series.length);
    },
    async histograms(request) {
      const response = await send("api/histograms", request);
      return ((await response.json()) as { readonly points: readonly HistogramFrame[] }).points;
    },
    detail: async (run) => (await (await ask(pathOf(run))).json()) as RunDetail,
    async saveNotes(run, notes) {
      await send(`${pathOf(run)}/notes`, { notes }, "PUT");
    },
    diagnose: async (run, language) =>
      (await (await send(`${pathOf(run)}/diagnose?lang=${language}`, {})).json()) as Diagnosis,
    exportAddress: (run, language) => `${pathOf(run)}/export?lang=${language}`,
    close() {
      isClosed = true;
      cancelRetry();
      cancelSubscription();
      stream?.close();
      stream = undefined;
    },
  };
}
