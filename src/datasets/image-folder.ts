import { basename, extname, join } from "node:path";
import { describe } from "../core/describe.ts";
import { type ErrorCode, GradusError, requireArgument } from "../core/errors.ts";
import { COUNT, callback, checkOptions, type Fields, field, oneOf, TEXTS } from "../core/fields.ts";
import { allocated } from "../core/memory.ts";
import { type Dataset, datasetFromParts } from "../data/dataset.ts";
import type { DecodedImage } from "../data/images/resize.ts";
import { resize } from "../data/images/resize.ts";
import { listFilesBelow, listFolder, pathKind } from "../files/folders.ts";
import { type ImageOptions, readImage } from "../files/image.ts";
import { pixelLimit } from "../files/limits.ts";

export interface ImageFolderOptions extends Pick<ImageOptions, "maxPixels"> {
  /** Height and width to which all images are resized, regardless of their proportions. Default: none; all must have the same size. */
  readonly size?: readonly [number, number];
  /** 1: grey; 3: red, green, blue. Default 3. */
  readonly channels?: 1 | 3;
  /** What to do with a file that cannot be read or decoded, or is too large: `refuse` the folder, or `skip` and list the file. Default "refuse". */
  readonly broken?: "refuse" | "skip";
  /** Extensions of image files, case ignored; other files are skipped, and so are files whose names begin with a dot.
   *  Default .png, .jpg, .jpeg. */
  readonly extensions?: readonly string[];
  /** The classes in the order of their labels; for a test folder, those of the training folder. Default: the folder's own, sorted. */
  readonly classNames?: readonly string[];
  /** Called after every few images, and at the end. */
  readonly onProgress?: (done: number, total: number) => void;
}

const FIELDS: Fields<ImageFolderOptions> = {
  size: field(
    "[height, width], whole numbers of 1 or more",
    (value) => Array.isArray(value) && value.length === 2 && value.every(COUNT.accepts),
  ),
  channels: oneOf(1, 3),
  maxPixels: COUNT,
  broken: oneOf("refuse", "skip"),
  extensions: TEXTS,
  classNames: TEXTS,
  onProgress: callback(),
};

export interface ImageFolder {
  /** Images (channels, height, width) in [0, 1], stored as bytes, with the class of each. */
  readonly dataset: Dataset;
  /** The file of each sample. */
  readonly files: readonly string[];
  /** Skipped files that could not be read or decoded. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Files read at a time: enough for the decoding threads. How many are decoded at once depends on their size (`readImage`). */
const CHUNK_FILES = 16;

interface Listed {
  readonly file: string;
  readonly label: number;
}

/** A dataset from a folder of images: each folder in it is a class and holds its PNG and JPEG files, in sub-folders or not. Classes and
 *  files are sorted by name.
 *    const { dataset, skipped } = await imageFolder("flowers/train", { size: [32, 32], broken: "skip" });
 *  @throws GradusError `file-not-found`; `empty-dataset` for a folder without classes, a class without images, or if all are broken;
 *  `bad-data` with the file that cannot be decoded; `limit-exceeded` for an image of more than `maxPixels`; `out-of-memory` if all
 *  together exceed the machine's memory; `io-error` if the system refuses to read; `shape-mismatch` with two files of different sizes
 *  if `size` is not given; `bad-argument`, `unknown-field` for options. */
export async function imageFolder(path: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  requireArgument(typeof path === "string", `imageFolder: expected the path of a folder, got ${describe(path)}.`);
  checkFolderOptions(options);
  const { channels = 3, broken = "refuse", onProgress } = options;
  const classNames = options.classNames ?? classFolders(path);
  const listed = listFiles(path, classNames, options);
  const collected = new Collected(path, listed.length, channels, options.size);
  for (let first = 0; first < listed.length; first += CHUNK_FILES) {
    const chunk = listed.slice(first, first + CHUNK_FILES);
    const decoded = await Promise.all(chunk.map(({ file }) => readResized(file, channels, options).catch(isBroken)));
    decoded.forEach((image, i) => {
      const { file, label } = chunk[i] as Listed;
      if (!(image instanceof GradusError)) collected.add(image, file, label);
      else if (broken === "skip") collected.skip(file, image);
      else throw refusal(image);
    });
    onProgress?.(first + chunk.length, listed.length);
  }
  return collected.finish(classNames);
}

/** Resizes immediately: a chunk of images at their original size could need gigabytes. */
async function readResized(file: string, channels: 1 | 3, options: ImageFolderOptions): Promise<DecodedImage> {
  const image = await readImage(file, channels, { maxPixels: options.maxPixels });
  if (options.size === undefined) return image;
  const [height, width] = options.size;
  return { height, width, channels, pixels: resize(image, height, width) };
}

const FAULTS_OF_FILES = new Set<ErrorCode>([
  "bad-data",
  "truncated-file",
  "limit-exceeded",
  "file-not-found",
  "io-error",
  "bad-argument",
]);

/** Returns the error of a broken file; rethrows any other. */
function isBroken(error: unknown): GradusError {
  if (error instanceof GradusError && FAULTS_OF_FILES.has(error.code)) return error;
  throw error;
}

function refusal(error: GradusError): GradusError {
  const advice = 'Repair or remove it, or skip such files with broken: "skip".';
  return new GradusError(error.code, `${error.message} ${advice}`, error.values, { cause: error });
}

/** Collects images of one size. */
class Collected {
  readonly #path: string;
  readonly #total: number;
  readonly #channels: 1 | 3;
  #size: readonly [number, number] | undefined;
  #pixels = new Uint8Array(0);
  readonly #labels: number[] = [];
  readonly #files: string[] = [];
  readonly #skipped: { readonly file: string; readonly reason: string }[] = [];

