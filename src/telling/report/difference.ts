import type { Prescription } from "../../doctor/finding.ts";
import { escapeHtml } from "../../report/svg.ts";
import type { Texts } from "../texts/texts.ts";
import { changeLines } from "./parts.ts";

const CHANGE_CLASS: Readonly<Record<string, string>> = { "~": "changes", "+": "comes", "-": "goes" };

/** The changes that a prescription makes to the settings, as HTML: one line each, coloured as addition, removal or change. */
export function difference(prescription: Prescription, texts: Texts): string {
  const lines = changeLines(prescription, texts).map(
    (line) => `<span class="${CHANGE_CLASS[line.charAt(0)]}">${escapeHtml(line.replace(/^-/, "\u2212"))}</span>`,
  );
  return lines.length === 0 ? "" : `<pre class="difference">${lines.join("")}</pre>`;
}
