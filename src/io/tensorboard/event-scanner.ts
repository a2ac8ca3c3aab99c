import { ListColumn, type Outlook, ScalarColumn } from "./columns.ts";
import type { StoredDistribution } from "./distribution.ts";
import type { HyperparameterValue } from "./event-content.ts";
import { BYTES, FIXED32, MessageCursor } from "./message-cursor.ts";
import { readHyperparameters, type StoredHyperparameters } from "./read-hyperparameters.ts";
import { readPlugin } from "./read-plugin.ts";
import { histogramIn, rowsIn, scalarIn, textIn } from "./read-value.ts";
import { type Tag, TagTable, type TagValues } from "./tag-table.ts";
import { numbersIn } from "./tensor.ts";

/** The values of a file between two restarts. */
export interface Segment<Stored> {
  /** The step from which the run continued here, so that what was written before of this and later steps is void; undefined for the start
   *  of the file. */
  readonly restartsAt: number | undefined;
  /** In the order in which the tags appeared. */
  readonly tags: Map<string, TagValues<Stored>>;
}

/** Keys of fields: number * 8 + wire type. */
const SECONDS = 9;
const STEP = 16;
const VERSION = 26;
const SUMMARY = 42;
const SESSION = 58;
const STATUS = 8;
const VALUE = 10;
const TAG = 10;
const NUMBER = 8 * 2 + FIXED32;
const HISTOGRAM = 8 * 5 + BYTES;
const TENSOR = 8 * 8 + BYTES;
const METADATA = 8 * 9 + BYTES;

/** `START` of `SessionLog.SessionStatus`. */
const START = 1;

/** Decodes events (`Event` of TensorFlow's event.proto, with `Summary` of summary.proto) into columns by tag. */
export class EventScanner<Stored> {
  readonly segments: Segment<Stored>[] = [{ restartsAt: undefined, tags: new Map() }];
  /** Smallest step of each tag in the file. */
  readonly firstSteps = new Map<string, number>();
  /** Tags with values that are not numbers: images, sounds, texts. */
  readonly unread = new Set<string>();
  /** The last text of each tag. */
  readonly texts = new Map<string, string>();
  readonly hyperparameters = new Map<string, HyperparameterValue>();
  /** How the run ended, as the hparams plugin stores it. */
  status: StoredHyperparameters["status"];
  /** Of the first and last event with a time, in milliseconds since 1970. */
  firstTime: number | undefined;
  lastTime: number | undefined;
  /** Records read, and those of them that are not events. */
  records = 0;
  undecoded = 0;
  /** Grows when a restart or the first value of a tag comes, or a tag's smallest step falls: what such a change voids has to be found anew. */
  changes = 0;

  /** Set by who knows the file. */
  readonly outlook: Outlook = { factor: 1 };

  readonly #store: (distribution: StoredDistribution) => Stored;
  readonly #cursor = new MessageCursor();
  readonly #table = new TagTable<Stored>();
  /** The values of the event that is being read; they count when it was read to its end. */
  readonly #tags: Tag<Stored>[] = [];
  #numbers = new Float64Array(16);
  readonly #distributions: (StoredDistribution | undefined)[] = [];
  #pending = 0;

  /** @param store what is kept of a distribution. */
  constructor(store: (distribution: StoredDistribution) => Stored) {
    this.#store = store;
  }

  /** Reads the event at [start, end) of `bytes`. Bytes that are not an event are counted. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.records++;
    this.#pending = 0;
    this.#cursor.open(bytes);
    try {
      this.#readEvent(start, end);
    } catch {
      // the checksum matches, so this is another program's record, not damage
      this.undecoded++;
    }
  }

  #readEvent(start: number, end: number): void {
    const cursor = this.#cursor;
    cursor.at = start;
    let seconds = 0;
    let step = 0;
    let isVersion = false;
    let status = 0;
    while (cursor.at < end) {
      const key = cursor.varint(end);
      if (key === SECONDS) seconds = cursor.float64(end);
      else if (key === STEP) step = cursor.varint(end);
      else if (key === SUMMARY) this.#readSummary(cursor.lengthEnd(end));
      else if (key === SESSION) status = this.#readSession(cursor.lengthEnd(end)) ?? status;
      else {
        if (key === VERSION) isVersion = true;
        requireField(key);
        cursor.skip(key & 7, end);
      }
    }
    const time = 1000 * seconds;
    if (time > 0) {
      this.firstTime ??= time;
      this.lastTime = time;
    }
    // a file that begins at step 0 restarts nothing
    if (status === START || (isVersion && step > 0)) this.#restart(step);
    for (let index = 0; index < this.#pending; index++) this.#keep(index, step, time);
  }

  #restart(step: number): void {
    this.segments.push({ restartsAt: step, tags: new Map() });
    this.#table.release();
    this.changes++;
  }

  /** Holds a value back until its event was read to the end. */
  #hold(tag: Tag<Stored>, number: number, distribution: StoredDistribution | undefined): void {
    const index = this.#pending++;
    if (index === this.#numbers.length) {
      const larger = new Float64Array(2 * index);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#tags[index] = tag;
    this.#numbers[index] = number;
    this.#distributions[index] = distribution;
  }

