import { escapeHtml } from "./svg.ts";

/** A box for content that may be wider than the page: it scrolls separately, also with the keyboard, and a shadow at its edge shows that
 *  there is more.
 *  @param label names the box for screen readers. @param kind an additional class. */
export function scrollBox(label: string, html: string, kind = ""): string {
  const classes = kind === "" ? "table" : `table ${kind}`;
  return `<div class="${classes}" role="region" tabindex="0" aria-label="${escapeHtml(label)}">${html}</div>`;
}
