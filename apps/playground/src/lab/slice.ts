import { type Dataset, fromArrays, GradusError } from "gradus";
import type { PictureData } from "../config/config.ts";
import { gunzip } from "./gunzip.ts";

/** Reads a file of the page's folder of data, by its name. */
export type ReadFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** Labels and pixels of one part of a slice. */
interface Part {
  readonly labels: Uint8Array;
  /** (N, height, width), 0 to 255. */
  readonly pixels: Uint8Array;
}

/** The first pictures of a data set, training and test. */
export interface Slice {
  readonly height: number;
  readonly width: number;
  readonly train: Part;
  readonly test: Part;
}

const MAGIC = "GSL1";
const HEAD_BYTES = 20;

/** Reads a slice as scripts/make-slices.mjs writes it, unpacked.
 *  @throws GradusError `bad-data` for anything else, `truncated-file` if bytes are missing. */
export function readSlice(name: string, bytes: Uint8Array<ArrayBuffer>): Slice {
  if (bytes.length < HEAD_BYTES || String.fromCharCode(...bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new GradusError("bad-data", `${name}: this is not a slice of pictures.`, { file: name });
  }
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  const [train, test, height, width] = [4, 8, 12, 16].map((at) => head.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const expected = HEAD_BYTES + (train + test) * (1 + height * width);
  if (bytes.length !== expected) {
    throw new GradusError("truncated-file", `${name}: ${bytes.length} bytes, expected ${expected}.`, {
      file: name,
      size: bytes.length,
      expected,
    });
  }
  let at = HEAD_BYTES;
  const take = (size: number) => {
    at += size;
    return bytes.subarray(at - size, at);
  };
  const part = (count: number): Part => ({ labels: take(count), pixels: take(count * height * width) });
  return { height, width, train: part(train), test: part(test) };
}

const CLASS_NAMES: Readonly<Record<PictureData["name"], readonly string[]>> = {
  mnist: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  "fashion-mnist": [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
};

/** Pictures as `gradus train` sees them with `{ name, train, test, layout: "image" }`: the first ones of each part, values in [0, 1]. */
export async function loadPictures(
  { name, samples, testSamples }: PictureData,
  read: ReadFile,
): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const { height, width, train, test } = readSlice(name, await gunzip(await read(`${name}.bin.gz`)));
  const dataset = (part: "train" | "test", { labels, pixels }: Part, count: number): Dataset =>
    fromArrays({
      name: `${name} ${part}`,
      inputs: pixels,
      inputShape: [1, height, width],
      targets: Int32Array.from(labels),
      classes: CLASS_NAMES[name].length,
      classNames: CLASS_NAMES[name],
      transform: { center: 0, divisor: 255 },
    }).take(Math.min(count, labels.length));
  return { train: dataset("train", train, samples), test: dataset("test", test, testSamples) };
}
