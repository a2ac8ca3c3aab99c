import { largest } from "../../core/extremes.ts";
import { displayWidth } from "../../core/terminal-text.ts";

/** Wraps words into lines of at most `width` columns. Each line starts with `indent`, the first one with `first`. */
export function wrap(text: string, width: number, indent = "", first = indent): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join("\n");
}

/** Aligns the cells of rows in columns; all columns but the first hold numbers and are right-aligned. */
export function alignColumns(rows: readonly (readonly string[])[], indent = ""): string {
  const count = Math.max(0, largest(rows.map((row) => row.length)));
  const widths = Array.from({ length: count }, (_, index) =>
    largest(rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => {
        const space = " ".repeat((widths[index] as number) - displayWidth(cell));
        return index === 0 ? cell + space : space + cell;
      });
      return (indent + cells.join("  ")).trimEnd();
    })
    .join("\n");
}
