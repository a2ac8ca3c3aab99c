import { allocated } from "../core/memory.ts";

/** Concatenates parts in one array.
 *  @param what for the message if memory is missing. @throws GradusError `out-of-memory`. */
export function joinBytes(what: string, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = allocated(what, total, () => new Uint8Array(total), TOO_LARGE);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What to do about a file that does not fit into memory. */
export const TOO_LARGE = "Divide the file, or close other programs.";
