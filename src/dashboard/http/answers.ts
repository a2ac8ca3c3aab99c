import type { ServerResponse } from "node:http";
import { type ErrorCode, GradusError } from "../../core/errors.ts";
import type { Headers } from "./answer-file.ts";
import type { Refusal } from "./gate.ts";

/** What the page may do: run its own script, speak with its own server, show pictures that it made. Styles may stand in the markup, as
 *  in the reports of the doctor, which the page shows in a frame without scripts. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer. */
export const HEADERS: Headers = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const DATA: Headers = { ...HEADERS, "cache-control": "no-store" };

/** JSON writes null for numbers that it cannot represent; a curve's NaN must not look like a gap. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "number" && !Number.isFinite(each) ? String(each) : each,
  );
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, more: Headers = {}): void {
  send(response, Buffer.from(toJson(value)), { "content-type": "application/json", ...more }, status);
}

export function send(response: ServerResponse, bytes: Uint8Array, headers: Headers, status = 200): void {
  response.writeHead(status, { ...DATA, "content-length": String(bytes.length), ...headers }).end(bytes);
}

export function sendRefusal(response: ServerResponse, { status, code, message }: Refusal, more: Headers = {}): void {
  sendJson(response, { error: { code, message, values: {} } }, status, more);
}

const STATUSES: Partial<Record<ErrorCode, number>> = {
  "bad-argument": 400,
  "bad-data": 400,
  "unknown-field": 400,
  "file-not-found": 404,
  "in-use": 409,
  "limit-exceeded": 413,
};

export function sendError(response: ServerResponse, error: unknown): void {
  if (!(error instanceof GradusError)) {
    sendRefusal(response, { status: 500, code: "internal", message: String((error as Error)?.message ?? error) });
    return;
  }
  const { code, message, values } = error;
  sendJson(response, { error: { code, message, values } }, STATUSES[code] ?? 500);
}
