import type { PbfWriter } from "pbf";

const SURROGATE = /[\ud800-\udfff]/;
const ENCODER = new TextEncoder();

/** Writes a text as a field. `pbf` itself writes wrong bytes for characters from U+20000 on whose seventeenth bit is 0. */
export function writeText(writer: PbfWriter, field: number, text: string): void {
  if (SURROGATE.test(text)) writer.writeBytesField(field, ENCODER.encode(text));
  else writer.writeStringField(field, text);
}
