import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  HistogramRequest,
  RunChange,
  RunDetail,
  Runs,
  SeriesRequest,
  Subscription,
} from "../../../src/dashboard/protocol.ts";
import { everyOf, type FakeRun, type FakeSize, fakeRuns, measured, summaryOf, timeOf } from "./runs.ts";
import { frameOf, histogramsOf } from "./series.ts";

/** A server of runs that are made up: for work on the page. Two of them are live. */
export interface Fake {
  /** @returns false if the request is not for it. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  close(): void;
}

const SIZE: FakeSize = { runs: 12, measures: 10, steps: 4000 };
const TICK_MS = 1000;
/** Steps of a live run in one tick. */
const PACE = 20;

export function createFake(size: FakeSize = SIZE): Fake {
  const runs = fakeRuns(size);
  const notes = new Map<string, string>();
  const clients = new Map<string, { readonly response: ServerResponse; series: Map<string, number> }>();
  let ticks = 0;
  let number = 0;
  const stepOf = ({ isLive }: FakeRun) => (isLive ? Math.min(size.steps, 500 + ticks * PACE) : size.steps);
  const find = (id: string) => runs.find((run) => run.id === id);

  const timer = setInterval(() => {
    if (clients.size === 0) return;
    ticks++;
    for (const { response, series } of clients.values()) {
      const live = runs.filter(({ isLive }) => isLive);
      const changed: RunChange[] = live.map((run) => {
        const { id, step, epoch, updatedAt, measures } = summaryOf(run, stepOf(run), size);
        return { id, step, epoch, updatedAt, measures };
      });
      tell(response, "runs", { changed, gone: [] });
      const points = live.flatMap((run) => newPoints(run, series));
      if (points.length > 0) tell(response, "points", points);
    }
  }, TICK_MS);
  timer.unref();

  function newPoints(run: FakeRun, series: Map<string, number>) {
    return [...series].flatMap(([key, cursor]) => {
      const [id, measure = ""] = key.split("\n");
      const every = everyOf(measure);
      const count = Math.floor(stepOf(run) / every);
      if (id !== run.id || count <= cursor) return [];
      series.set(key, count);
      const steps = Array.from({ length: count - cursor }, (_, index) => (cursor + 1 + index) * every);
      const values = steps
        .map((step) => measured(run, measure, step))
        .map((value) => (Number.isFinite(value) ? value : String(value)));
      return [
        {
          run: run.id,
          measure,
          cursor: count,
          generation: 0,
          steps,
          times: steps.map((step) => timeOf(run, step)),
          values,
        },
      ];
    });
  }

  function tell(response: ServerResponse, name: string, data: unknown): void {
    response.write(`id: ${++number}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function listen(response: ServerResponse): void {
    const client = `client-${++number}`;
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    clients.set(client, { response, series: new Map() });
    response.on("close", () => clients.delete(client));
    tell(response, "hello", { client });
  }

  function detailOf(run: FakeRun): RunDetail {
    return {
      summary: summaryOf(run, stepOf(run), size),
      environment: null,
      settings: { optimizer: { type: "adam", learningRate: 0.01 }, seed: run.place },
      model: null,
      events: [],
      warnings: run.place === 4 ? ["measures.bin ends in the middle of a block: 12 bytes were left out"] : [],
      notes: notes.get(run.id) ?? "",
      texts: {},
      isWritable: true,
    };
  }

  async function post(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (path === "/api/series") {
      const { series, points } = body as SeriesRequest;
      const numbers = series.flatMap(({ run: id, measure, ...range }) => {
        const run = find(id);
        return run === undefined ? [0, 0, 0, 0, 0] : frameOf(run, measure, stepOf(run), { ...range, points });
      });
      response.writeHead(200, { "Content-Type": "application/octet-stream" });
      response.end(new Uint8Array(Float64Array.from(numbers).buffer));
      return;
    }
    if (path === "/api/histograms") {
      const { run: id, most } = body as HistogramRequest;
      const run = find(id);
      sendJson(response, { points: run === undefined ? [] : histogramsOf(run, stepOf(run), most) });
      return;
    }
    if (path === "/api/subscribe") {
      const { client, series } = body as Subscription;
      const found = clients.get(client);
      if (found !== undefined)
        found.series = new Map(series.map(({ run, measure, cursor }) => [`${run}\n${measure}`, cursor]));
      sendJson(response, {});
      return;
    }
    const [, id = "", what] = /^\/api\/runs\/([^/]+)\/(notes|diagnose)$/.exec(path) ?? [];
    const run = find(decodeURIComponent(id));
    if (run === undefined) {
      refuse(response, path);
      return;
    }
    if (what === "diagnose") {
      sendJson(response, { diagnosis: { findings: [] }, html: "<!doctype html><p>Nothing was found.</p>" });
      return;
    }
    notes.set(run.id, (body as { readonly notes: string }).notes);
    sendJson(response, {});
  }

  function get(path: string, response: ServerResponse): void {
    if (path === "/api/runs") {
      const all: Runs = {
        folder: "/made/up",
        version: "0.0.0",
        runs: runs.map((run) => summaryOf(run, stepOf(run), size)),
        cursor: String(number),
      };
      sendJson(response, all);
      return;
    }
    if (path === "/api/live") {
      listen(response);
      return;
    }
    const run = find(decodeURIComponent(/^\/api\/runs\/([^/]+)$/.exec(path)?.[1] ?? ""));
    if (run === undefined) refuse(response, path);
    else sendJson(response, detailOf(run));
  }

  return {
    answer(request, response) {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      if (!pathname.startsWith("/api/")) return false;
      if (request.method === "GET") get(pathname, response);
      else post(pathname, request, response).catch((error) => response.destroy(error as Error));
      return true;
    },
    close() {
      clearInterval(timer);
      for (const { response } of clients.values()) response.end();
    },
  };
}

function sendJson(response: ServerResponse, data: unknown): void {
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(data));
}

function refuse(response: ServerResponse, path: string): void {
  response.writeHead(404, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: { code: "no-run", message: "There is no such run.", values: { path } } }));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
