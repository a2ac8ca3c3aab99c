import { createServer } from "node:http";
import { answerFile } from "../../dashboard/http/answer-file.ts";
import { addressOf, closeServer, type ListenOptions, listen } from "../../dashboard/http/listen.ts";

/** Headers of every answer: the page is cross-origin isolated, which gives it shared memory and threads. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

/** A folder that is served. */
export interface ServedFolder {
  /** `http://127.0.0.1:5180/` */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the files of a folder by GET and HEAD, nothing outside it.
 *  @throws GradusError `io-error` if the port is in use (`values.code`: EADDRINUSE) or may not be used. */
export async function serveFolder(folder: string, options: ListenOptions): Promise<ServedFolder> {
  const server = createServer((request, response) => answerFile(folder, request, response, HEADERS));
  const port = await listen(server, options);
  return { address: addressOf(options.host, port), close: () => closeServer(server) };
}
