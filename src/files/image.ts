import { GradusError } from "../core/errors.ts";
import { ShareOfRoom } from "../core/share-of-room.ts";
import type { DecodedImage } from "../data/images/resize.ts";
import { type PictureSize, pictureSize } from "../io/picture-size.ts";
import { pathKind } from "./folders.ts";
import { pixelLimit, type ReadOptions } from "./limits.ts";
import { readBytes } from "./read-bytes.ts";

export interface ImageOptions extends ReadOptions {
  /** Limit of an image's pixels, checked in its header before decoding. Default: the environment's GRADUS_MAX_PIXELS, else 89,478,485,
   *  as in Pillow. */
  readonly maxPixels?: number | undefined;
}

/** Images decoded at the same time have at most this many pixels together, 192 MiB of RGB; a larger image is decoded alone. */
const room = new ShareOfRoom(2 ** 26);

/** Reads a PNG or JPEG file: rotated as its EXIF orientation says; transparent parts over white; 16 bits per channel reduced to 8.
 *  @param channels 3: red, green, blue; 1: grey, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as in Pillow).
 *  @throws GradusError `bad-data` with `{ file, reason }` for a file that cannot be decoded completely, or is not a file;
 *  `limit-exceeded` for more than `maxPixels` according to the header; `file-not-found` and as `readBytes`; and
 *  `backend-unavailable` if the decoder package is not installed. */
export async function readImage(file: string, channels: 1 | 3, options: ImageOptions = {}): Promise<DecodedImage> {
  const maxPixels = pixelLimit(options.maxPixels);
  const sharp = await loadDecoder();
  requireFile(file);
  const stored = readBytes(file, options);
  const { height, width, isPossible } =
    pictureSize(stored) ?? (await sizeByDecoder(() => sharp(stored, { limitInputPixels: false }), file));
  if (width * height > maxPixels) throw tooLarge(file, height, width, maxPixels);
  if (!isPossible) throw noPicture(file, new Error(`${stored.length} bytes cannot hold ${height} x ${width} pixels`));
  return room.take(width * height, () => decode(sharp(stored, { limitInputPixels: maxPixels }), file, channels));
}

async function decode(image: Sharp, file: string, channels: 1 | 3): Promise<DecodedImage> {
  try {
    const { data, info } = await image
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    return { height, width, channels, pixels: planes(data, height * width, info.channels, channels) };
  } catch (cause) {
    throw noPicture(file, cause as Error);
  }
}

/** The size of a file that is neither PNG nor JPEG. */
async function sizeByDecoder(open: () => Sharp, file: string): Promise<PictureSize> {
  try {
    const { height, width, format } = await open().metadata();
    // an SVG drawing is a program, not an image
    if (format === "svg") throw new Error("it is an SVG drawing, not pixels");
    return { height, width, isPossible: true };
  } catch (cause) {
    throw noPicture(file, cause as Error);
  }
}

/** Rejects pipes and devices among images instead of waiting for them. */
function requireFile(file: string): void {
  if (pathKind(file) !== "other") return;
  const reason = "it is a pipe or a device, not a file";
  throw new GradusError("bad-data", `${file}: is not an image: ${reason}.`, { file, reason });
}

function noPicture(file: string, cause: Error): GradusError {
  const [reason] = cause.message.trim().split("\n", 1);
  return new GradusError("bad-data", `${file}: is not a complete image: ${reason}.`, { file, reason }, { cause });
}

function tooLarge(file: string, height: number, width: number, maxPixels: number): GradusError {
  const reason = `it has ${height} x ${width} = ${height * width} pixels, more than maxPixels, ${maxPixels}`;
  return new GradusError(
    "limit-exceeded",
    `${file}: is too large: ${reason}. Make it smaller, or raise maxPixels (GRADUS_MAX_PIXELS in the environment) if there is memory for it.`,
    { file, reason, got: [height, width], limit: maxPixels, option: "maxPixels" },
  );
}

type Decoder = typeof import("sharp")["default"];
type Sharp = ReturnType<Decoder>;

/** Loaded for the first image. */
async function loadDecoder(): Promise<Decoder> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new GradusError(
      "backend-unavailable",
      "images: the package sharp decodes PNG and JPEG files, but it is not installed or does not load here. Run: npm install sharp",
      { package: "sharp" },
      { cause },
    );
  }
}

/** Converts interleaved pixels of 1 or 3 values to planes. */
function planes(data: Uint8Array, size: number, given: number, wanted: 1 | 3): Uint8Array {
  const planes = new Uint8Array(size * wanted);
  const green = given === 1 ? 0 : 1;
  const blue = given === 1 ? 0 : 2;
  for (let i = 0; i < size; i++) {
    const r = data[i * given] as number;
    const g = data[i * given + green] as number;
    const b = data[i * given + blue] as number;
    if (wanted === 1) {
      // 16 fractional bits, rounded; the weights add up to 1, so that grey stays unchanged
      planes[i] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;
      continue;
    }
    planes[i] = r;
    planes[size + i] = g;
    planes[2 * size + i] = b;
  }
  return planes;
}
