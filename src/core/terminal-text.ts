/** Control characters but newline and tab, the separators of lines and paragraphs, what turns the direction of text, and halves of
 *  characters. A terminal carries some of them out; others make text look like what it is not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Text that may come from a file, a path or another program, as it can be shown anywhere: each character that is not printable is
 *  written as in JSON, `\u001b`. All scripts and emoji stay as they are, and JSON stays the same JSON. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Stands for the escape character in our own sequences until text is shown: four characters for private use, drawn anew in each
 *  process, so that no file can hold them. */
const MARK = Array.from(globalThis.crypto.getRandomValues(new Uint16Array(4)), (drawn) =>
  String.fromCharCode(0xe000 + (drawn % 0x1900)),
).join("");

const STYLE = new RegExp(`${MARK}\\[[0-9;]*m`, "g");

/** Text with escape sequences of our own, for `shown`. */
export function ownSequences(text: string): string {
  return text.replaceAll("\u001b", MARK);
}

/** What goes to a terminal: our own sequences take effect, all others are shown as text. */
export function shown(text: string): string {
  return printable(text).replaceAll(MARK, "\u001b");
}

/** What is seen of text for `shown`: its own styles take no room. */
export function withoutSequences(text: string): string {
  return printable(text).replace(STYLE, "");
}

/** Columns that text takes on a terminal: Hangul and other wide characters take two, escape sequences none. */
export function displayWidth(text: string): number {
  return [...withoutSequences(text)].reduce((sum, character) => sum + (isWide(character) ? 2 : 1), 0);
}

/** Unicode's East Asian Width, as far as our languages need it: Hangul, Han, kana, full-width forms. */
const isWide = (character: string) =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(character);

/** Where a terminal does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** As much of a text as one line of a terminal holds, its last column left free: a line that is overwritten must not be broken.
 *  @param columns of the terminal; 0 or undefined where it does not say. */
export function oneLine(text: string, columns: number | undefined): string {
  let left = Math.max(20, columns || USUAL_COLUMNS) - 1;
  let line = "";
  for (const character of text) {
    left -= displayWidth(character);
    if (left < 0) break;
    line += character;
  }
  return line;
}
