import { GrowingFile, type Growth } from "./growing-file.ts";
import { parseEvent } from "./parse-event.ts";
import type { RunEvent } from "./types.ts";

const NEWLINE = 0x0a;

/** The events of a run, read while they are written. */
export class EventLog {
  readonly #file: GrowingFile;
  #events: RunEvent[] = [];
  #damaged = 0;
  #unknown = 0;

  constructor(path: string) {
    this.#file = new GrowingFile(path);
  }

  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** Bytes after the last whole line. */
  get tornBytes(): number {
    return this.#file.restBytes;
  }

  get warnings(): readonly string[] {
    return [
      ...(this.#damaged > 0 ? [`${this.#file.path}: ${this.#damaged} lines are damaged and were passed over.`] : []),
      ...(this.#unknown > 0
        ? [`${this.#file.path}: ${this.#unknown} lines are of a kind that this version of Gradus does not know.`]
        : []),
    ];
  }

  /** Reads what is new. A line without its end waits for it.
   *  @throws GradusError `io-error` if the system refuses. */
  refresh(): Growth {
    const growth = this.#file.look();
    if (growth === "anew") {
      this.#events = [];
      this.#damaged = 0;
      this.#unknown = 0;
    }
    if (growth === "anew" || growth === "longer") this.#file.read((bytes) => this.#take(bytes));
    return growth;
  }

  #take(bytes: Uint8Array): number {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("utf8").split("\n");
    for (const line of lines) {
      if (line.trim() === "") continue;
      const event = parseEvent(line);
      if (event === undefined) this.#damaged++;
      else if (event === "unknown") this.#unknown++;
      else this.#events.push(event);
    }
    return end;
  }
}
