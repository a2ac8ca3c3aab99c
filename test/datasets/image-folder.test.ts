import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { deflateSync } from "node:zlib";
import type { Sharp } from "sharp";
import type { Dataset } from "../../src/data/dataset.ts";
import { imageFolder } from "../../src/datasets/image-folder.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";

const scratch = scratchFolder();
const sharp = await import("sharp").then(
  (module) => module.default,
  () => undefined,
);
const skip = sharp === undefined ? "needs the optional package sharp" : false;

/** Interleaved pixels, (height, width, channels). */
interface Drawing {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly pixels: readonly number[];
}

function draw({ height, width, channels, pixels }: Drawing): Sharp {
  assert.ok(sharp);
  return sharp(Uint8Array.from(pixels), { raw: { height, width, channels } });
}

const plain = (height: number, width: number, ...colour: readonly number[]): Drawing => ({
  height,
  width,
  channels: colour.length as 1 | 3,
  pixels: Array.from({ length: height * width }, () => colour).flat(),
});

async function png(folder: string, name: string, drawing: Drawing): Promise<string> {
  const file = place(folder, name);
  writeFileSync(file, await draw(drawing).png().toBuffer());
  return file;
}

function place(folder: string, name: string): string {
  const file = join(scratch, folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  return file;
}

/** The first and last chunks of a PNG file: sizes, but no pixels. */
function header(height: number, width: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const sizes = Buffer.alloc(13);
  sizes.writeUInt32BE(width);
  sizes.writeUInt32BE(height, 4);
  sizes.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([
    signature,
    chunk("IHDR", sizes),
    chunk("IDAT", deflateSync(new Uint8Array(10))),
    chunk("IEND", Buffer.of()),
  ]);
}

/** CRC-32 of IEEE 802.3, bit by bit. */
function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const at = (folder: string) => join(scratch, folder);
const bytes = (dataset: Dataset) => [...dataset.toArrays().inputs.data].map((value) => Math.round(value * 255));

describe("a folder of images", { skip }, () => {
  test("golden pixels: planes of red, green, blue in [0, 1]; classes and files in the order of their names", async () => {
    await png("golden", "b/2.png", { height: 1, width: 2, channels: 3, pixels: [10, 20, 30, 40, 50, 60] });
    await png("golden", "b/1.PNG", { height: 1, width: 2, channels: 3, pixels: [255, 0, 51, 0, 255, 102] });
    await png("golden", "a/deeper/x.png", { height: 1, width: 2, channels: 3, pixels: [1, 2, 3, 4, 5, 6] });
    writeFileSync(place("golden", "a/notes.txt"), "no picture");
    writeFileSync(place("golden", ".cache/x"), "no class");
    writeFileSync(place("golden", "list.csv"), "no class");
    const progress: (readonly [number, number])[] = [];
    const { dataset, files, skipped } = await imageFolder(at("golden"), {
      onProgress: (done, total) => progress.push([done, total]),
    });
    assert.deepEqual([dataset.inputShape, dataset.classNames, dataset.classes], [[3, 1, 2], ["a", "b"], 2]);
    assert.deepEqual([...dataset.toTargets()], [0, 1, 1]);
    assert.deepEqual(bytes(dataset), [1, 4, 2, 5, 3, 6, 255, 0, 0, 255, 51, 102, 10, 40, 20, 50, 30, 60]);
    const first = dataset.subset([1]).toArrays().inputs.data;
    assert.deepEqual(first, Float32Array.of(1, 0, 0, 1, 0.2, 0.4));
    assert.deepEqual(
      files,
      ["a/deeper/x.png", "b/1.PNG", "b/2.png"].map((name) => join(at("golden"), name)),
    );
    assert.deepEqual([skipped, progress], [[], [[3, 3]]]);
  });

  test("grey by weights, by hand: 0.299 R + 0.587 G + 0.114 B; grey files keep their values in both forms", async () => {
    const pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 100, 100, 100];
    await png("grey", "a/1.png", { height: 2, width: 2, channels: 3, pixels });
    await png("grey", "a/2.png", { height: 2, width: 2, channels: 1, pixels: [0, 77, 128, 255] });
    const { dataset: grey } = await imageFolder(at("grey"), { channels: 1 });
    assert.deepEqual(bytes(grey), [76, 150, 29, 100, 0, 77, 128, 255]);
    const { dataset: colours } = await imageFolder(at("grey"));
    assert.deepEqual(bytes(colours.subset([1])), [0, 77, 128, 255, 0, 77, 128, 255, 0, 77, 128, 255]);
  });

  test("transparent parts are drawn over white", async () => {
    await png("alpha", "a/1.png", { height: 1, width: 2, channels: 4, pixels: [9, 9, 9, 0, 10, 20, 30, 255] });
    const { dataset } = await imageFolder(at("alpha"));
    assert.deepEqual(bytes(dataset), [255, 10, 255, 20, 255, 30]);
  });

  test("shrinks by area and grows between neighbours, by hand", async () => {
    await png("sizes", "a/1.png", { height: 2, width: 3, channels: 1, pixels: [0, 30, 60, 90, 120, 150] });
    const sized = async (size: readonly [number, number]) =>
      bytes((await imageFolder(at("sizes"), { channels: 1, size })).dataset);
    assert.deepEqual(await sized([1, 1]), [75]);
    assert.deepEqual(await sized([1, 3]), [45, 75, 105]);
    // two pixels from three: 0 and half of 30, over 1.5
    assert.deepEqual(await sized([2, 2]), [10, 50, 100, 140]);
    // centres at -1/4, 1/4, 3/4, 5/4: 0, 90 / 4, 270 / 4, 90 of column 0
    assert.deepEqual(await sized([4, 3]), [0, 30, 60, 23, 53, 83, 68, 98, 128, 90, 120, 150]);
  });

  test("JPEG files, upright", async () => {
    const file = place("jpeg", "a/1.jpg");
    writeFileSync(
      file,
      await draw(plain(16, 16, 200, 100, 50))
        .jpeg({ quality: 100 })
        .toBuffer(),
    );
    const { dataset } = await imageFolder(at("jpeg"));
    bytes(dataset).forEach((value, i) => {
      assert.ok(Math.abs(value - ([200, 100, 50][Math.floor(i / 256)] as number)) <= 2, `${i}: ${value}`);
    });
    const halves = {
      height: 8,
      width: 16,
      channels: 1,
      pixels: Array.from({ length: 128 }, (_, i) => (i % 16 < 8 ? 0 : 255)),
    };
    // the EXIF orientation rotates by 90 degrees, so that the left side becomes the top
    const turned = draw(halves as Drawing)
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 });
    writeFileSync(place("turned", "a/1.jpeg"), await turned.toBuffer());
    const { dataset: upright } = await imageFolder(at("turned"), { channels: 1 });
    assert.deepEqual(upright.inputShape, [1, 16, 8]);
    assert.ok(bytes(upright).every((value, i) => (i < 64 ? value < 5 : value > 250)));
  });

  test("a broken file is named and rejected, or skipped and listed", async () => {
    const whole = await png("broken", "a/1.png", plain(20, 20, 1, 2, 3));
    const noisy = {
      ...plain(64, 64, 0, 0, 0),
      pixels: Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7919) % 256),
    };
    const jpeg = await draw(noisy).resize(20, 20).jpeg().toBuffer();
    const cut = place("broken", "b/cut.jpg");
    writeFileSync(cut, jpeg.subarray(0, jpeg.length / 2));
    const empty = place("broken", "b/empty.png");
    writeFileSync(empty, "");
    const words = place("broken", "b/words.png");
    writeFileSync(words, "these are words");
    await png("broken", "b/whole.png", plain(20, 20, 4, 5, 6));
    await assert.rejects(imageFolder(at("broken")), failure("bad-data", { file: cut }));
    const { dataset, files, skipped } = await imageFolder(at("broken"), { broken: "skip" });
    assert.deepEqual(
      skipped.map(({ file }) => file),
      [cut, empty, words],
    );
    for (const { reason } of skipped) assert.ok(reason.length > 5, reason);
    assert.deepEqual(files, [whole, join(at("broken"), "b/whole.png")]);
    assert.deepEqual([...dataset.toTargets()], [0, 1]);
    assert.deepEqual(
      bytes(dataset).filter((_, i) => i % 400 === 0),
      [1, 2, 3, 4, 5, 6],
    );
    writeFileSync(place("all-broken", "a/1.png"), "words");
    await assert.rejects(imageFolder(at("all-broken"), { broken: "skip" }), failure("empty-dataset"));
  });

  test("images larger than the limit are recognised by their header, not decoded", async () => {
    const bomb = place("bomb", "a/1.png");
    writeFileSync(bomb, header(12_000, 12_000));
    const wanted = failure("limit-exceeded", {
      file: bomb,
      got: [12_000, 12_000],
      limit: 89_478_485,
      option: "maxPixels",
    });
    await assert.rejects(imageFolder(at("bomb"), { size: [8, 8] }), wanted);
    // with a higher limit it is decoded, and turns out to be only a header
    await assert.rejects(imageFolder(at("bomb"), { maxPixels: 2e8 }), failure("bad-data", { file: bomb }));
    const jpeg = place("small", "a/1.jpg");
    writeFileSync(
      jpeg,
      await draw(plain(16, 8, 200, 200, 200))
        .jpeg()
        .toBuffer(),
    );
    assert.deepEqual((await imageFolder(at("small"), { maxPixels: 128 })).dataset.inputShape, [3, 16, 8]);
    await assert.rejects(imageFolder(at("small"), { maxPixels: 127 }), failure("limit-exceeded", { got: [16, 8] }));
    const { skipped } = await imageFolder(at("small"), { broken: "skip", maxPixels: 128 });
    assert.deepEqual(skipped, []);
    process.env.GRADUS_MAX_PIXELS = "100";
    try {
      await assert.rejects(imageFolder(at("small")), failure("limit-exceeded", { limit: 100 }));
    } finally {
      delete process.env.GRADUS_MAX_PIXELS;
    }
  });

  test("a header that claims more pixels than its file can hold is rejected, not decoded; one plain colour is read", async () => {
    const liar = place("liar", "a/1.png");
    writeFileSync(liar, header(16_776_960, 5));
    await assert.rejects(
      imageFolder(at("liar")),
      failure("bad-data", { reason: `${header(1, 1).length} bytes cannot hold 16776960 x 5 pixels` }),
    );
    // nothing compresses better than one colour
    const [height, width] = [700, 800];
    const white = plain(height, width, 255, 255, 255);
    await png("plain", "a/1.png", white);
    writeFileSync(
      place("plain", "a/2.png"),
      await draw(white).png({ palette: true, colours: 2, effort: 10 }).toBuffer(),
    );
    for (const progressive of [false, true]) {
      const bytes = await draw(white).greyscale().jpeg({ progressive, quality: 1 }).toBuffer();
      writeFileSync(place("plain", `a/${progressive}.jpg`), bytes);
    }
    const { dataset } = await imageFolder(at("plain"), { size: [1, 1] });
    assert.equal(dataset.length, 4);
    for (const value of dataset.toArrays().inputs.data) assert.ok(value > 0.99);
  });

  test("an unreasonable size is rejected before an image is read", async () => {
    await png("proportion", "a/1.png", plain(2, 2, 1, 2, 3));
    await assert.rejects(
      imageFolder(at("proportion"), { size: [100_000, 100_000] }),
      failure("limit-exceeded", { size: [100_000, 100_000], option: "maxPixels" }),
    );
  });

  test("pipes among images are not waited for, and hidden files are skipped", {
    skip: process.platform === "win32" && "needs pipes and links",
  }, async () => {
    const whole = await png("no-files", "a/1.png", plain(4, 4, 1, 2, 3));
    writeFileSync(place("no-files", "a/._1.png"), "a metadata file of macOS");
    assert.deepEqual((await imageFolder(at("no-files"))).files, [whole]);
    const pipe = place("no-files", "a/2.png");
    execFileSync("mkfifo", [pipe]);
    symlinkSync(at("nowhere"), place("no-files", "a/3.png"));
    symlinkSync("/dev/zero", place("no-files", "a/4.png"));
    mkdirSync(place("no-files", "folder.png"));
    symlinkSync(join(at("no-files"), "folder.png"), place("no-files", "a/5.png"));
    symlinkSync(at("nowhere"), place("no-files", "gone"));
    writeFileSync(join(at("no-files"), "folder.png", "1.png"), "words");
    const { files, skipped } = await imageFolder(at("no-files"), { broken: "skip" });
    assert.deepEqual(files, [whole]);
    assert.deepEqual(
      skipped.map(({ file }) => file),
      [...[2, 3, 4, 5].map((name) => join(at("no-files"), `a/${name}.png`)), join(at("no-files"), "folder.png/1.png")],
    );
    await assert.rejects(imageFolder(at("no-files")), failure("bad-data", { file: pipe }));
  });

  test("an SVG drawing is not an image, whatever its name", async () => {
    const drawing = place("svg", "a/1.png");
    writeFileSync(
      drawing,
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>',
    );
    await assert.rejects(imageFolder(at("svg")), failure("bad-data", { file: drawing }));
  });

  test("folders that are not a dataset", async () => {
    await assert.rejects(imageFolder(at("nowhere")), failure("file-not-found"));
    mkdirSync(at("empty"));
    await assert.rejects(imageFolder(at("empty")), failure("empty-dataset"));
    await png("flat", "1.png", plain(1, 1, 0));
    await assert.rejects(imageFolder(at("flat")), failure("empty-dataset", { path: at("flat") }));
    await png("hollow", "a/1.png", plain(1, 1, 0));
    mkdirSync(at("hollow/b"));
    await assert.rejects(imageFolder(at("hollow")), failure("empty-dataset", { folder: at("hollow/b") }));
  });

  test("different sizes are reported if no size is given", async () => {
    const first = await png("mixed", "a/1.png", plain(2, 3, 10, 10, 10));
    const second = await png("mixed", "a/2.png", plain(3, 2, 20, 20, 20));
    const values = { file: second, first, got: [3, 2], expected: [2, 3] };
    await assert.rejects(imageFolder(at("mixed")), failure("shape-mismatch", values));
    const { dataset } = await imageFolder(at("mixed"), { size: [2, 2], channels: 1 });
    assert.deepEqual(bytes(dataset), [10, 10, 10, 10, 20, 20, 20, 20]);
  });

  test("options out of range", async () => {
    const bad: readonly object[] = [
      { size: [2] },
      { size: [0, 2] },
      { size: 3 },
      { channels: 2 },
      { broken: "ignore" },
    ];
    for (const options of bad) {
      await assert.rejects(imageFolder(at("golden"), options), failure("bad-argument"), JSON.stringify(options));
    }
    const misspelt = { extension: [".png"] } as object;
    await assert.rejects(imageFolder(at("golden"), misspelt), failure("unknown-field", { suggestion: "extensions" }));
    await assert.rejects(imageFolder(at("golden"), { extensions: ["jpg"] }), failure("empty-dataset"));
  });

  test("by name, as in experiments: the test folder has the classes of the training folder", async () => {
    await png("train", "cat/1.png", plain(2, 2, 10, 0, 0));
    await png("train", "dog/1.png", plain(2, 2, 20, 0, 0));
    await png("test", "dog/1.png", plain(4, 4, 30, 0, 0));
    writeFileSync(place("train", "dog/2.png"), "words");
    const told: string[] = [];
    const spec = { name: "images", train: at("train"), test: at("test"), size: [2, 2], broken: "skip" };
    const loaded = await loadDataset(spec, (message) => told.push(message));
    assert.deepEqual([...loaded.train.toTargets()], [0, 1]);
    assert.deepEqual([...(loaded.test?.toTargets() ?? [])], [1]);
    assert.deepEqual(
      [loaded.test?.inputShape, loaded.test?.classNames],
      [
        [3, 2, 2],
        ["cat", "dog"],
      ],
    );
    assert.equal(told.length, 1);
    assert.match(told[0] as string, /dog.2\.png: skipped/);
    const { size, ...unsized } = spec;
    await assert.rejects(loadDataset(unsized), failure("shape-mismatch", { expected: [3, 2, 2], got: [3, 4, 4] }));
    await png("odd", "eel/1.png", plain(2, 2, 0, 0, 0));
    await assert.rejects(loadDataset({ ...spec, test: at("odd") }), failure("bad-data", { folder: "eel" }));
    await assert.rejects(loadDataset({ ...spec, channels: 2 }), failure("bad-argument", { name: "channels" }));
    await assert.rejects(loadDataset({ ...spec, siez: [1, 1] }), failure("unknown-field", { suggestion: "size" }));
  });
});
