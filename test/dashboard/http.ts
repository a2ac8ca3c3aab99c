import { type IncomingMessage, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly json: () => unknown;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request with the path and the headers as they are given: fetch() tidies up paths and refuses to send some headers. */
export function ask(port: number, path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(parts);
        const { statusCode: status = 0, headers: got } = response;
        resolve({ status, headers: got, body: whole, json: () => JSON.parse(whole.toString("utf8")) as unknown });
      });
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

export interface LiveEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

/** Listens to server-sent events. */
export class Listener {
  readonly events: LiveEvent[] = [];
  bytes = 0;
  comments = 0;
  #text = "";
  #waiting: (() => void)[] = [];
  #response: IncomingMessage | undefined;

  static async open(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> {
    const listener = new Listener();
    await new Promise<void>((resolve, reject) => {
      const asking = request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
        listener.#response = response;
        response.setEncoding("utf8");
        response.on("data", (part: string) => listener.#take(part));
        // closed by the one or the other
        response.on("error", () => {});
        resolve();
      });
      asking.on("error", reject);
      asking.end();
    });
    return listener;
  }

  /** The first event, from a place on, for which a test holds. */
  async next(test: (event: LiveEvent) => boolean, from = 0): Promise<LiveEvent> {
    for (;;) {
      const found = this.events.slice(from).find(test);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#response?.destroy();
  }

  #take(part: string): void {
    this.bytes += Buffer.byteLength(part);
    this.#text += part;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      if (block.startsWith(":")) this.comments++;
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const data = field("data");
      if (data === undefined) continue;
      this.events.push({ id: field("id") ?? "", name: field("event") ?? "", data: JSON.parse(data) as unknown });
    }
    for (const go of this.#waiting.splice(0)) go();
  }
}
