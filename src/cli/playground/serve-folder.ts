import { createReadStream, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, resolve, sep } from "node:path";
import { GradusError } from "../../core/errors.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Headers of every answer: the page is cross-origin isolated, which gives it shared memory and threads. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

/** Files below this folder have a hash of their content in their names. */
const HASHED = `assets${sep}`;

export interface ServeOptions {
  /** Interface to listen on. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** A folder that is served. */
export interface ServedFolder {
  /** `http://127.0.0.1:5180/` */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the files of a folder by GET and HEAD, nothing outside it.
 *  @throws GradusError `io-error` if the port is in use (`values.code`: EADDRINUSE) or may not be used. */
export async function serveFolder(folder: string, { host, port }: ServeOptions): Promise<ServedFolder> {
  const root = resolve(folder);
  const server = createServer((request, response) => answer(root, request, response));
  await listen(server, host, port);
  const { port: own } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${own}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const { code } = error;
      const why = code === "EADDRINUSE" ? "the port is in use" : error.message;
      const text = `cannot listen on ${host}, port ${port}: ${why}. Give another port, or 0 for any that is free.`;
      fail(new GradusError("io-error", text, { code, host, port }, { cause: error }));
    });
    server.listen(port, host, done);
  });
}

function answer(root: string, { method = "GET", url = "/", headers }: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, more: Readonly<Record<string, string>> = {}) =>
    response.writeHead(status, { ...HEADERS, "content-type": "text/plain", ...more }).end(`${status}\n`);
  if (method !== "GET" && method !== "HEAD") {
    refuse(405, { allow: "GET, HEAD" });
    return;
  }
  const found = findFile(root, url);
  if (found === undefined) {
    refuse(404);
    return;
  }
  const { file, stats } = found;
  const tag = `"${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}"`;
  const isHashed = relative(root, file).startsWith(HASHED);
  const about = {
    ...HEADERS,
    "content-type": TYPES[extname(file).toLowerCase()] ?? "application/octet-stream",
    "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    etag: tag,
  };
  if (headers["if-none-match"]?.includes(tag)) {
    response.writeHead(304, about).end();
    return;
  }
  response.writeHead(200, { ...about, "content-length": stats.size });
  if (method === "HEAD") {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  // the head is on its way: a file that cannot be read any more breaks the answer off
  stream.on("error", () => response.destroy());
  response.on("close", () => stream.destroy());
  stream.pipe(response);
}

/** The file that an address names, the index of a folder included; undefined for none, and for anything outside. */
function findFile(root: string, url: string): { readonly file: string; readonly stats: Stats } | undefined {
  try {
    // not by URL: it would resolve ".." and hide an attempt to leave
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0] as string);
    if (!path.startsWith("/") || /[\0\\]/.test(path)) return undefined;
    const named = resolve(join(root, path));
    if (named !== root && !named.startsWith(root + sep)) return undefined;
    const file = path.endsWith("/") ? join(named, "index.html") : named;
    const stats = statSync(file);
    return stats.isFile() ? { file, stats } : undefined;
  } catch {
    return undefined;
  }
}
