import { escapeHtml } from "./svg.ts";

/** What may be wider than the page: it scrolls by itself, also with the keyboard, and a shadow at its edge says that there is more.
 *  @param label names the part for screen readers. @param kind a further class. */
export function scrollBox(label: string, html: string, kind = ""): string {
  const classes = kind === "" ? "table" : `table ${kind}`;
  return `<div class="${classes}" role="region" tabindex="0" aria-label="${escapeHtml(label)}">${html}</div>`;
}
