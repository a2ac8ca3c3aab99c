import type { Prescription } from "../../doctor/finding.ts";
import { escapeHtml } from "../../report/svg.ts";
import type { Texts } from "../texts/texts.ts";
import { changeLines } from "./parts.ts";

const CHANGE_CLASS: Readonly<Record<string, string>> = { "~": "changes", "+": "comes", "-": "goes" };

/** What a prescription changes in the settings, as HTML: a line each, in the colour of what comes, goes or changes. */
export function difference(prescription: Prescription, texts: Texts): string {
  const lines = changeLines(prescription, texts).map(
    (line) => `<span class="${CHANGE_CLASS[line.charAt(0)]}">${escapeHtml(line.replace(/^-/, "\u2212"))}</span>`,
  );
  return lines.length === 0 ? "" : `<pre class="difference">${lines.join("")}</pre>`;
}
