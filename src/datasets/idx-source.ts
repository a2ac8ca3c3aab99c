import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { GradusError } from "../core/errors.ts";
import { append } from "../core/extremes.ts";
import { COUNT, callback, checkOptions, type Fields, FLAG, oneOf, TEXT } from "../core/fields.ts";
import type { Dataset } from "../data/dataset.ts";
import { fromArrays } from "../data/from-arrays.ts";
import { type Attempt, download } from "../files/download.ts";
import { readIdx } from "../files/files.ts";
import { pathKind } from "../files/folders.ts";

export type IdxPart = "trainImages" | "trainLabels" | "testImages" | "testLabels";

const parts: readonly IdxPart[] = ["trainImages", "trainLabels", "testImages", "testLabels"];

/** An image dataset in four IDX files, and its sources. */
export interface IdxSource {
  readonly name: string;
  readonly title: string;
  readonly classNames: readonly string[];
  /** Original names, and SHA-256 of the unpacked contents. */
  readonly files: Readonly<Record<IdxPart, { readonly name: string; readonly sha256: string }>>;
  /** An installed package with the files: its name and its folder (undefined if it is not installed). */
  readonly installed: { readonly title: string; readonly folder: () => string | undefined };
  /** How to install that package. */
  readonly install: string;
  /** Base addresses; the name of a file and ".gz" are appended. */
  readonly addresses: readonly string[];
}

export interface ImageOptions {
  /** A folder with the four files, gzipped or not. If given, no other location is searched. */
  readonly folder?: string;
  /** Use only the first n training images. Default: all. */
  readonly train?: number;
  /** Use only the first n test images. Default: all. */
  readonly test?: number;
  /** `flat`: (height * width,). `image`: (1, height, width). Default "flat". */
  readonly layout?: "flat" | "image";
  /** Whether to download files that are found nowhere else. Default true. */
  readonly download?: boolean;
  /** Folder for downloads. Default: `cacheFolder()`. */
  readonly cache?: string;
  /** Called before slow operations. */
  readonly notify?: (message: string) => void;
}

const IMAGE_FIELDS: Fields<ImageOptions> = {
  folder: TEXT,
  train: COUNT,
  test: COUNT,
  layout: oneOf("flat", "image"),
  download: FLAG,
  cache: TEXT,
  notify: callback(),
};

export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Folder for downloads: $GRADUS_DATA, else `gradus` in the user's cache folder ($XDG_CACHE_HOME, %LOCALAPPDATA%, ~/.cache). */
export function cacheFolder(environment: Environment = process.env): string {
  const { GRADUS_DATA, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (GRADUS_DATA) return resolve(GRADUS_DATA);
  return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), ".cache"), "gradus");
}

/** Images and labels, from the first location that has all four files: the given folder, the installed package, the cache, the public
 *  download. Images stay bytes and are read as value / 255, in [0, 1].
 *  @throws GradusError `file-not-found` or `checksum-mismatch` with `attempts`: every location and why it failed. */
export async function loadImages(source: IdxSource, options: ImageOptions = {}): Promise<TrainAndTest> {
  checkOptions<ImageOptions>(source.name, options, IMAGE_FIELDS);
  const files = await locateFiles(source, options);
  const layout = options.layout ?? "flat";
  const train = readPart(source, files.trainImages, files.trainLabels, layout, "train");
  const test = readPart(source, files.testImages, files.testLabels, layout, "test");
  return {
    train: options.train === undefined ? train : train.take(options.train),
    test: options.test === undefined ? test : test.take(options.test),
  };
}

type PartFiles = Readonly<Record<IdxPart, string>>;

