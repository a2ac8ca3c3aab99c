import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { GradusError } from "../../src/core/errors.ts";
import { cacheFolder, type IdxPart, type IdxSource, loadImages } from "../../src/datasets/idx-source.ts";
import { encodeIdx } from "../../src/io/idx.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";

const scratch = scratchFolder();

const contents: Readonly<Record<IdxPart, Uint8Array>> = {
  trainImages: encodeIdx({ shape: [3, 2, 2], data: Uint8Array.of(0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8) }),
  trainLabels: encodeIdx({ shape: [3], data: Uint8Array.of(0, 1, 1) }),
  testImages: encodeIdx({ shape: [1, 2, 2], data: Uint8Array.of(9, 9, 9, 9) }),
  testLabels: encodeIdx({ shape: [1], data: Uint8Array.of(1) }),
};
const names: Readonly<Record<IdxPart, string>> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};
const allParts = Object.keys(names) as IdxPart[];

/** A dataset of three and one images of 2 x 2; locations that are not given are unavailable. */
function source({ installed, addresses = [] }: { installed?: string; addresses?: readonly string[] } = {}): IdxSource {
  const file = (part: IdxPart) => ({
    name: names[part],
    sha256: createHash("sha256").update(contents[part]).digest("hex"),
  });
  return {
    name: "tiny",
    title: "Tiny",
    classNames: ["cat", "dog"],
    files: Object.fromEntries(allParts.map((part) => [part, file(part)])) as IdxSource["files"],
    installed: { title: "the package tiny-data", folder: () => installed },
    install: "npm install tiny-data",
    addresses,
  };
}

let made = 0;
/** A new folder; `write` returns the name and bytes of each part, or undefined to omit it. */
function folder(
  write: (part: IdxPart) => readonly [name: string, bytes: Uint8Array] | undefined = () => undefined,
): string {
  const path = join(scratch, `folder-${made++}`);
  mkdirSync(path);
  for (const part of allParts) {
    const file = write(part);
    if (file !== undefined) writeFileSync(join(path, file[0]), file[1]);
  }
  return path;
}
const plain = (part: IdxPart) => [names[part], contents[part]] as const;

describe("a given folder", () => {
  test("plain, packed, or under the other spelling", async () => {
    const spellings = [
      plain,
      (part: IdxPart) => [`${names[part]}.gz`, gzipSync(contents[part])] as const,
      (part: IdxPart) => [names[part].replace("-idx", ".idx"), contents[part]] as const,
    ];
    for (const write of spellings) {
      const { train, test } = await loadImages(source(), { folder: folder(write), layout: "image" });
      assert.deepEqual(train.inputShape, [1, 2, 2]);
      assert.deepEqual([...train.take(1).toArrays().inputs.data], [...Float32Array.of(0, 0.2, 0.4, 1)]);
      assert.deepEqual([...train.toTargets()], [0, 1, 1]);
      assert.deepEqual(train.classNames, ["cat", "dog"]);
      assert.equal(test.length, 1);
    }
  });

  test("that lacks a file is an error, even if the package is installed", async () => {
    const path = folder((part) => (part === "testLabels" ? undefined : plain(part)));
    const attempts = [{ place: `the folder ${path}`, reason: "lacks t10k-labels-idx1-ubyte" }];
    await assert.rejects(
      loadImages(source({ installed: folder(plain) }), { folder: path }),
      failure("file-not-found", { attempts }),
    );
  });

  test("with a truncated, a mismatched or a mislabelled file", async () => {
    const cut = folder((part) => [
      names[part],
      part === "trainImages" ? contents[part].subarray(0, 20) : contents[part],
    ]);
    await assert.rejects(loadImages(source(), { folder: cut }), failure("truncated-file", { expected: 28, got: 20 }));
    const swapped = folder((part) => [names[part], part === "trainLabels" ? contents.testLabels : contents[part]]);
    await assert.rejects(
      loadImages(source(), { folder: swapped }),
      failure("shape-mismatch", { inputs: 3, targets: 1 }),
    );
    const images = folder((part) => [names[part], part === "trainImages" ? contents.trainLabels : contents[part]]);
    await assert.rejects(loadImages(source(), { folder: images }), failure("bad-data", { shape: [3] }));
    const wrong = encodeIdx({ shape: [3], data: Uint8Array.of(0, 1, 2) });
    const labels = folder((part) => [names[part], part === "trainLabels" ? wrong : contents[part]]);
    await assert.rejects(
      loadImages(source(), { folder: labels }),
      failure("label-out-of-range", { row: 2, value: 2, classes: 2 }),
    );
  });
});

