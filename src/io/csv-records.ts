import { CsvError, type InfoRecord, Parser } from "csv-parse";
import { GradusError, requireArgument } from "../core/errors.ts";
import type { CsvRecord } from "./csv-cells.ts";
import { likelyDelimiter } from "./csv-delimiter.ts";

export interface RecordOptions {
  /** For error messages. */
  readonly file: string;
  /** One character. Default: detected. */
  readonly delimiter?: string | undefined;
  /** Accept characters that do not occur in text: NUL, and the replacement for undecodable bytes. Default false. */
  readonly lenient?: boolean;
}

/** Longer records, in bytes, are rejected: most likely a quote is not closed. */
const LONGEST_RECORD = 2 ** 28;

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

/** The meaning of the library's errors, by code. */
const DAMAGES: Readonly<Partial<Record<CsvError["code"], string>>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and not closed.",
  CSV_INVALID_CLOSING_QUOTE:
    "a closing quote is followed by neither a delimiter nor the end of the line. Double the quotes inside a quoted cell.",
  CSV_MAX_RECORD_SIZE: "the record is longer than 2^28 bytes; is a quote not closed?",
};

/** The library's stream, driven by hand: it parses each write immediately, so that its records can be read right away. */
class RecordParser {
  readonly #options: RecordOptions;
  readonly #parser: Parser;
  /** The first half of a surrogate pair, if a chunk ends within it. */
  #half = "";
  /** Line of the last record. */
  #line = 0;
  /** Whether any character was found that does not occur in text. */
  #isSuspect = false;

  constructor(options: RecordOptions, delimiter: string) {
    this.#options = options;
    this.#parser = new Parser({
      bom: true,
      trim: true,
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: LONGEST_RECORD,
      // the library's types allow only lists of cells as records
      on_record: ((cells: string[], { lines }: InfoRecord): CsvRecord => ({ cells, line: lines })) as never,
    });
    // reported through `errored`
    this.#parser.on("error", () => {});
  }

  *records(chunk: string): Generator<CsvRecord> {
    const text = this.#half + chunk;
    const isCut = /[\ud800-\udbff]$/.test(text);
    this.#half = isCut ? text.slice(-1) : "";
    this.#isSuspect ||= this.#options.lenient !== true && /[\0\ufffd]/.test(text);
    this.#parser.write(isCut ? text.slice(0, -1) : text);
    yield* this.#ready();
  }

  *rest(): Generator<CsvRecord> {
    this.#parser.end(this.#half);
    yield* this.#ready();
  }

  *#ready(): Generator<CsvRecord> {
    for (let record = this.#parser.read(); record !== null; record = this.#parser.read()) {
      if (this.#isSuspect) this.#requireText(record);
      this.#line = record.line;
      yield record;
    }
    const { errored } = this.#parser;
    // the line where the record begins, not where the parser stopped searching for its end
    if (errored instanceof CsvError)
      throw this.#failure(this.#line + 1, DAMAGES[errored.code] ?? `${errored.message}.`, errored);
    if (errored) throw errored;
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

  #failure(line: number, what: string, cause?: CsvError): GradusError {
    const { file } = this.#options;
    return new GradusError("bad-data", `${file}, line ${line}: ${what}`, { file, line }, { cause });
  }
}