async function locateFiles(source: IdxSource, options: ImageOptions): Promise<PartFiles> {
  const attempts: Attempt[] = [];
  const look = (place: string, folder: string | undefined): PartFiles | undefined => {
    const found = folder === undefined ? "not installed" : tryFolder(source, folder);
    if (typeof found !== "string") return found;
    attempts.push({ place, reason: found });
    return undefined;
  };
  if (options.folder !== undefined) {
    const folder = resolve(options.folder);
    const found = look(`the folder ${folder}`, folder);
    if (found !== undefined) return found;
    throw notFound(source, attempts, `Put the four files there, or omit the folder to search other locations.`);
  }
  const cache = join(options.cache ?? cacheFolder(), source.name);
  const local = look(source.installed.title, source.installed.folder()) ?? look(`the cache ${cache}`, cache);
  if (local !== undefined) return local;
  const advice = `Install it (${source.install}), or give a folder that contains the four files.`;
  if (options.download === false) throw notFound(source, attempts, `${advice} Downloading is switched off.`);
  try {
    return await downloadFiles(source, cache, options.notify);
  } catch (error) {
    if (!(error instanceof GradusError)) throw error;
    // errors other than a failed download, such as a full disk, are thrown unchanged
    if (!Array.isArray(error.values.attempts)) throw error;
    append(attempts, error.values.attempts as readonly Attempt[]);
    throw notFound(source, attempts, advice, error);
  }
}

function notFound(source: IdxSource, attempts: readonly Attempt[], advice: string, cause?: GradusError): GradusError {
  const places = attempts.map(({ place, reason }) => `\n  - ${place}: ${reason}`).join("");
  return new GradusError(
    cause?.code ?? "file-not-found",
    `${source.title} was not found. Searched:${places}\n${advice}`,
    { name: source.name, attempts },
    { cause },
  );
}

/** As `findFiles`; if the system refuses access, returns that reason. */
function tryFolder(source: IdxSource, folder: string): PartFiles | string {
  try {
    return findFiles(source, folder);
  } catch (error) {
    if (error instanceof GradusError) return error.message;
    throw error;
  }
}

/** The four files in a folder, or what is missing. Also accepts "train-images.idx3-ubyte", as in some archives. */
function findFiles(source: IdxSource, folder: string): PartFiles | string {
  if (pathKind(folder) !== "folder") return "there is no such folder";
  const found = parts.map((part) => {
    const { name } = source.files[part];
    const spellings = [name, `${name}.gz`, name.replace("-idx", ".idx"), `${name.replace("-idx", ".idx")}.gz`];
    return [
      part,
      spellings.map((spelling) => join(folder, spelling)).find((file) => pathKind(file) !== "missing"),
    ] as const;
  });
  const missing = found.filter(([, file]) => file === undefined).map(([part]) => source.files[part].name);
  return missing.length === 0 ? (Object.fromEntries(found) as PartFiles) : `lacks ${missing.join(", ")}`;
}

async function downloadFiles(
  source: IdxSource,
  folder: string,
  notify?: (message: string) => void,
): Promise<PartFiles> {
  const files: Partial<Record<IdxPart, string>> = {};
  for (const part of parts) {
    const { name, sha256 } = source.files[part];
    const file = join(folder, name);
    files[part] = file;
    if (pathKind(file) !== "missing") continue;
    const urls = source.addresses.map((address) => `${address}${name}.gz`);
    await download({ urls, file, sha256, ...(notify === undefined ? {} : { notify }) });
  }
  return files as PartFiles;
}

function readPart(
  source: IdxSource,
  imageFile: string,
  labelFile: string,
  layout: "flat" | "image",
  part: "train" | "test",
): Dataset {
  const images = readIdx(imageFile);
  const labels = readIdx(labelFile);
  const [, height, width] = images.shape;
  if (
    images.shape.length !== 3 ||
    height === undefined ||
    width === undefined ||
    !(images.data instanceof Uint8Array)
  ) {
    throw new GradusError(
      "bad-data",
      `${imageFile}: expected images as bytes (N, height, width), got shape (${images.shape.join(", ")}).`,
      {
        file: imageFile,
        shape: images.shape,
      },
    );
  }
  if (labels.shape.length !== 1) {
    throw new GradusError("bad-data", `${labelFile}: expected labels (N,), got shape (${labels.shape.join(", ")}).`, {
      file: labelFile,
      shape: labels.shape,
    });
  }
  return fromArrays({
    name: `${source.name} ${part}`,
    inputs: images.data,
    inputShape: layout === "flat" ? [height * width] : [1, height, width],
    targets: labels.data,
    classes: source.classNames.length,
    classNames: source.classNames,
    transform: { center: 0, divisor: 255 },
  });
}
