import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { GradusError } from "../../core/errors.ts";
import type { RunFolder } from "../folder/run-folder.ts";
import { HEADERS } from "../http/answers.ts";
import type { Subscription } from "../protocol.ts";
import { LiveClient } from "./client.ts";

const TICK_MS = 1000;
/** So many ticks apart a connection hears something, so that nothing on the way takes it for dead. */
const COMMENT_EVERY = 15;
/** Time in each tick for opening new runs. */
const OPENING_MS = 50;
const MOST_CLIENTS = 100;
/** A browser that lost the connection comes back after this time. */
const RETRY_MS = 2000;

/** Tells pages what is new, all of them by one timer, which stands still while nobody listens. */
export class LiveHub {
  /** Distinguishes cursors of this server from those of an earlier one. */
  readonly #server = randomBytes(6).toString("hex");
  readonly #folder: RunFolder;
  readonly #tickMs: number;
  readonly #clients = new Map<string, LiveClient>();
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  /** @param options.tickMs time between two looks. Default 1000. */
  constructor(folder: RunFolder, { tickMs = TICK_MS }: { readonly tickMs?: number } = {}) {
    this.#folder = folder;
    this.#tickMs = tickMs;
  }

  /** Bytes that no client has taken yet, all together. */
  get waitingBytes(): number {
    return [...this.#clients.values()].reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }

  /** Where the folder is now, for a page that goes on from here. */
  get cursor(): string {
    return `${this.#server}.${this.#folder.revision}`;
  }

  /** Answers with the stream of events.
   *  @param cursor from which the page goes on; undefined: from now.
   *  @throws GradusError `limit-exceeded` for too many pages. */
  connect(response: ServerResponse, cursor: string | undefined): void {
    if (this.#clients.size >= MOST_CLIENTS) {
      throw new GradusError("limit-exceeded", `${MOST_CLIENTS} pages are listening already. Close some.`, {
        limit: MOST_CLIENTS,
      });
    }
    response.writeHead(200, {
      ...HEADERS,
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
    response.socket?.setNoDelay(true);
    response.write(`retry: ${RETRY_MS}\n\n`);
    const since = this.#revisionOf(cursor);
    const client = new LiveClient(response, since ?? this.#folder.revision);
    this.#clients.set(client.id, client);
    response.on("close", () => this.#leave(client));
    client.send("hello", { client: client.id }, this.#idAt(client.revision));
    if (since === undefined) client.send("reset", {}, this.cursor);
    else this.#tell(client);
    this.#timer ??= setInterval(() => this.tick(), this.#tickMs);
  }

  /** What a page wants to hear from now on; what is new of it is sent at once.
   *  @throws GradusError `file-not-found` for a client that is gone. */
  subscribe(subscription: Subscription): void {
    const client = this.#clients.get(subscription.client);
    if (client === undefined) {
      throw new GradusError("file-not-found", "this client is not connected any more. Connect to /api/live again.", {
        client: subscription.client,
      });
    }
    client.subscribe(subscription);
    this.#tell(client);
  }

  /** Reads what is new and tells it. */
  tick(): void {
    this.#ticks++;
    this.#folder.refresh();
    // runs that came since the start
    this.#folder.openSome(OPENING_MS);
    this.tellAll();
    if (this.#ticks % COMMENT_EVERY !== 0) return;
    for (const client of this.#clients.values()) if (client.isReady) client.sendComment();
  }

  tellAll(): void {
    for (const client of this.#clients.values()) this.#tell(client);
  }

  close(): void {
    for (const client of this.#clients.values()) client.end();
    this.#clients.clear();
    this.#stop();
  }

  #tell(client: LiveClient): void {
    if (!client.isReady) return;
    const changes = this.#folder.changesSince(client.revision);
    client.revision = this.#folder.revision;
    if (changes === undefined) client.send("reset", {}, this.cursor);
    else if (changes.changed.length + changes.gone.length > 0) client.send("runs", changes, this.cursor);
    const points = client.takePoints((run) => this.#folder.find(run));
    if (points.length > 0) client.send("points", points, this.cursor);
  }

  #idAt(revision: number): string {
    return `${this.#server}.${revision}`;
  }

  /** Undefined for a cursor of another server, or what is none. */
  #revisionOf(cursor: string | undefined): number | undefined {
    if (cursor === undefined || cursor === "") return this.#folder.revision;
    const [server, revision = ""] = cursor.split(".");
    return server === this.#server && /^\d{1,15}$/.test(revision) ? Number(revision) : undefined;
  }

  #leave(client: LiveClient): void {
    this.#clients.delete(client.id);
    if (this.#clients.size === 0) this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
