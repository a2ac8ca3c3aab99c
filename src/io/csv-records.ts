import { GradusError, requireArgument } from "../core/errors.ts";
import type { CsvRecord } from "./csv-cells.ts";
import { likelyDelimiter } from "./csv-delimiter.ts";

export interface RecordOptions {
  /** For error messages. */
  readonly file: string;
  /** One character. Default: the likely one. */
  readonly delimiter?: string | undefined;
  /** Let characters pass that text does not hold: NUL, and what stands for undecodable bytes. Default false. */
  readonly lenient?: boolean;
}

/** Longer records are refused: most likely a quote is not closed. In characters. */
const LONGEST_RECORD = 2 ** 28;

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** The records of CSV text, read chunk by chunk: the same whatever the chunks are.
 *  Cells may be quoted, with "" for a quote inside; a quote within a cell that does not begin with one is a plain character. Space
 *  around cells and quotes does not count. Lines end with LF, CR LF or CR, also mixed; blank ones are left out.
 *  @throws GradusError `bad-data` with `{ file, line }` for a quote that is not closed or is followed by something, for NUL and for
 *  what was no text. Source: RFC 4180 (Shafranovich, 2005); where that is silent, as pandas. */
export function* csvRecords(chunks: Iterable<string>, options: RecordOptions): Generator<CsvRecord> {
  const scanner = new Scanner(options);
  // What is left of a chunk is looked at again when twice as much has come: each character is then read a few times at most.
  let waiting: string[] = [];
  let length = 0;
  let wanted = 0;
  for (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < wanted) continue;
    scanner.text = waiting.length === 1 ? chunk : waiting.join("");
    for (let record = scanner.next(false); record !== undefined; record = scanner.next(false)) yield record;
    const rest = scanner.rest();
    waiting = [rest];
    length = rest.length;
    wanted = 2 * length;
    if (length > LONGEST_RECORD)
      throw scanner.failure("the record is longer than 2^28 characters; is a quote not closed?");
  }
  scanner.text = waiting.join("");
  for (let record = scanner.next(true); record !== undefined; record = scanner.next(true)) yield record;
}

class Scanner {
  readonly #options: RecordOptions;
  #text = "";
  #at = 0;
  /** Line ends passed. */
  #lines = 0;
  #isFirst = true;
  #isSuspect = false;
  #delimiter: number | undefined;
  /** The cell that was read last, and whether it was quoted. */
  #cell = "";
  #isQuoted = false;

  constructor(options: RecordOptions) {
    const { file, delimiter } = options;
    requireArgument(
      delimiter === undefined || (delimiter.length === 1 && !'"\r\n'.includes(delimiter)),
      `${file}: delimiter must be one character, not a quote or a line end, got ${JSON.stringify(delimiter)}.`,
      { file, delimiter },
    );
    this.#options = options;
    this.#delimiter = delimiter?.charCodeAt(0);
  }

  set text(text: string) {
    const hasMark = this.#isFirst && text.charCodeAt(0) === 0xfeff;
    if (text.length > 0) this.#isFirst = false;
    this.#text = text;
    this.#at = hasMark ? 1 : 0;
    this.#isSuspect = this.#options.lenient !== true && (text.includes("\0") || text.includes("\ufffd"));
  }

  /** What no record was made of. */
  rest(): string {
    return this.#text.slice(this.#at);
  }

  failure(what: string): GradusError {
    const { file } = this.#options;
    const line = this.#lines + 1;
    return new GradusError("bad-data", `${file}, line ${line}: ${what}`, { file, line });
  }

  /** The next record, or undefined where the text ends before one does.
   *  @param isLast whether nothing follows the text. */
  next(isLast: boolean): CsvRecord | undefined {
    this.#delimiter ??= likelyDelimiter(this.#text.slice(this.#at), isLast)?.charCodeAt(0);
    if (this.#delimiter === undefined) return undefined;
    const length = this.#text.length;
    while (this.#at < length) {
      const start = this.#at;
      const linesBefore = this.#lines;
      const cells: string[] = [];
      let end = start - 1;
      do {
        end = this.#scanCell(end + 1, isLast);
        if (end < 0) {
          this.#lines = linesBefore;
          return undefined;
        }
        cells.push(this.#cell);
      } while (end < length && this.#text.charCodeAt(end) === this.#delimiter);
      if (this.#isSuspect) this.#requireText(start, end);
      const hasReturn = this.#text.charCodeAt(end) === CARRIAGE_RETURN;
      // a line feed may follow
      if (hasReturn && end + 1 === length && !isLast) {
        this.#lines = linesBefore;
        return undefined;
      }
      const line = ++this.#lines;
      this.#at = end + (hasReturn && this.#text.charCodeAt(end + 1) === LINE_FEED ? 2 : 1);
      const isBlank = cells.length === 1 && this.#cell === "" && !this.#isQuoted;
      if (!isBlank) return { cells, line };
    }
    return undefined;
  }

  /** Reads one cell. @returns the place of the delimiter or line end after it; -1 where the text ends before. */
  #scanCell(from: number, isLast: boolean): number {
    const text = this.#text;
    const delimiter = this.#delimiter;
    let at = from;
    let code = text.charCodeAt(at);
    while ((code === 32 || code === 9) && code !== delimiter) code = text.charCodeAt(++at);
    this.#isQuoted = code === QUOTE;
    if (this.#isQuoted) return this.#scanQuoted(at + 1, isLast);
    const start = at;
    while (at < text.length && code !== delimiter && code !== LINE_FEED && code !== CARRIAGE_RETURN)
      code = text.charCodeAt(++at);
    if (at === text.length && !isLast) return -1;
    const cell = text.slice(start, at);
    const last = text.charCodeAt(at - 1);
    const mayTrim = at > start && (last <= 32 || last > 126 || text.charCodeAt(start) > 126);
    this.#cell = mayTrim ? cell.trim() : cell;
    return at;
  }

  /** @param from the place after the opening quote. */
  #scanQuoted(from: number, isLast: boolean): number {
    const text = this.#text;
    let hasQuotes = false;
    let close = text.indexOf('"', from);
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) {
      hasQuotes = true;
      close = text.indexOf('"', close + 2);
    }
    const isCut = close < 0 || close + 1 === text.length;
    if (isCut && !isLast) return -1;
    if (close < 0) throw this.failure("a quote is opened and not closed.");
    const cell = text.slice(from, close);
    this.#cell = hasQuotes ? cell.replaceAll('""', '"') : cell;
    this.#lines += lineEnds(cell);
    let at = close + 1;
    let code = text.charCodeAt(at);
    while ((code === 32 || code === 9) && code !== this.#delimiter) code = text.charCodeAt(++at);
    if (at === text.length) return isLast ? at : -1;
    if (code === this.#delimiter || code === LINE_FEED || code === CARRIAGE_RETURN) return at;
    throw this.failure(
      `after a closing quote comes "${text.charAt(at)}", neither a delimiter nor the end of the line. Write quotes inside of quotes twice.`,
    );
  }

  #requireText(start: number, end: number): void {
    const record = this.#text.slice(start, end);
    if (record.includes("\0"))
      throw this.failure(
        "there is a NUL character, so this is no text, or text as UTF-16 without a byte order mark. Save it as UTF-8.",
      );
    if (record.includes("\ufffd")) throw this.failure("there are bytes that are not UTF-8. Save the file as UTF-8.");
  }
}

/** LF, CR LF and CR, each one end. */
function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  for (let at = text.indexOf("\r"); at >= 0; at = text.indexOf("\r", at + 1)) if (text[at + 1] !== "\n") count++;
  return count;
}
