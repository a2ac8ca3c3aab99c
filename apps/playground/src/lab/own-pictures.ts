import { GradusError } from "gradus";
import type { OwnSamples } from "./protocol.ts";

/** Most pictures, and most bytes of one file. */
const MOST_PICTURES = 2000;
const MOST_BYTES = 32 * 2 ** 20;

const FEWEST_PICTURES = 10;

/** Edge to which every picture is scaled, in pixels. */
export const GREY_EDGE = 28;
export const COLOUR_EDGE = 32;

/** What of a `File` is used. `webkitRelativePath` is set where a folder was chosen; a drop gives the path in `path`. */
export interface PictureFile {
  readonly name: string;
  readonly size: number;
  readonly webkitRelativePath?: string;
  readonly path?: string;
}

/** Pixels of a picture scaled to a square: red, green, blue, alpha, row by row. */
export type Decode<Of extends PictureFile> = (file: Of, edge: number) => Promise<Uint8ClampedArray>;

export interface OwnPicturesOptions<Of extends PictureFile> {
  readonly decode: Decode<Of>;
  /** Called after each picture. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads pictures as samples of classes. A picture's class is its folder, or else the beginning of its name up to a digit, a dash, an
 *  underscore or a space: `cat-12.png` and `cat 3.jpg` are of class `cat`. Pictures are grey, 28 x 28, if all of them are grey, and
 *  otherwise in colour, 32 x 32. Transparent parts become white.
 *  @throws GradusError `bad-data` with the file's name for a picture that cannot be read, and for fewer than two classes;
 *    `limit-exceeded` for more than 2,000 pictures or 32 MiB in one; `empty-dataset` for fewer than ten; `interrupted`. */
export async function readOwnPictures<Of extends PictureFile>(
  files: readonly Of[],
  { decode, onProgress, signal }: OwnPicturesOptions<Of>,
): Promise<OwnSamples> {
  const pictures = files.filter(isPicture);
  requireNumbers(pictures);
  const labelled = classesOf(pictures);
  const pixels: Uint8Array[] = [];
  for (const [index, file] of pictures.entries()) {
    if (signal?.aborted) throw new GradusError("interrupted", "reading the pictures was cancelled.");
    pixels.push(onWhite(await decoded(file, decode)));
    onProgress?.(index + 1, pictures.length);
  }
  const isGrey = pixels.every(hasNoColour);
  const edge = isGrey ? GREY_EDGE : COLOUR_EDGE;
  const channels = isGrey ? 1 : 3;
  const inputs = new Uint8Array(pixels.length * channels * edge * edge);
  for (const [index, each] of pixels.entries()) {
    const scaled = isGrey ? onWhite(await decoded(pictures[index] as Of, decode, GREY_EDGE)) : each;
    inputs.set(planes(scaled, channels), index * channels * edge * edge);
  }
  return {
    inputs,
    inputShape: [channels, edge, edge],
    targets: Int32Array.from(labelled.labels),
    classes: labelled.names.length,
    classNames: labelled.names,
  };
}

function isPicture({ name }: PictureFile): boolean {
  return /\.(png|jpe?g|gif|webp|bmp|avif)$/i.test(name);
}

function requireNumbers(pictures: readonly PictureFile[]): void {
  const count = pictures.length;
  if (count < FEWEST_PICTURES) {
    throw new GradusError(
      "empty-dataset",
      `expected at least ${FEWEST_PICTURES} pictures (PNG, JPEG, GIF, WebP, BMP or AVIF), got ${count}.`,
      { pictures: count, expected: FEWEST_PICTURES },
    );
  }
  if (count > MOST_PICTURES) {
    throw new GradusError("limit-exceeded", `expected at most ${MOST_PICTURES} pictures, got ${count}.`, {
      pictures: count,
      limit: MOST_PICTURES,
    });
  }
  const large = pictures.find(({ size }) => size > MOST_BYTES);
  if (large !== undefined) {
    throw new GradusError(
      "limit-exceeded",
      `${large.name}: the file has ${large.size} bytes, the limit is ${MOST_BYTES}.`,
      { file: large.name, size: large.size, limit: MOST_BYTES },
    );
  }
}

/** The name of a picture's class. */
export function classOf({ name, webkitRelativePath, path }: PictureFile): string {
  const folders = (path || webkitRelativePath || "").split("/").filter(Boolean).slice(0, -1);
  // the folder that was chosen holds one folder for each class
  const folder = folders.at(-1);
  if (folder !== undefined && folders.length > 1) return folder;
  const prefix = /^[^\d\s_.-]+/.exec(name)?.[0];
  return prefix ?? folder ?? name;
}

function classesOf(pictures: readonly PictureFile[]): {
  readonly names: readonly string[];
  readonly labels: readonly number[];
} {
  const own = pictures.map(classOf);
  const names = [...new Set(own)].sort();
  if (names.length < 2) {
    throw new GradusError(
      "bad-data",
      `expected pictures of at least two classes, got one: ${names[0]}. Put the pictures of each class into a folder of their own, or begin their names with it: cat-1.png, dog-1.png.`,
      { classes: names },
    );
  }
  if (names.length > pictures.length / 2) {
    throw new GradusError(
      "bad-data",
      `${pictures.length} pictures have ${names.length} different classes (${names.slice(0, 3).join(", ")}, …). Put the pictures of each class into a folder of their own, or begin their names with it: cat-1.png, dog-1.png.`,
      { pictures: pictures.length, classes: names.length },
    );
  }
  return { names, labels: own.map((name) => names.indexOf(name)) };
}

async function decoded<Of extends PictureFile>(file: Of, decode: Decode<Of>, edge = COLOUR_EDGE) {
  try {
    return await decode(file, edge);
  } catch (error) {
    throw new GradusError(
      "bad-data",
      `${file.name} cannot be read as a picture. Take it out, or save it again as PNG or JPEG.`,
      { file: file.name },
      { cause: error },
    );
  }
}

/** Red, green and blue, with white behind what is transparent. */
function onWhite(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    const alpha = (rgba[4 * pixel + 3] as number) / 255;
    for (let channel = 0; channel < 3; channel++) {
      rgb[3 * pixel + channel] = Math.round(255 + alpha * ((rgba[4 * pixel + channel] as number) - 255));
    }
  }
  return rgb;
}

/** Largest difference between channels of a grey picture that was stored with loss. */
const GREY_DIFFERENCE = 8;

function hasNoColour(rgb: Uint8Array): boolean {
  for (let at = 0; at < rgb.length; at += 3) {
    const [red, green, blue] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > GREY_DIFFERENCE) return false;
  }
  return true;
}

/** (channels, height, width) from interleaved channels; one channel takes the green one, which grey pictures share. */
function planes(rgb: Uint8Array, channels: number): Uint8Array {
  const size = rgb.length / 3;
  if (channels === 1) return Uint8Array.from({ length: size }, (_, pixel) => rgb[3 * pixel + 1] as number);
  const out = new Uint8Array(rgb.length);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < 3; channel++) out[channel * size + pixel] = rgb[3 * pixel + channel] as number;
  }
  return out;
}
