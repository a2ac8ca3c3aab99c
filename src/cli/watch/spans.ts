import { displayWidth } from "../../core/terminal-text.ts";
import { plain } from "../runs/plain.ts";
import { styled } from "../terminal.ts";

type StyleName = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** A piece of a line in one style. Its text is shown harmless: escape sequences and line breaks in it are escaped. */
export interface Span {
  readonly text: string;
  readonly style?: StyleName | undefined;
}

/** One line of a picture. */
export type Line = readonly Span[];

export const span = (text: string, style?: StyleName): Span => ({ text, style });

/** Columns that a line takes. */
export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + displayWidth(plain(text)), 0);
}

/** A line for `line()`: cut to a number of columns, in its styles. */
export function drawLine(stream: NodeJS.WriteStream, line: Line, columns: number): string {
  let left = columns;
  let drawn = "";
  for (const { text, style } of line) {
    if (left <= 0) break;
    if (text === "") continue;
    const cut = plain(text, left);
    left -= displayWidth(cut);
    drawn += style === undefined ? cut : styled(stream, style, cut);
  }
  return drawn;
}

/** A text padded with spaces to a number of columns, or cut to it. */
export function padded(text: string, columns: number): string {
  const cut = plain(text, columns);
  return cut + " ".repeat(Math.max(0, columns - displayWidth(cut)));
}

/** Two pictures side by side; `gap` columns between them. */
export function beside(left: readonly Line[], right: readonly Line[], leftColumns: number, gap: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const first = left[index] ?? [];
    const second = right[index];
    if (second === undefined || second.length === 0) return first;
    return [...first, span(" ".repeat(Math.max(0, leftColumns - widthOf(first)) + gap)), ...second];
  });
}
