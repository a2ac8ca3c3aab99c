/** Control characters except newline and tab, line and paragraph separators, characters that change the direction of text, and lone
 *  surrogates. A terminal executes some of them; others disguise text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern searches for control characters
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Makes text from a file, a path or another program safe to show: each unprintable character is escaped as in JSON, `\u001b`. All
 *  scripts and emoji stay unchanged, and JSON keeps its meaning. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Stands for the escape character in our own sequences until text is shown: four private-use characters, drawn at random in each
 *  process, so that no file can contain them. */
const MARK = Array.from(globalThis.crypto.getRandomValues(new Uint16Array(4)), (drawn) =>
  String.fromCharCode(0xe000 + (drawn % 0x1900)),
).join("");

const STYLE = new RegExp(`${MARK}\\[[0-9;]*m`, "g");

/** Text with our own escape sequences, for `shown`. */
export function ownSequences(text: string): string {
  return text.replaceAll("\u001b", MARK);
}

/** Text for a terminal: our own sequences take effect, all others are shown as text. */
export function shown(text: string): string {
  return printable(text).replaceAll(MARK, "\u001b");
}

/** The visible part of text for `shown`, without our styles. */
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

/** Width if a terminal does not report one. */
const USUAL_COLUMNS = 80;

/** Cuts text to one line of a terminal, with the last column left free: a line that will be overwritten must not wrap.
 *  @param columns width of the terminal; 0 or undefined if unknown. */
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
