import type { IncomingMessage, ServerResponse } from "node:http";
import { GradusError, requireArgument } from "../core/errors.ts";
import type { Language } from "../telling/texts/texts.ts";
import type { RunFolder } from "./folder/run-folder.ts";
import { send, sendJson, sendRefusal } from "./http/answers.ts";
import { readBody } from "./http/read-body.ts";
import type { LiveHub } from "./live/hub.ts";
import type { Runs } from "./protocol.ts";
import { histogramRequest, notesOf, seriesRequest, subscription } from "./requests.ts";
import { detailOf } from "./run/detail.ts";
import { histogramFrames } from "./run/histogram-frames.ts";
import { encodeSeries, type SeriesPart } from "./series/encode-series.ts";
import { thin } from "./series/thin.ts";

/** What the addresses below /api/ answer from. */
export interface Api {
  readonly root: string;
  readonly version: string;
  readonly pageFolder: string;
  readonly folder: RunFolder;
  readonly hub: LiveHub;
  /** Replaces a run's notes. */
  readonly writeNotes: (runFolder: string, notes: string) => void;
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The run's id in the address; empty if the address has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Answer = (api: Api, call: Call) => void | Promise<void>;

/** A first request waits so long for runs that are not open yet; the others follow by /api/live. */
const OPENING_MS = 50;

/** By path, where ID stands for any text, and method. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  runs: { GET: sendRuns },
  "runs/ID": {
    GET: ({ folder }, { id, response }) =>
      sendJson(response, detailOf(folder.reader(id), folder.summary(id), folder.warnings(id))),
  },
  series: { POST: sendSeries },
  histograms: { POST: sendHistograms },
  live: {
    GET: ({ hub }, { request, query, response }) =>
      hub.connect(response, lastId(request) ?? query.get("cursor") ?? undefined),
  },
  subscribe: {
    POST: ({ hub }, { body, response }) => {
      hub.subscribe(subscription(body));
      sendJson(response, {});
    },
  },
  "runs/ID/notes": { PUT: putNotes },
  "runs/ID/diagnose": { POST: sendDiagnosis },
  "runs/ID/export": { GET: sendExport },
};

const HAS_BODY = new Set(["POST", "PUT"]);

/** Answers an address below /api/.
 *  @param path after /api/, as it came.
 *  @throws GradusError of the answer, for the caller to send. */
export async function answerApi(
  api: Api,
  path: string,
  query: URLSearchParams,
  call: Pick<Call, "request" | "response">,
): Promise<void> {
  const { request, response } = call;
  const found = routeOf(path);
  if (found === undefined) {
    sendRefusal(response, { status: 404, code: "file-not-found", message: "there is no such address." });
    return;
  }
  const { route, id } = found;
  const { method = "GET" } = request;
  const answer = Object.hasOwn(route, method) ? route[method] : undefined;
  if (answer === undefined) {
    const allow = Object.keys(route).join(", ");
    sendRefusal(response, { status: 405, code: "bad-argument", message: `expected the method ${allow}.` }, { allow });
    return;
  }
  const body = HAS_BODY.has(method) ? await readBody(request) : undefined;
  await answer(api, { request, response, id, query, body });
}

/** An id is one part of the path and only ever looked up; it is never a part of a file's path. */
function routeOf(path: string): { readonly route: Readonly<Record<string, Answer>>; readonly id: string } | undefined {
  const [first = "", id, ...rest] = path.split("/");
  const pattern = [first, ...(id === undefined ? [] : ["ID"]), ...rest].join("/");
  if (!Object.hasOwn(ROUTES, pattern)) return undefined;
  try {
    return { route: ROUTES[pattern] as Readonly<Record<string, Answer>>, id: decodeURIComponent(id ?? "") };
  } catch {
    return undefined;
  }
}

function sendRuns({ root, version, folder, hub }: Api, { response }: Call): void {
  folder.refresh({ isThorough: true });
  folder.openSome(OPENING_MS);
  const runs: Runs = { folder: root, version, runs: folder.summaries(), cursor: hub.cursor };
  sendJson(response, runs);
}

function sendSeries({ folder }: Api, { body, response }: Call): void {
  const { series, points } = seriesRequest(body);
  const parts = series.map(({ run, measure, from, to }): SeriesPart => {
    const found = folder.find(run)?.measures.get(measure);
    const { length: cursor, generation } = found ?? { length: 0, generation: 0 };
    return { ...thin(found ?? NO_SERIES, points, from, to), cursor, generation };
  });
  send(response, encodeSeries(parts), { "content-type": "application/octet-stream" });
}

const NONE = new Float64Array();
const NO_SERIES = { length: 0, steps: NONE, times: NONE, values: NONE };

function sendHistograms({ folder }: Api, { body, response }: Call): void {
  const { run, name, most } = histogramRequest(body);
  sendJson(response, { points: histogramFrames(folder.reader(run).histograms.get(name) ?? [], most) });
}

function putNotes({ folder, writeNotes }: Api, { id, body, response }: Call): void {
  const notes = notesOf(body);
  const run = folder.reader(id);
  requireArgument(run.kind === "gradus", `${run.folder}: notes are kept with runs of Gradus only.`, {
    id,
    kind: run.kind,
  });
  writeNotes(run.folder, notes);
  folder.refreshRun(id);
  sendJson(response, {});
}

/** The doctor and the reports are as large as all the rest: they are loaded when somebody asks for them. */
async function sendDiagnosis({ folder }: Api, { id, query, response }: Call): Promise<void> {
  const run = folder.reader(id);
  const lang = languageOf(query);
  const { diagnoseRun } = await import("./on-request.ts");
  sendJson(response, diagnoseRun(run, lang));
}

async function sendExport({ folder, pageFolder }: Api, { id, query, response }: Call): Promise<void> {
  const run = folder.reader(id);
  const { exportRun } = await import("./on-request.ts");
  const html = exportRun(run, pageFolder, { lang: languageOf(query) });
  // letters that every system and every header allows
  const name =
    run.name
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[.-]+|[.-]+$/g, "")
      .slice(0, 80) || "run";
  send(response, Buffer.from(html), {
    "content-type": "text/html; charset=utf-8",
    "content-disposition": `attachment; filename="${name}.html"`,
  });
}

function languageOf(query: URLSearchParams): Language {
  const lang = query.get("lang") ?? "en";
  if (lang === "en" || lang === "ko") return lang;
  throw new GradusError("bad-argument", `expected en or ko as lang, got ${lang}.`, { lang });
}

function lastId({ headers }: IncomingMessage): string | undefined {
  const id = headers["last-event-id"];
  return typeof id === "string" && id !== "" ? id : undefined;
}
