import { printable } from "../core/terminal-text.ts";
import type { Chart } from "./chart.ts";
import { foldedTable } from "./data-table.ts";
import { reportCss } from "./style.ts";
import { escapeHtml } from "./svg.ts";

/** A self-contained page: no scripts, nothing fetched.
 *  @param css additional to the style that all reports share. */
export function page({
  language,
  title,
  css = "",
  sections,
}: {
  readonly language: string;
  readonly title: string;
  readonly css?: string;
  readonly sections: readonly string[];
}): string {
  return printable(`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${reportCss()}${css}
</style>
</head>
<body>
<main>
${sections.join("\n")}
</main>
</body>
</html>
`);
}

/** The width of a drawing on a wide page: alone in its row, or one of two. */
export type FigureWidth = "whole" | "half";

const WIDE_SIZES = {
  whole: { width: 900, height: 320 },
  half: { width: 460, height: 300 },
} as const satisfies Record<FigureWidth, unknown>;

/** Inside a figure on a page 400 px wide. */
const NARROW_SIZE = { width: 330, height: 250 };

export interface FigureWords {
  /** The text that opens the table of the numbers, in the reader's language. */
  readonly dataTable: string;
}

/** A drawing with a title above it, a caption below and its numbers as a table. The caption is HTML. */
export function figure(
  title: string,
  chart: Chart,
  words: FigureWords,
  { caption = "", width = "whole" }: { readonly caption?: string; readonly width?: FigureWidth } = {},
): string {
  const heading = title === "" ? "" : `<h3>${escapeHtml(title)}</h3>`;
  const below = caption === "" ? "" : `<figcaption>${caption}</figcaption>`;
  const wide = chart.draw(WIDE_SIZES[width]);
  const drawn = `<div class="drawn-wide">${wide}</div><div class="drawn-narrow">${chart.draw(NARROW_SIZE)}</div>`;
  const table = foldedTable(chart.table, { fold: words.dataTable, label: chart.label });
  return `<figure>${heading}<div class="chart">${drawn}</div>${below}${table}</figure>`;
}
