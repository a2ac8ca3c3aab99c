import { readFileSync, writeFileSync } from "node:fs";
import { GradusError } from "../src/core/errors.ts";

/** The parts of the README that a measurement writes. */
export type Part = "comparison" | "prediction" | "wasm";

/** Replaces the figures of one kind of processor in a text, and leaves those of others. They stand between the comments
 *  `<!-- comparison: AMD EPYC (Zen 5) -->` and `<!-- /comparison: AMD EPYC (Zen 5) -->`. Figures of a processor that has none yet
 *  come before `<!-- end of comparison -->`.
 *  @throws GradusError `bad-data` if the text has no such place. */
export function withFigures(text: string, part: Part, processor: string, figures: string): string {
  const [before, after] = [`<!-- ${part}: ${processor} -->`, `<!-- /${part}: ${processor} -->`];
  const written = `${before}\n\n${figures.trim()}\n\n${after}`;
  const [start, end] = [text.indexOf(before), text.indexOf(after)];
  if (start >= 0 && end > start) return text.slice(0, start) + written + text.slice(end + after.length);
  const last = `<!-- end of ${part} -->`;
  const place = text.indexOf(last);
  if (place < 0) {
    throw new GradusError("bad-data", `no place for the figures: neither ${before} … ${after} nor ${last}.`, {
      part,
      processor,
    });
  }
  return `${text.slice(0, place)}${written}\n\n${text.slice(place)}`;
}

/** The same in the README of this folder's parent. */
export function writeFigures(part: Part, processor: string, figures: string): void {
  const path = new URL("../README.md", import.meta.url);
  writeFileSync(path, withFigures(readFileSync(path, "utf8"), part, processor, figures));
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
