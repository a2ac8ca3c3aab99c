import { displayWidth, printable } from "../../core/terminal-text.ts";

/** Name of a run, a setting or a layer, on one line of a terminal: line breaks and tabs are escaped as all other control characters are,
 *  and what is longer than `columns` is cut.
 *  @param columns default: any number. */
export function plain(text: string, columns: number = Number.POSITIVE_INFINITY): string {
  const flat = printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  if (flat.length <= columns && displayWidth(flat) <= columns) return flat;
  let left = columns - 1;
  let kept = "";
  for (const character of flat) {
    left -= displayWidth(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
