import type { ListColumn, ScalarColumn } from "./columns.ts";
import type { MessageCursor } from "./message-cursor.ts";

/** The values of one tag between two restarts. */
export interface TagValues<Stored> {
  scalars: ScalarColumn | undefined;
  distributions: ListColumn<Stored> | undefined;
}

/** A tag of a file. */
export interface Tag<Stored> {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The plugin that shows it, which writers store only once, and the metadata that named it. */
  plugin: string | undefined;
  metadata: Uint8Array | undefined;
  /** The smallest step of its values in the file. */
  least: number;
  /** Its values in the present segment of the file. */
  values: TagValues<Stored> | undefined;
  /** The tag that came after it the last time. */
  next: Tag<Stored> | undefined;
}

/** The tags of a file by their bytes, so that the text of a tag is decoded once. Writers repeat the same tags in the same order, so the
 *  tag that came next the last time is compared first. */
export class TagTable<Stored> {
  readonly #byHash = new Map<number, Tag<Stored>[]>();
  #last: Tag<Stored> | undefined;

  /** The tag whose bytes lie at [start, end) of the cursor's array; a new one if it is unknown. */
  find(cursor: MessageCursor, start: number, end: number): Tag<Stored> {
    const last = this.#last;
    const guess = last?.next;
    const tag =
      guess !== undefined && cursor.equals(guess.bytes, start, end) ? guess : this.#lookUp(cursor, start, end);
    if (last !== undefined) last.next = tag;
    this.#last = tag;
    return tag;
  }

  /** Begins a new segment: the values that the tags hold belong to the one before. */
  release(): void {
    for (const tags of this.#byHash.values()) for (const tag of tags) tag.values = undefined;
  }

  #lookUp(cursor: MessageCursor, start: number, end: number): Tag<Stored> {
    const { bytes } = cursor;
    // FNV-1a
    let hash = 0x811c9dc5 | 0;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    let found = this.#byHash.get(hash);
    if (found === undefined) {
      found = [];
      this.#byHash.set(hash, found);
    }
    const known = found.find((each) => cursor.equals(each.bytes, start, end));
    if (known !== undefined) return known;
    const own = bytes.slice(start, end);
    const tag: Tag<Stored> = {
      name: new TextDecoder().decode(own),
      bytes: own,
      plugin: undefined,
      metadata: undefined,
      least: Number.POSITIVE_INFINITY,
      values: undefined,
      next: undefined,
    };
    found.push(tag);
    return tag;
  }
}
