import type { MessageCursor } from "./message-cursor.ts";

/** The plugin that shows a tag, and the place of what it stores for itself. */
export interface Plugin {
  readonly name: string | undefined;
  readonly content: { readonly start: number; readonly end: number } | undefined;
}

/** Field 1, as bytes or text. */
const FIRST = 10;
/** Field 2, likewise. */
const SECOND = 18;

/** `SummaryMetadata` of summary.proto at [start, end): its field 1 is the plugin, whose own fields are 1, the name, and 2, the content.
 *  @throws NotAMessage. */
export function readPlugin(cursor: MessageCursor, start: number, end: number): Plugin {
  cursor.at = start;
  let name: string | undefined;
  let content: Plugin["content"];
  while (cursor.at < end) {
    const key = cursor.varint(end);
    if (key !== FIRST) {
      cursor.skip(key & 7, end);
      continue;
    }
    const pluginEnd = cursor.lengthEnd(end);
    while (cursor.at < pluginEnd) {
      const inner = cursor.varint(pluginEnd);
      if (inner === FIRST) name = cursor.text(pluginEnd);
      else if (inner === SECOND) {
        const contentEnd = cursor.lengthEnd(pluginEnd);
        content = { start: cursor.at, end: contentEnd };
        cursor.at = contentEnd;
      } else cursor.skip(inner & 7, pluginEnd);
    }
  }
  return { name, content };
}
