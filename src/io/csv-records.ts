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

/** Longer cells, in characters, are rejected: most likely a quote is not closed. */
const LONGEST_CELL = 2 ** 28;

/** Characters inspected for the delimiter if the first line is longer. */
const DELIMITER_SIGHT = 2 ** 20;

/** The records of CSV text, read chunk by chunk; the chunk boundaries do not matter.
 *  Cells may be quoted, with "" for a quote inside; a quote within a cell that does not begin with one is a plain character. Space
 *  around cells and quotes is ignored. Lines end with LF, CR LF or CR, also mixed; blank lines are skipped.
 *  @throws GradusError `bad-data` with `{ file, line }` for a quote that is not closed or is followed by other text, for NUL and for
 *  bytes that are not text. Source: RFC 4180 (Shafranovich, 2005); where it says nothing, as pandas. */
export function* csvRecords(chunks: Iterable<string>, options: RecordOptions): Generator<CsvRecord> {
  const { file, delimiter } = options;
  requireArgument(
    delimiter === undefined || (delimiter.length === 1 && !'"\r\n'.includes(delimiter)),
    `${file}: delimiter must be one character, not a quote or a line end, got ${JSON.stringify(delimiter)}.`,
    { file, delimiter },
  );
  let parser: RecordParser | undefined;
  let beginning = "";
  for (const chunk of chunks) {
    if (parser !== undefined) {
      yield* parser.records(chunk);
      continue;
    }
    beginning += chunk;
    const isEnough = beginning.length >= DELIMITER_SIGHT;
    const found = delimiter ?? likelyDelimiter(beginning.slice(0, DELIMITER_SIGHT), isEnough);
    if (found === undefined) continue;
    parser = new RecordParser(options, found);
    yield* parser.records(beginning);
  }
  if (parser === undefined) {
    parser = new RecordParser(options, delimiter ?? (likelyDelimiter(beginning, true) as string));
    yield* parser.records(beginning);
  }
  yield* parser.rest();
}

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Space that is ignored around cells: tab, form feed, space. */
const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 12;

/** What the next character belongs to: a cell that has not begun, one without quotes, one within quotes, a quote within quotes (it closes
 *  the cell, or is the first of two), or the space after a closed cell. */
type Place = "before" | "plain" | "quoted" | "quote" | "after";

/** Reads records from text in parts, and keeps an incomplete record until the next part. */
class RecordParser {
  readonly #options: RecordOptions;
  readonly #delimiter: number;
  #place: Place = "before";
  #cells: string[] = [];
  /** The cell that is being read, so far. */
  #cell = "";
  /** Lines that have ended. */
  #lines = 0;
  /** The line on which the record begins. */
  #firstLine = 1;
  #isFirst = true;
  /** The last character was a carriage return, and ended a line. */
  #isAfterReturn = false;
  /** Whether any character was found that does not occur in text. */
  #isSuspect = false;

  constructor(options: RecordOptions, delimiter: string) {
    this.#options = options;
    this.#delimiter = delimiter.charCodeAt(0);
  }

  *records(part: string): Generator<CsvRecord> {
    this.#isSuspect ||= this.#options.lenient !== true && /[\0\ufffd]/.test(part);
    const delimiter = this.#delimiter;
    let index = this.#isFirst && part.charCodeAt(0) === 0xfeff ? 1 : 0;
    if (part.length > 0) this.#isFirst = false;
    // the part of the cell that is not in #cell yet begins here
    let from = index;
    for (; index < part.length; index++) {
      const code = part.charCodeAt(index);
      if (this.#place === "quoted") {
        if (code === QUOTE) {
          this.#cell += part.slice(from, index);
          this.#place = "quote";
        } else if (code === LINE_FEED || code === CARRIAGE_RETURN) this.#countLine(code);
        else this.#isAfterReturn = false;
        continue;
      }
      if (this.#place === "quote") {
        if (code === QUOTE) {
          from = index;
          this.#place = "quoted";
          this.#isAfterReturn = false;
          continue;
        }
        this.#place = "after";
      }
      if (code === delimiter) {
        if (this.#place === "plain") this.#cell += part.slice(from, index);
        this.#endCell();
      } else if (code === LINE_FEED || code === CARRIAGE_RETURN) {
        // the second half of CR LF
        if (code === LINE_FEED && this.#isAfterReturn && this.#isEmpty()) {
          this.#isAfterReturn = false;
          continue;
        }
        if (this.#place === "plain") this.#cell += part.slice(from, index);
        const record = this.#endRecord();
        this.#isAfterReturn = false;
        this.#countLine(code);
        this.#firstLine = this.#lines + 1;
        if (record !== undefined) yield record;
        continue;
      } else if (this.#place === "before") {
        if (code === QUOTE) {
          this.#place = "quoted";
          from = index + 1;
        } else if (!isBlank(code)) {
          this.#place = "plain";
          from = index;
        }
      } else if (this.#place === "after" && !isBlank(code)) {
        throw this.#failure(
          this.#firstLine,
          "a closing quote is followed by neither a delimiter nor the end of the line. Double the quotes inside a quoted cell.",
        );
      }
      this.#isAfterReturn = false;
    }
    if (this.#place === "plain" || this.#place === "quoted") this.#cell += part.slice(from);
    if (this.#cell.length > LONGEST_CELL)
      throw this.#failure(this.#firstLine, "the cell is longer than 2^28 characters; is a quote not closed?");
  }

  *rest(): Generator<CsvRecord> {
    if (this.#place === "quoted") throw this.#failure(this.#firstLine, "a quote is opened and not closed.");
    const record = this.#endRecord();
    if (record !== undefined) yield record;
  }

  /** True if no part of a record has been read since the last line ended. */
  #isEmpty(): boolean {
    return this.#place === "before" && this.#cells.length === 0;
  }

  /** CR LF ends one line. */
  #countLine(code: number): void {
    if (!(code === LINE_FEED && this.#isAfterReturn)) this.#lines++;
    this.#isAfterReturn = code === CARRIAGE_RETURN;
  }

  #endCell(): void {
    this.#cells.push(this.#place === "plain" ? this.#cell.replace(/[ \t\f]+$/, "") : this.#cell);
    this.#cell = "";
    this.#place = "before";
  }

  /** The record, unless its line is blank. */
  #endRecord(): CsvRecord | undefined {
    if (this.#isEmpty()) return undefined;
    this.#endCell();
    const record: CsvRecord = { cells: this.#cells, line: this.#lines + 1 };
    this.#cells = [];
    if (this.#isSuspect) this.#requireText(record);
    return record;
  }

  #requireText({ cells, line }: CsvRecord): void {
    if (cells.some((cell) => cell.includes("\0")))
      throw this.#failure(
        line,
        "there is a NUL character, so this is not text, or UTF-16 text without a byte order mark. Save it as UTF-8.",
      );
    if (cells.some((cell) => cell.includes("\ufffd")))
      throw this.#failure(line, "there are bytes that are not UTF-8. Save the file as UTF-8.");
  }

  #failure(line: number, what: string): GradusError {
    const { file } = this.#options;
    return new GradusError("bad-data", `${file}, line ${line}: ${what}`, { file, line });
  }
}
