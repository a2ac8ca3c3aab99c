import { createReadStream, type Stats, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, resolve, sep } from "node:path";

export type Headers = Readonly<Record<string, string>>;

const TYPES: Headers = {
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

/** Files below this folder have a hash of their content in their names. */
const HASHED = `assets${sep}`;

/** Answers GET and HEAD with a file of a folder, with nothing outside it.
 *  @param more headers of every answer. */
export function answerFile(folder: string, request: IncomingMessage, response: ServerResponse, more: Headers): void {
  const { method = "GET", url = "/", headers } = request;
  const root = resolve(folder);
  const refuse = (status: number, others: Headers = {}) =>
    response.writeHead(status, { ...more, "content-type": "text/plain", ...others }).end(`${status}\n`);
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
    ...more,
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
