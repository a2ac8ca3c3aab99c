import { GradusError } from "../core/errors.ts";

/** A file that is shorter than it says, in bytes. */
export function truncatedFile(file: string, expected: number, got: number): GradusError {
  return new GradusError(
    "truncated-file",
    `${file}: expected ${expected} bytes, got ${got}. The file is cut short; copy or download it again.`,
    { file, expected, got },
  );
}

/** Enough bytes to go on reading.
 *  @throws GradusError `truncated-file` with `{ file, expected, got }`. */
export function requireBytes(file: string, bytes: Uint8Array, expected: number): void {
  if (bytes.length < expected) throw truncatedFile(file, expected, bytes.length);
}

/** As many bytes as the header announces.
 *  @throws GradusError `truncated-file` for fewer, `bad-data` for more, with `{ file, expected, got }`. */
export function requireExactly(file: string, bytes: Uint8Array, expected: number): void {
  requireBytes(file, bytes, expected);
  if (bytes.length === expected) return;
  throw new GradusError(
    "bad-data",
    `${file}: the header announces ${expected} bytes, but there are ${bytes.length}. The file is damaged or of another kind.`,
    { file, expected, got: bytes.length },
  );
}
