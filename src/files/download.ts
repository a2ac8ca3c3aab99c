import { createHash } from "node:crypto";
import { GradusError } from "../core/errors.ts";
import { joinBytes } from "../io/join-bytes.ts";
import { isGzip, unpackGzip } from "./read-bytes.ts";
import { writeFile } from "./write-file.ts";

export interface DownloadOptions {
  /** Addresses of the file; the first that returns the right bytes is used. */
  readonly urls: readonly string[];
  /** Destination path. */
  readonly file: string;
  /** SHA-256 of the unpacked bytes, in hexadecimal. */
  readonly sha256: string;
  /** Called before each attempt. */
  readonly notify?: (message: string) => void;
  /** Limit of one attempt. Default 5 minutes. */
  readonly timeoutMs?: number;
}

/** A failed attempt and its reason. */
export interface Attempt {
  readonly place: string;
  readonly reason: string;
}

/** A limit far above the size of any dataset here. */
const LARGEST_ANSWER = 2 ** 30;

/** Fetches a file, unpacks gzip, checks its SHA-256 and only then writes it, whole or not at all.
 *  @throws GradusError `checksum-mismatch` if some address returned other bytes, else `file-not-found`; both with `attempts`;
 *  `io-error` if the file cannot be written. */
export async function download({ urls, file, sha256, notify, timeoutMs = 300_000 }: DownloadOptions): Promise<void> {
  const attempts: Attempt[] = [];
  let isMismatch = false;
  for (const url of urls) {
    notify?.(`downloading ${url}`);
    let bytes: Uint8Array;
    try {
      bytes = await fetchBytes(url, timeoutMs);
    } catch (error) {
      attempts.push({ place: url, reason: explain(error) });
      continue;
    }
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (digest === sha256) return writeFile(file, bytes);
    isMismatch = true;
    attempts.push({ place: url, reason: `SHA-256 is ${digest}, expected ${sha256}` });
  }
  throw new GradusError(
    isMismatch ? "checksum-mismatch" : "file-not-found",
    `${file}: could not be downloaded. ${attempts.map(({ place, reason }) => `${place}: ${reason}.`).join(" ")}`,
    { file, attempts },
  );
}

async function fetchBytes(url: string, timeoutMs: number): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  const stored = await takeBody(url, response);
  if (!isGzip(stored)) return stored;
  const { bytes, complete } = unpackGzip(stored, url);
  if (!complete) throw new Error("the gzip stream is truncated");
  return bytes;
}

/** The bytes of the response, up to `LARGEST_ANSWER`. */
async function takeBody(url: string, { body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  // leaving the loop closes the connection
  for await (const part of body ?? []) {
    total += part.length;
    if (total > LARGEST_ANSWER) throw new Error(`${url} sent more than ${LARGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return joinBytes(url, parts);
}

/** `fetch failed` explains nothing; its cause does. */
function explain(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
