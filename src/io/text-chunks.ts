import { joinBytes } from "./join-bytes.ts";

/** Decodes bytes to text, part by part: UTF-8, or UTF-16 if there is a byte order mark. Invalid UTF-8 becomes U+FFFD. */
export function* textChunks(chunks: Iterable<Uint8Array>): Generator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = new Uint8Array(0);
  for (const chunk of chunks) {
    if (decoder !== undefined) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    first = joinBytes("text", [first, chunk]);
    if (first.length < 2) continue;
    decoder = new TextDecoder(encodingOf(first));
    yield decoder.decode(first, { stream: true });
  }
  yield decoder === undefined ? new TextDecoder().decode(first) : decoder.decode();
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}
