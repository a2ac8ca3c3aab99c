import { writeNotes } from "../../runs/write-notes.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { openNamed } from "./locate.ts";
import { plain } from "./plain.ts";

export interface NoteFlags {
  /** Instead of what is there. */
  readonly replace?: boolean;
}

/** `gradus runs note RUN ["text"]`: adds a paragraph to the notes of a run; without a text, prints them. */
export async function noteRun(
  terminal: Terminal,
  word: string,
  text: string | undefined,
  root: string,
  { replace = false }: NoteFlags,
): Promise<number> {
  const reader = openNamed("runs note", word, root);
  const { out, isJson } = terminal;
  const before = reader.notes.trimEnd();
  if (text === undefined) {
    if (isJson) jsonLine(out, { id: reader.id, notes: reader.notes });
    else if (before === "") line(out, `${plain(reader.name)} has no notes.`);
    else line(out, before);
    return EXIT.ok;
  }
  const given = text === "-" ? await allOf(terminal.input ?? process.stdin) : text;
  const notes = `${[replace ? "" : before, given.trim()].filter((part) => part !== "").join("\n\n")}\n`;
  writeNotes(reader.folder, notes.trim() === "" ? "" : notes);
  if (isJson) jsonLine(out, { id: reader.id, notes });
  else line(out, `noted in ${plain(reader.name)}`);
  return EXIT.ok;
}

async function allOf(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(typeof part === "string" ? Buffer.from(part) : Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}
