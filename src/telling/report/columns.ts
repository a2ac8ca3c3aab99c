import { largest } from "../../core/extremes.ts";
import { displayWidth } from "../../core/terminal-text.ts";

/** Words in lines of at most `width` columns, each begun with `indent`, the first with `first`. */
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

/** Rows with their cells below one another; numbers (all but the first column) to the right. */
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