describe("without a folder", () => {
  let server: Server;
  let requests: string[] = [];
  let address = "";
  const answers = new Map<string, Uint8Array>();

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request.url as string);
      const body = answers.get(request.url as string);
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const part of allParts) {
      answers.set(`/good/${names[part]}.gz`, gzipSync(contents[part]));
      answers.set(`/bad/${names[part]}.gz`, gzipSync(Uint8Array.of(1, 2, 3)));
    }
  });
  after(() => server.close());

  test("the installed package comes before the cache and the download", async () => {
    requests = [];
    const { train } = await loadImages(source({ installed: folder(plain), addresses: [`${address}/good/`] }), {
      cache: folder(),
    });
    assert.equal(train.length, 3);
    assert.deepEqual(requests, []);
  });

  test("downloads once, checked and whole, then reads the cache", async () => {
    requests = [];
    const cache = folder();
    const told: string[] = [];
    const tiny = source({ addresses: [`${address}/absent/`, `${address}/good/`] });
    const { train } = await loadImages(tiny, { cache, notify: (message) => told.push(message) });
    assert.deepEqual([...train.toTargets()], [0, 1, 1]);
    assert.equal(requests.length, 8, "each file: one address that lacks it, one that has it");
    assert.equal(told.length, 8);
    assert.deepEqual(readdirSync(join(cache, "tiny")).sort(), Object.values(names).sort());
    await loadImages(tiny, { cache });
    assert.equal(requests.length, 8);
  });

  test("bytes with another checksum are rejected and not kept", async () => {
    const cache = folder();
    await assert.rejects(
      loadImages(source({ addresses: [`${address}/bad/`] }), { cache }),
      failure("checksum-mismatch"),
    );
    assert.throws(() => readdirSync(join(cache, "tiny")));
  });

  test("the error names every searched location", async () => {
    const cache = folder();
    const closed = "http://127.0.0.1:9/";
    await assert.rejects(
      loadImages(source({ addresses: [`${address}/absent/`, closed] }), { cache }),
      (error: GradusError) => {
        failure("file-not-found")(error);
        const { attempts } = error.values as { attempts: { place: string; reason: string }[] };
        assert.deepEqual(
          attempts.map(({ place }) => place),
          [
            "the package tiny-data",
            `the cache ${join(cache, "tiny")}`,
            `${address}/absent/${names.trainImages}.gz`,
            `${closed}${names.trainImages}.gz`,
          ],
        );
        assert.match(error.message, /npm install tiny-data/);
        return true;
      },
    );
  });

  test("downloading can be switched off", async () => {
    requests = [];
    const options = { cache: folder(), download: false };
    await assert.rejects(loadImages(source({ addresses: [`${address}/good/`] }), options), failure("file-not-found"));
    assert.deepEqual(requests, []);
  });
});

test("the cache folder follows the environment", () => {
  assert.equal(cacheFolder({ GRADUS_DATA: "/data" }), "/data");
  assert.equal(cacheFolder({ XDG_CACHE_HOME: "/cache" }), join("/cache", "gradus"));
  assert.match(cacheFolder({ XDG_CACHE_HOME: "" }), /\.cache[/\\]gradus$/);
});
