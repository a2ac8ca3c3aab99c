import { printable } from "../core/terminal-text.ts";
import { reportCss } from "./style.ts";
import { escapeHtml } from "./svg.ts";

/** A page that needs nothing else: no script, nothing fetched.
 *  @param css beside the style that all reports share. */
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

/** A drawing with a title above and words below. The caption is HTML. */
export function figure(title: string, chart: string, caption = "", isWide = false): string {
  const heading = title === "" ? "" : `<h3>${escapeHtml(title)}</h3>`;
  const below = caption === "" ? "" : `<figcaption>${caption}</figcaption>`;
  return `<figure>${heading}<div class="chart${isWide ? " wide" : ""}">${chart}</div>${below}</figure>`;
}
