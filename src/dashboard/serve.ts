import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { resolve } from "node:path";
import { GradusError, requireArgument } from "../core/errors.ts";
import { listFolder, pathKind } from "../files/folders.ts";
import { packageVersion } from "../runs/package-version.ts";
import { writeNotes } from "../runs/write-notes.ts";
import { type Api, answerApi } from "./api.ts";
import { findAllRuns } from "./folder/find-all-runs.ts";
import { RunFolder } from "./folder/run-folder.ts";
import { answerFile } from "./http/answer-file.ts";
import { HEADERS, send, sendError, sendRefusal } from "./http/answers.ts";
import { Gate, isLoopback, newToken, type Refusal } from "./http/gate.ts";
import { addressOf, closeServer, type ListenOptions, listen } from "./http/listen.ts";
import { LiveHub } from "./live/hub.ts";

export interface DashboardOptions extends ListenOptions {
  /** Where the built page is. */
  readonly pageFolder: string;
  /** What lets a page in. Default: 32 random bytes. */
  readonly token?: string | undefined;
}

export interface Dashboard {
  /** With the token: `http://127.0.0.1:5190/?token=…`. Whoever has it can read the runs and write notes. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the runs of a folder, and those that come into it, to a page on this machine.
 *  @param folder or one file of a log.
 *  @throws GradusError `file-not-found`; `io-error` for a folder that may not be read; `bad-argument` for an interface that others reach; `io-error` if the port is in use
 *    (`values.code`: EADDRINUSE) or may not be used. */
export async function serveDashboard(folder: string, options: DashboardOptions): Promise<Dashboard> {
  const { host, port, pageFolder, token = newToken() } = options;
  requireArgument(
    isLoopback(host),
    `the dashboard listens on this machine only, at 127.0.0.1, localhost or ::1, got ${host}. From another machine: ssh -L PORT:127.0.0.1:PORT, with the same port on both sides.`,
    { host },
  );
  const kind = pathKind(folder);
  if (kind === "missing") {
    throw new GradusError("file-not-found", `${folder}: there is no such folder. Check the path.`, { file: folder });
  }
  // a folder below may be closed to us; this one may not
  if (kind === "folder") listFolder(folder);
  const root = resolve(folder);
  const runs = new RunFolder(findAllRuns(root));
  const hub = new LiveHub(runs);
  const api: Api = { root, version: packageVersion(), pageFolder, folder: runs, hub, writeNotes };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const ownPort = await listen(server, { host, port });
  const gate = new Gate(token, ownPort);
  /** Answers that somebody waits for. */
  let waiting = 0;
  const opening = openAll(runs, hub, () => waiting > 0);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // that one has no end
    if (!request.url?.startsWith("/api/live")) {
      waiting++;
      response.once("close", () => waiting--);
    }
    try {
      const refusal = gate.refusal(request);
      if (refusal !== undefined) return refuse(request, response, refusal);
      const { path, query } = partsOf(request.url ?? "/");
      const given = query.get("token");
      if (given !== null && gate.accepts(given) && request.method === "GET" && path === "/") {
        // the token leaves the address bar; the fragment stays, browsers see to it
        response
          .writeHead(303, {
            ...HEADERS,
            location: "/",
            "set-cookie": gate.cookieOf(given),
            "cache-control": "no-store",
          })
          .end();
        return;
      }
      if (!gate.isKnown(request)) return refuse(request, response, UNKNOWN);
      if (path.startsWith("/api/")) await answerApi(api, path.slice("/api/".length), query, { request, response });
      else answerFile(pageFolder, request, response, HEADERS);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendError(response, error);
    }
  }

  return {
    address: `${addressOf(host, ownPort)}?token=${encodeURIComponent(token)}`,
    port: ownPort,
    close: () => {
      opening.stop();
      hub.close();
      return closeServer(server);
    },
  };
}

const UNKNOWN = {
  status: 401,
  code: "unauthorized",
  message: "This page is for whoever started the dashboard. Open the address that it printed, with its token.",
};

/** A person who opened the address reads a sentence, a program reads JSON. */
function refuse({ headers }: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { message, status } = refusal;
  if (!headers.accept?.includes("text/html")) sendRefusal(response, refusal);
  else send(response, Buffer.from(`${message}\n`), { "content-type": "text/plain; charset=utf-8" }, status);
}

function partsOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const [path = "/", query = ""] = (url.split("#", 1)[0] as string).split(/\?(.*)/s);
  return { path, query: new URLSearchParams(query) };
}

/** Opens all runs bit by bit. Requests come first: an answer takes several turns of the event loop, and each would wait for a run.
 *  @param isBusy whether somebody waits for an answer. */
function openAll(runs: RunFolder, hub: LiveHub, isBusy: () => boolean): { readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    if (!isBusy()) runs.openSome(OPENING_SLICE_MS);
    if (runs.isOpen) hub.tellAll();
    else timer = setTimeout(next, 1);
  };
  timer = setTimeout(next, 1);
  return { stop: () => clearTimeout(timer) };
}

const OPENING_SLICE_MS = 10;