  #keep(index: number, step: number, time: number): void {
    const tag = this.#tags[index] as Tag<Stored>;
    const values = tag.values ?? this.#begin(tag);
    if (step < tag.least) {
      tag.least = step;
      this.firstSteps.set(tag.name, step);
      this.changes++;
    }
    const distribution = this.#distributions[index];
    if (distribution === undefined) {
      values.scalars ??= new ScalarColumn(this.outlook);
      values.scalars.push(step, time, this.#numbers[index] as number);
    } else {
      values.distributions ??= new ListColumn<Stored>(this.outlook);
      values.distributions.push(step, time, this.#store(distribution));
      this.#distributions[index] = undefined;
    }
  }

  /** A tag's first value in the segment. */
  #begin(tag: Tag<Stored>): TagValues<Stored> {
    const values = { scalars: undefined, distributions: undefined };
    tag.values = values;
    (this.segments.at(-1) as Segment<Stored>).tags.set(tag.name, values);
    this.changes++;
    return values;
  }

  #readSession(end: number): number | undefined {
    const cursor = this.#cursor;
    let status: number | undefined;
    while (cursor.at < end) {
      const key = cursor.varint(end);
      if (key === STATUS) status = cursor.varint(end);
      else cursor.skip(key & 7, end);
    }
    return status;
  }

  #readSummary(end: number): void {
    const cursor = this.#cursor;
    while (cursor.at < end) {
      const key = cursor.varint(end);
      if (key === VALUE) this.#readValue(cursor.lengthEnd(end));
      else cursor.skip(key & 7, end);
    }
  }

  #readValue(end: number): void {
    const cursor = this.#cursor;
    let tag: Tag<Stored> | undefined;
    let number: number | undefined;
    let histogram = -1;
    let histogramEnd = 0;
    let tensor = -1;
    let tensorEnd = 0;
    let metadata = -1;
    let metadataEnd = 0;
    while (cursor.at < end) {
      const key = cursor.varint(end);
      if (key === NUMBER) {
        number = cursor.float32(end);
        continue;
      }
      if ((key & 7) !== BYTES) {
        cursor.skip(key & 7, end);
        continue;
      }
      const fieldEnd = cursor.lengthEnd(end);
      if (key === TAG) tag = this.#table.find(cursor, cursor.at, fieldEnd);
      else if (key === HISTOGRAM) {
        histogram = cursor.at;
        histogramEnd = fieldEnd;
      } else if (key === TENSOR) {
        tensor = cursor.at;
        tensorEnd = fieldEnd;
      } else if (key === METADATA) {
        metadata = cursor.at;
        metadataEnd = fieldEnd;
      }
      cursor.at = fieldEnd;
    }
    tag ??= this.#table.find(cursor, end, end);
    if (metadata >= 0) this.#readMetadata(tag, metadata, metadataEnd);
    if (number !== undefined) this.#hold(tag, number, undefined);
    else if (histogram >= 0) this.#hold(tag, 0, histogramIn(cursor, histogram, histogramEnd));
    else {
      const value = tensor >= 0 ? this.#readTensor(tag, tensor, tensorEnd) : undefined;
      if (value === undefined) this.unread.add(tag.name);
      else if (typeof value === "number") this.#hold(tag, value, undefined);
      else this.#hold(tag, 0, value);
    }
    cursor.at = end;
  }

  #readTensor({ name, plugin }: Tag<Stored>, start: number, end: number): number | StoredDistribution | undefined {
    const cursor = this.#cursor;
    if (plugin === "hparams") return undefined;
    if (plugin === "histograms") return rowsIn(cursor, start, end);
    const scalar = scalarIn(cursor, start, end);
    if (scalar !== undefined) return scalar;
    const text = textIn(cursor, start, end);
    if (text !== undefined) {
      this.texts.set(name, text);
      return undefined;
    }
    const numbers = numbersIn(cursor, start, end);
    return numbers?.length === 1 ? numbers[0] : undefined;
  }

  #readMetadata(tag: Tag<Stored>, start: number, end: number): void {
    const cursor = this.#cursor;
    if (tag.metadata !== undefined && cursor.equals(tag.metadata, start, end)) return;
    tag.metadata = cursor.bytes.slice(start, end);
    const { name, content } = readPlugin(cursor, start, end);
    if (name !== undefined) tag.plugin = name;
    if (name !== "hparams" || content === undefined) return;
    const { values, status } = readHyperparameters(cursor, content.start, content.end);
    for (const [parameter, value] of values) this.hyperparameters.set(parameter, value);
    this.status = status ?? this.status;
  }
}

/** Protobuf has no field 0. */
function requireField(key: number): void {
  if (key < 8) throw new RangeError("not a message");
}