  constructor(path: string, total: number, channels: 1 | 3, size: readonly [number, number] | undefined) {
    this.#path = path;
    this.#total = total;
    this.#channels = channels;
    this.#size = size;
  }

  add(image: DecodedImage, file: string, label: number): void {
    this.#size ??= [image.height, image.width];
    const [height, width] = this.#size;
    if (image.height !== height || image.width !== width) {
      throw new GradusError(
        "shape-mismatch",
        `${file}: is ${image.height} x ${image.width}, but ${this.#files[0]} is ${height} x ${width}. Give size: [height, width] to resize all.`,
        { file, got: [image.height, image.width], expected: [height, width], first: this.#files[0] },
      );
    }
    const length = this.#channels * height * width;
    if (this.#pixels.length === 0) {
      const what = `${this.#path}: ${this.#total} images of (${this.#channels}, ${height}, ${width})`;
      const bytes = this.#total * length;
      this.#pixels = allocated(what, bytes, () => new Uint8Array(bytes), "Give a smaller size, or fewer images.");
    }
    this.#pixels.set(image.pixels, this.#files.length * length);
    this.#files.push(file);
    this.#labels.push(label);
  }

  skip(file: string, { values }: GradusError): void {
    this.#skipped.push({ file, reason: String(values.reason ?? "it cannot be read") });
  }

  finish(classNames: readonly string[]): ImageFolder {
    const files = this.#files;
    if (this.#size === undefined || files.length === 0) {
      throw new GradusError("empty-dataset", `${this.#path}: all ${this.#total} images are broken.`, {
        path: this.#path,
        skipped: this.#skipped,
      });
    }
    const [height, width] = this.#size;
    const dataset = datasetFromParts({
      name: this.#path,
      inputShape: [this.#channels, height, width],
      targetShape: [],
      storage: {
        inputs: this.#pixels.subarray(0, files.length * this.#channels * height * width),
        targets: Int32Array.from(this.#labels),
      },
      transform: { center: 0, divisor: 255 },
      classes: classNames.length,
      classNames,
    });
    return { dataset, files, skipped: this.#skipped };
  }
}

/** @throws GradusError `bad-argument`, `unknown-field`; `limit-exceeded` for a size with more pixels than `maxPixels`. */
function checkFolderOptions(options: ImageFolderOptions): void {
  checkOptions<ImageFolderOptions>("imageFolder", options, FIELDS);
  const { size, maxPixels } = options;
  const most = pixelLimit(maxPixels);
  if (size !== undefined && size[0] * size[1] > most) {
    throw new GradusError(
      "limit-exceeded",
      `imageFolder: size [${size.join(", ")}] is ${size[0] * size[1]} pixels per image, more than maxPixels, ${most}. Give a smaller size, or raise maxPixels.`,
      { size, limit: most, option: "maxPixels" },
    );
  }
}

/** Names of the folders in a folder, sorted by character codes, so that labels are the same on every machine. */
function classFolders(path: string): readonly string[] {
  if (pathKind(path) !== "folder") {
    throw new GradusError("file-not-found", `${path}: there is no such folder.`, { path });
  }
  const names = listFolder(path)
    // links are followed; a broken or inaccessible link is not a class
    .filter(({ name }) => !name.startsWith(".") && pathKind(join(path, name)) === "folder")
    .map(({ name }) => name)
    .sort();
  if (names.length > 0) return names;
  throw new GradusError(
    "empty-dataset",
    `${path}: contains no folders. Put the images of each class into a folder of its name: ${join(path, "cat", "1.png")}.`,
    { path },
  );
}

function listFiles(path: string, classNames: readonly string[], options: ImageFolderOptions): readonly Listed[] {
  const { extensions = [".png", ".jpg", ".jpeg"] } = options;
  const endings = new Set(extensions.map((ending) => `.${ending.replace(/^\./, "").toLowerCase()}`));
  const present = classFolders(path);
  const unknown = present.find((name) => !classNames.includes(name));
  if (unknown !== undefined) {
    throw new GradusError(
      "bad-data",
      `${path}: the folder ${unknown} is not one of the classes ${classNames.join(", ")}. Remove it, or add the class.`,
      { path, folder: unknown, classNames },
    );
  }
  return present.flatMap((name) => {
    const folder = join(path, name);
    const files = listFilesBelow(folder).filter(
      // macOS leaves `._1.png` beside 1.png on other disks
      (file) => !basename(file).startsWith(".") && endings.has(extname(file).toLowerCase()),
    );
    if (files.length > 0) return files.map((file) => ({ file, label: classNames.indexOf(name) }));
    throw new GradusError(
      "empty-dataset",
      `${folder}: contains no images (${[...endings].join(", ")}). Remove the folder, or give other extensions.`,
      { folder, extensions: [...endings] },
    );
  });
}
