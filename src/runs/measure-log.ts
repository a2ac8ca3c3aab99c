import { largest } from "../core/extremes.ts";
import { readMeasures } from "../io/measures/decode.ts";
import { GrowingFile, type Growth } from "./growing-file.ts";
import { MeasureStore } from "./measure-store.ts";

/** The measures of a run, read while they are written. */
export class MeasureLog {
  readonly #file: GrowingFile;
  #store = new MeasureStore();
  #damagedBytes = 0;
  #unknown = 0;
  #nameless = 0;

  constructor(path: string) {
    this.#file = new GrowingFile(path);
  }

  get store(): MeasureStore {
    return this.#store;
  }

  /** Bytes after the last whole block. */
  get tornBytes(): number {
    return this.#file.restBytes;
  }

  /** Size of the file, as the last look found it. */
  get bytes(): number {
    return this.#file.bytes;
  }

  get warnings(): readonly string[] {
    const { path } = this.#file;
    return [
      ...(this.#damagedBytes > 0 ? [`${path}: ${this.#damagedBytes} bytes are damaged and were passed over.`] : []),
      ...(this.#nameless > 0 ? [`${path}: ${this.#nameless} rows are lost, because their names are damaged.`] : []),
      ...(this.#unknown > 0
        ? [`${path}: ${this.#unknown} blocks are of a kind that this version of Gradus does not know.`]
        : []),
    ];
  }

  /** Reads what is new. A block without its end waits for it.
   *  @throws GradusError `io-error` if the system refuses. */
  refresh(): Growth {
    const growth = this.#file.look();
    if (growth === "anew") {
      const generations = [...this.#store.measures.values()].map(({ generation }) => generation);
      this.#store = new MeasureStore(1 + Math.max(0, largest(generations)));
      this.#damagedBytes = 0;
      this.#unknown = 0;
      this.#nameless = 0;
    }
    if (growth === "anew" || growth === "longer") {
      this.#file.read((bytes) => this.#take(bytes));
      this.#store.settle();
    }
    return growth;
  }

  #take(bytes: Uint8Array): number {
    this.#store.expectedBytes = this.#file.restBytes;
    const { end, gaps, unknown, nameless } = readMeasures(bytes, this.#store.widthOf, this.#store.take);
    for (const gap of gaps) this.#damagedBytes += gap.bytes;
    this.#unknown += unknown;
    this.#nameless += nameless;
    return end;
  }
}
