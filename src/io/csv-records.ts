import { CsvError, type InfoRecord, Parser } from "csv-parse";
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

/** Longer records are refused: most likely a quote is not closed. In bytes. */
const LONGEST_RECORD = 2 ** 28;

/** Characters that tell the delimiter, where the first line is longer than that. */
const DELIMITER_SIGHT = 2 ** 20;

/** The records of CSV text, read chunk by chunk: the same whatever the chunks are.
 *  Cells may be quoted, with "" for a quote inside; a quote within a cell that does not begin with one is a plain character. Space
 *  around cells and quotes does not count. Lines end with LF, CR LF or CR, also mixed; blank ones are left out.
 *  @throws GradusError `bad-data` with `{ file, line }` for a quote that is not closed or is followed by something, for NUL and for
 *  what was no text. Source: RFC 4180 (Shafranovich, 2005); where that is silent, as pandas. */
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

/** What the library's errors mean, by code. */
const DAMAGES: Readonly<Partial<Record<CsvError["code"], string>>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and not closed.",
  CSV_INVALID_CLOSING_QUOTE:
    "after a closing quote comes something that is neither a delimiter nor the end of the line. Write quotes inside of quotes twice.",
  CSV_MAX_RECORD_SIZE: "the record is longer than 2^28 bytes; is a quote not closed?",
};

/** The library's stream, driven by hand: what is written is parsed at once, so that records can be read as soon as it is. */
class RecordParser {
  readonly #options: RecordOptions;
  readonly #parser: Parser;
  /** The first half of a character of two, where a chunk ends in it. */
  #half = "";
  /** Of the last record. */
  #line = 0;
  /** Was there anything that text does not hold? */
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
      // the library's types know no other records than lists of cells
      on_record: ((cells: string[], { lines }: InfoRecord): CsvRecord => ({ cells, line: lines })) as never,
    });
    // told by `errored`
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
    // where the record begins, not where the search for its end was given up
    if (errored instanceof CsvError)
      throw this.#failure(this.#line + 1, DAMAGES[errored.code] ?? `${errored.message}.`, errored);
    if (errored) throw errored;
  }

  #requireText({ cells, line }: CsvRecord): void {
    if (cells.some((cell) => cell.includes("\0")))
      throw this.#failure(
        line,
        "there is a NUL character, so this is no text, or text as UTF-16 without a byte order mark. Save it as UTF-8.",
      );
    if (cells.some((cell) => cell.includes("\ufffd")))
      throw this.#failure(line, "there are bytes that are not UTF-8. Save the file as UTF-8.");
  }

  #failure(line: number, what: string, cause?: CsvError): GradusError {
    const { file } = this.#options;
    return new GradusError("bad-data", `${file}, line ${line}: ${what}`, { file, line }, { cause });
  }
}
