import { readFile } from "node:fs/promises";
import { GradusError } from "../core/errors.ts";

/** A picture as bytes. */
export interface DecodedImage {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** (channels, height, width), 0 to 255. */
  readonly pixels: Uint8Array;
}

/** Reads a PNG or JPEG file: upright, as the camera's note says; transparent parts laid over white; 16 bits a channel as 8.
 *  @param channels 3: red, green, blue; 1: grey, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as Pillow does).
 *  @throws GradusError `bad-data` with `{ file, reason }` for what cannot be decoded to its end, `file-not-found`, and
 *  `backend-unavailable` where the package that decodes is not installed. */
export async function readImage(file: string, channels: 1 | 3): Promise<DecodedImage> {
  const sharp = await loadDecoder();
  const stored = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new GradusError("file-not-found", `${file}: cannot be read (${cause.code}).`, { file }, { cause });
  });
  try {
    const { data, info } = await sharp(stored)
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    return { height, width, channels, pixels: planes(data, height * width, info.channels, channels) };
  } catch (cause) {
    const [reason] = (cause as Error).message.trim().split("\n", 1);
    throw new GradusError("bad-data", `${file}: is no whole picture: ${reason}.`, { file, reason }, { cause });
  }
}

type Decoder = typeof import("sharp")["default"];

/** Loaded by the first picture. */
async function loadDecoder(): Promise<Decoder> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new GradusError(
      "backend-unavailable",
      "pictures: PNG and JPEG files are decoded by the package sharp, which is not installed or does not load here. npm install sharp",
      { package: "sharp" },
      { cause },
    );
  }
}

/** Pixels one after the other, of 1 or 3 values, as planes. */
function planes(data: Uint8Array, size: number, given: number, wanted: 1 | 3): Uint8Array {
  const planes = new Uint8Array(size * wanted);
  const green = given === 1 ? 0 : 1;
  const blue = given === 1 ? 0 : 2;
  for (let i = 0; i < size; i++) {
    const r = data[i * given] as number;
    const g = data[i * given + green] as number;
    const b = data[i * given + blue] as number;
    if (wanted === 1) {
      // in 16 bits after the point, rounded; the weights add up to 1, so that grey stays what it is
      planes[i] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;
      continue;
    }
    planes[i] = r;
    planes[size + i] = g;
    planes[2 * size + i] = b;
  }
  return planes;
}
