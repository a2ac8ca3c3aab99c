import { gunzipSync, constants as zlib } from "node:zlib";

/** The kinds of input files. */
export type InputKind = "csv" | "npy" | "idx" | "picture" | "json-lines";

const ENDINGS: readonly (readonly [RegExp, InputKind])[] = [
  [/\.(csv|tsv|txt)(\.gz)?$/i, "csv"],
  [/\.npy(\.gz)?$/i, "npy"],
  [/(ubyte|\.idx\d*)(\.gz)?$/i, "idx"],
  [/\.(png|jpe?g)$/i, "picture"],
  [/\.(jsonl|ndjson|json)(\.gz)?$/i, "json-lines"],
];

export function kindByName(file: string): InputKind | undefined {
  return ENDINGS.find(([pattern]) => pattern.test(file))?.[1];
}

/** The number of bytes that `kindByContent` needs. */
export const KIND_BYTES = 4096;

/** The kind by the first bytes: the magic numbers of the formats, "{" or "[" for JSON lines, else a table. */
export function kindByContent(start: Uint8Array): InputKind {
  const [a, b, c, d] = start;
  if (a === 0x1f && b === 0x8b) return kindByContent(unpacked(start));
  if (a === 0x93 && latin(start.subarray(1, 6)) === "NUMPY") return "npy";
  if ((a === 0x89 && latin(start.subarray(1, 4)) === "PNG") || (a === 0xff && b === 0xd8 && c === 0xff))
    return "picture";
  // zeros, the type of the numbers (0x08 to 0x0e), the number of axes
  if (a === 0 && b === 0 && c !== undefined && c >= 8 && c <= 14 && d !== undefined && d > 0) return "idx";
  const text = new TextDecoder().decode(start).trimStart();
  return text.startsWith("{") || text.startsWith("[") ? "json-lines" : "csv";
}

function unpacked(start: Uint8Array): Uint8Array {
  try {
    return gunzipSync(start, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 2 ** 24 });
  } catch {
    // damaged; reading the file reports it
    return new Uint8Array(0);
  }
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
