import { GradusError } from "../core/errors.ts";
import { COUNT, type Fields } from "../core/fields.ts";

export interface ReadOptions {
  /** Limit of a file's size, stored or unpacked. Default: the environment's GRADUS_MAX_BYTES, else 100 times the stored size, at least
   *  64 MiB; 4 GiB for a pipe, whose size is unknown before its end. */
  readonly maxBytes?: number | undefined;
}

export const READ_FIELDS: Fields<ReadOptions> = { maxBytes: COUNT };

/** Text and data arrays compress to a third or a tenth, tables of zeros to a thousandth: gzip's own limit is 1032. */
const LARGEST_RATIO = 100;
const ALWAYS_ALLOWED_BYTES = 64 * 2 ** 20;
const PIPE_BYTES = 4 * 2 ** 30;

/** The names of each limit: the option, and the environment variable. */
const NAMES = { maxBytes: "GRADUS_MAX_BYTES", maxPixels: "GRADUS_MAX_PIXELS" } as const;

/** The limit from the option or the environment; undefined if neither is set.
 *  @throws GradusError `bad-argument` unless it is a whole number of 1 or more. */
function askedLimit(name: keyof typeof NAMES, option: number | undefined): number | undefined {
  const text = process.env[NAMES[name]];
  const asked = option ?? (text ? Number(text) : undefined);
  if (asked === undefined || (Number.isSafeInteger(asked) && asked >= 1)) return asked;
  const [from, value] = option === undefined ? [NAMES[name], text] : [name, option];
  throw new GradusError("bad-argument", `${from} must be a whole number of 1 or more, got ${JSON.stringify(value)}.`, {
    name: from,
    value,
  });
}

/** Largest unpacked size of a file of `stored` bytes. */
export function unpackLimit(stored: number, options: ReadOptions): number {
  return askedLimit("maxBytes", options.maxBytes) ?? Math.max(ALWAYS_ALLOWED_BYTES, LARGEST_RATIO * stored);
}

/** Most bytes to read from a pipe. */
export function pipeLimit(options: ReadOptions): number {
  return askedLimit("maxBytes", options.maxBytes) ?? PIPE_BYTES;
}

/** @throws GradusError `limit-exceeded` for an uncompressed file larger than the requested limit. */
export function requireStoredWithin(file: string, stored: number, options: ReadOptions): void {
  const limit = askedLimit("maxBytes", options.maxBytes);
  if (limit !== undefined && stored > limit) throw tooManyBytes(file, `is ${stored} bytes long`, stored, limit);
}

/** @param does completes "FILE …, more than the limit of": "unpacks to more than 5 bytes". */
export function tooManyBytes(file: string, does: string, stored: number | undefined, limit: number): GradusError {
  return new GradusError(
    "limit-exceeded",
    `${file}: ${does}; the limit is ${limit} bytes. If the file is valid, raise the limit with maxBytes or the environment's GRADUS_MAX_BYTES.`,
    { file, stored, limit, option: "maxBytes" },
  );
}

/** As in Pillow: 2^30 / 4 / 3, a quarter of a GiB of RGB. */
const ALWAYS_ALLOWED_PIXELS = Math.floor(2 ** 30 / 4 / 3);

/** Most pixels that an image may have. */
export function pixelLimit(maxPixels?: number): number {
  return askedLimit("maxPixels", maxPixels) ?? ALWAYS_ALLOWED_PIXELS;
}
