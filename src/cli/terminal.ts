import { styleText } from "node:util";
import { largest } from "../core/extremes.ts";
import { displayWidth, ownSequences, printable, shown } from "../core/terminal-text.ts";

type Style = Parameters<typeof styleText>[0];

/** The streams of a command: text for display or JSON lines on `out`, errors on `errors`. */
export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
  /** What a command reads if its input is "-". Default: the standard input. */
  readonly input?: AsyncIterable<Uint8Array | string>;
  /** Only JSON lines go to `out`. */
  readonly isJson: boolean;
}

/** Text in a style, for `line`, if the stream is a terminal; NO_COLOR and FORCE_COLOR override that. */
export function styled(stream: NodeJS.WriteStream, style: Style, text: string): string {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return text;
  const isWanted = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
  return stream.isTTY || isWanted ? ownSequences(styleText(style, text, { validateStream: false })) : text;
}

/** Writes a line of text for display: styles take effect, control characters from files and names are escaped. */
export function line(stream: NodeJS.WriteStream, text = ""): void {
  stream.write(`${shown(text)}\n`);
}

/** Writes one JSON object on one line. Numbers that JSON cannot represent become text: NaN, Infinity. */
export function jsonLine(stream: NodeJS.WriteStream, value: unknown): void {
  line(
    stream,
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
    ),
  );
}

/** Characters per write. */
const PIECE = 1 << 16;

/** Joins small texts into pieces of a useful size for one write. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** Writes texts as fast as the reader takes them and stops when the stream is closed. On a terminal, control characters are escaped. */
export async function writeText(stream: NodeJS.WriteStream, texts: Iterable<string>): Promise<void> {
  for (const piece of inPieces(texts)) {
    if (stream.destroyed) return;
    if (stream.write(stream.isTTY ? printable(piece) : piece)) continue;
    await new Promise<void>((resolve) => {
      const go = () => {
        for (const event of ["drain", "close", "error"]) stream.off(event, go);
        resolve();
      };
      for (const event of ["drain", "close", "error"]) stream.on(event, go);
    });
  }
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "left" | "right";
}

/** A table with columns padded to their widest cell and a line under the titles. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  const widths = columns.map((_, index) => largest(cells.map((row) => displayWidth(row[index] as string))));
  const render = (row: readonly string[]) =>
    row
      .map((cell, index) => {
        const space = " ".repeat((widths[index] as number) - displayWidth(cell));
        return columns[index]?.align === "right" ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((each) => "\u2500".repeat(each)).join("  ");
  return [render(cells[0] as readonly string[]), rule, ...cells.slice(1).map(render)].join("\n");
}
