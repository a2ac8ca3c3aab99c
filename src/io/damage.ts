import { describe } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

/** A file that is shorter than its header says, in bytes. */
export function truncatedFile(file: string, expected: number, got: number): GradusError {
  return new GradusError(
    "truncated-file",
    `${file}: expected ${expected} bytes, got ${got}. The file is truncated. Copy or download it again.`,
    { file, expected, got },
  );
}

/** Requires bytes, and enough of them to continue reading.
 *  @throws GradusError `bad-argument` for anything but a Uint8Array; `truncated-file` with `{ file, expected, got }`. */
export function requireBytes(file: string, bytes: Uint8Array, expected: number): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new GradusError(
      "bad-argument",
      `${file}: expected bytes, a Uint8Array, got ${describe(bytes)}. An ArrayBuffer becomes one by new Uint8Array(buffer).`,
      { file },
    );
  }
  if (bytes.length < expected) throw truncatedFile(file, expected, bytes.length);
}

/** Requires exactly the number of bytes that the header declares.
 *  @throws GradusError `truncated-file` for fewer, `bad-data` for more, with `{ file, expected, got }`. */
export function requireExactly(file: string, bytes: Uint8Array, expected: number): void {
  requireBytes(file, bytes, expected);
  if (bytes.length === expected) return;
  throw new GradusError(
    "bad-data",
    `${file}: the header declares ${expected} bytes, but there are ${bytes.length}. The file is damaged or of another kind.`,
    { file, expected, got: bytes.length },
  );
}

/** Bytes of an array, according to its header.
 *  @throws GradusError `bad-data` with `{ file, shape }` for sizes that are not whole numbers of 0 or more, and for more than 2^53 bytes. */
export function bytesNeeded(file: string, what: string, shape: Shape, bytesEach: number): number {
  const bytes = sizeOf(shape) * bytesEach;
  const isFine = shape.every((size) => Number.isSafeInteger(size) && size >= 0) && Number.isSafeInteger(bytes);
  if (isFine && shape.length <= MOST_AXES) return bytes;
  const shown = shape.length > MOST_AXES ? `of ${shape.length} axes` : formatShape(shape);
  throw new GradusError(
    "bad-data",
    `${file}: ${what} declares the shape ${shown}, which no file can hold. The header is damaged.`,
    { file, shape: shape.slice(0, MOST_AXES) },
  );
}

/** The limit of IDX, whose rank is one byte; NumPy's limit is 64. */
const MOST_AXES = 255;

/** The beginning of a text from a file, for a message. */
export function excerpt(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > LONGEST_EXCERPT ? `${trimmed.slice(0, LONGEST_EXCERPT)}…` : trimmed;
}

const LONGEST_EXCERPT = 200;
