import { GradusError } from "../../core/errors.ts";
import type { Label } from "./registers.ts";

/** A line of a listing: the offset and text of an instruction. */
export interface ListingLine {
  readonly offset: number;
  readonly text: string;
}

export interface ListingOptions {
  /** Keep a line of text for every instruction, which takes about as long as the instruction itself. Default false. */
  readonly listing?: boolean;
}

interface Fixup {
  /** offset of the 32-bit distance */
  readonly at: number;
  readonly label: Label;
  readonly addend: number;
  /** the end of the instruction, from which the distance is measured */
  readonly from: number;
}

const CONSTANT_SIZES: ReadonlySet<number> = new Set([4, 8, 16, 32, 64]);

/** Code bytes with labels; constants are collected and placed after the code, each once. */
export class CodeBuffer {
  /** whether lines are kept */
  readonly listing: boolean;
  #bytes = new Uint8Array(4096);
  #length = 0;
  #labels = 0;
  readonly #bound = new Map<number, number>();
  readonly #fixups: Fixup[] = [];
  readonly #constants = new Map<string, { readonly label: Label; readonly bytes: Uint8Array }>();
  readonly #lines: ListingLine[] = [];

  constructor({ listing = false }: ListingOptions = {}) {
    this.listing = listing;
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  append(values: ArrayLike<number>): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  #reserve(more: number): void {
    let size = this.#bytes.length;
    while (size < this.#length + more) size *= 2;
    if (size === this.#bytes.length) return;
    const larger = new Uint8Array(size);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  int32(value: number): void {
    this.byte(value & 0xff);
    this.byte((value >> 8) & 0xff);
    this.byte((value >> 16) & 0xff);
    this.byte((value >> 24) & 0xff);
  }

  int64(value: bigint): void {
    for (let shift = 0n; shift < 64n; shift += 8n) this.byte(Number((value >> shift) & 0xffn));
  }

  label(): Label {
    return { kind: "label", id: this.#labels++ };
  }

  /** Binds the label to the next byte. */
  bind(label: Label): void {
    if (this.#bound.has(label.id)) {
      throw new GradusError("bad-argument", `x64: label ${label.id} is bound twice.`, { label });
    }
    this.#bound.set(label.id, this.#length);
  }

  /** The offset of a bound label; undefined before `bind`. */
  offsetOf(label: Label): number | undefined {
    return this.#bound.get(label.id);
  }

  /** A 32-bit distance to a label, measured from `trailing` bytes after the four. */
  distance(label: Label, addend = 0, trailing = 0): void {
    this.#fixups.push({ at: this.#length, label, addend, from: this.#length + 4 + trailing });
    this.int32(0);
  }

  /** The label of a constant, which is placed at a multiple of its length.
   *  @throws GradusError `bad-argument` unless it has 4, 8, 16, 32 or 64 bytes. */
  constant(bytes: Uint8Array): Label {
    // one character per byte: constants of different lengths have different keys
    const key = String.fromCharCode.apply(null, bytes as unknown as number[]);
    let known = this.#constants.get(key);
    if (!known) {
      if (!CONSTANT_SIZES.has(bytes.length)) {
        throw new GradusError(
          "bad-argument",
          `x64: a constant must have 4, 8, 16, 32 or 64 bytes, got ${bytes.length}.`,
          {
            bytes,
          },
        );
      }
      known = { label: this.label(), bytes: bytes.slice() };
      this.#constants.set(key, known);
    }
    return known.label;
  }

  /** The listing text of the bytes that follow; called only if lines are kept. */
  line(text: () => string): void {
    if (this.listing) this.#lines.push({ offset: this.#length, text: text() });
  }

  /** Empty without the option `listing`. */
  get lines(): readonly ListingLine[] {
    return this.#lines;
  }

  /** Pads with no-ops, so that the next instruction begins at a multiple of `boundary`. */
  align(boundary: number): void {
    let rest = (boundary - (this.#length % boundary)) % boundary;
    while (rest > 0) {
      const size = Math.min(rest, NOTHING.length);
      this.line(() => "nop");
      this.append(NOTHING[size - 1] as readonly number[]);
      rest -= size;
    }
  }

  /** Places the constants, resolves all distances and returns the bytes; nothing may be added afterwards.
   *  @throws GradusError `bad-argument` if a label was used and never bound. */
  finish(): Uint8Array<ArrayBuffer> {
    const constants = [...this.#constants.values()].sort((a, b) => b.bytes.length - a.bytes.length);
    while (this.#length % 64 !== 0) this.byte(0xcc);
    for (const { label, bytes } of constants) {
      this.bind(label);
      this.append(bytes);
    }
    const view = new DataView(this.#bytes.buffer);
    for (const { at, label, addend, from } of this.#fixups) {
      const offset = this.#bound.get(label.id);
      if (offset === undefined) {
        throw new GradusError("bad-argument", `x64: label ${label.id} is used but never bound.`, { label });
      }
      view.setInt32(at, offset + addend - from, true);
    }
    return this.#bytes.slice(0, this.#length);
  }
}

/** No-ops of one to nine bytes. Source: Intel's manual, volume 2, NOP. */
const NOTHING: readonly (readonly number[])[] = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];
