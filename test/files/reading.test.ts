import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { readCheckpoint, readCsv, readIdx, readNpy, readSafetensors, writeNpy } from "../../src/files/files.ts";
import { readLog } from "../../src/files/logs/read-log.ts";
import { decodeText, readBytes, readBytesLeniently, readStart } from "../../src/files/read-bytes.ts";
import { encodeNpy } from "../../src/io/npy.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";

const folder = scratchFolder();
const READERS = { readIdx, readNpy, readCsv, readSafetensors, readCheckpoint };

describe("files that unpack to much more", () => {
  // 64 MiB and one byte of zeros, in 64 KiB
  const bomb = gzipSync(new Uint8Array(64 * 2 ** 20 + 1));

  for (const [name, read] of Object.entries(READERS)) {
    test(`${name} stops at the limit and names the option`, () => {
      const file = join(folder, `bomb-${name}.gz`);
      writeFileSync(file, bomb);
      assert.throws(
        () => read(file),
        failure("limit-exceeded", { file, stored: bomb.length, limit: 64 * 2 ** 20, option: "maxBytes" }),
      );
    });
  }

  test("a truncated stream stops at the limit, too", () => {
    const file = join(folder, "broken-bomb.gz");
    writeFileSync(file, bomb.subarray(0, bomb.length - 20));
    assert.throws(() => readBytesLeniently(file, { maxBytes: 2 ** 20 }), failure("limit-exceeded", { file }));
  });

  test("logs stop at the limit", async () => {
    const file = join(folder, "log.csv.gz");
    writeFileSync(file, bomb);
    await assert.rejects(readLog(file), failure("limit-exceeded", { file }));
  });

  test("maxBytes raises and lowers the limit, also for plain files", () => {
    const array = { shape: [64 * 2 ** 20], data: new Uint8Array(64 * 2 ** 20) };
    const packed = join(folder, "zeros.npy.gz");
    writeFileSync(packed, gzipSync(encodeNpy(array), { level: 1 }));
    assert.throws(() => readNpy(packed), failure("limit-exceeded"));
    assert.deepEqual(readNpy(packed, { maxBytes: 2 ** 27 }).shape, array.shape);
    const plain = join(folder, "plain.npy");
    writeNpy(plain, { shape: [100], data: new Float32Array(100) });
    assert.throws(() => readNpy(plain, { maxBytes: 100 }), failure("limit-exceeded", { file: plain, limit: 100 }));
    assert.throws(() => readNpy(plain, { maxBytes: 0 }), failure("bad-argument"));
  });

  test("the environment sets it if no option does", () => {
    const file = join(folder, "rows.csv.gz");
    writeFileSync(file, gzipSync("a,b\n1,2\n"));
    process.env.GRADUS_MAX_BYTES = "4";
    try {
      assert.throws(() => readCsv(file), failure("limit-exceeded", { limit: 4 }));
      assert.equal(readCsv(file, { maxBytes: 100 }).length, 1);
      process.env.GRADUS_MAX_BYTES = "much";
      assert.throws(() => readCsv(file), failure("bad-argument"));
    } finally {
      delete process.env.GRADUS_MAX_BYTES;
    }
  });
});

describe("what the system refuses", () => {
  const isRoot = process.getuid?.() === 0;

  for (const [name, read] of Object.entries(READERS)) {
    test(`${name} of a folder, a missing file, a path through a file, a cycle of links`, () => {
      const path = (own: string) => join(folder, `${name}-${own}`);
      mkdirSync(path("folder"));
      assert.throws(() => read(path("folder")), failure("bad-data", { file: path("folder"), reason: "EISDIR" }));
      assert.throws(() => read(path("none")), failure("file-not-found", { file: path("none"), reason: "ENOENT" }));
      writeFileSync(path("file"), "");
      const through = join(path("file"), "x.csv");
      assert.throws(() => read(through), failure("file-not-found", { file: through, reason: "ENOTDIR" }));
      symlinkSync(path("circle"), path("circle"));
      assert.throws(() => read(path("circle")), failure("io-error", { file: path("circle"), reason: "ELOOP" }));
      symlinkSync(path("gone"), path("dangling"));
      assert.throws(() => read(path("dangling")), failure("file-not-found", { file: path("dangling") }));
      assert.throws(() => read("a\0b"), failure("bad-argument"));
      assert.throws(() => read(""), failure("bad-argument"));
      assert.throws(() => read(undefined as unknown as string), failure("bad-argument"));
      assert.throws(() => read("/dev/zero"), failure("bad-data", { file: "/dev/zero" }));
    });
  }

  test("of a file without permission", { skip: isRoot && "root may read everything" }, () => {
    const file = join(folder, "secret.csv");
    writeFileSync(file, "1,2\n");
    chmodSync(file, 0);
    assert.throws(() => readCsv(file), failure("io-error", { file, reason: "EACCES" }));
  });

  test("too many open files", { skip: process.platform !== "linux" && "needs prlimit" }, () => {
    const script =
      "import { readCsv } from './src/files/files.ts'; import { openSync } from 'node:fs';" +
      "try { for (;;) openSync('/dev/null'); } catch {}" +
      "try { readCsv('package.json'); } catch (error) { console.log(error.code, error.values.reason); }";
    const arguments_ = ["--import", "tsx", "--input-type=module", "-e", script];
    const shell = `ulimit -n 64; exec "$0" "$@"`;
    const told = execFileSync("sh", ["-c", shell, process.execPath, ...arguments_], { encoding: "utf8" });
    assert.equal(told, "io-error EMFILE\n");
  });

  test("logs: a folder without event files, a missing file, a broken link", async () => {
    const none = join(folder, "no-log.csv");
    await assert.rejects(readLog(none), failure("file-not-found", { file: none }));
    const dangling = join(folder, "dangling.csv");
    symlinkSync(none, dangling);
    await assert.rejects(readLog(dangling), failure("file-not-found", { file: dangling }));
  });
});

describe("pipes and odd files", { skip: process.platform === "win32" && "needs named pipes" }, () => {
  test("a pipe is read to its end, however slow it is", async () => {
    const pipe = join(folder, "rows.csv");
    execFileSync("mkfifo", [pipe]);
    const writer = spawn("sh", ["-c", `{ echo a,b; sleep 0.1; echo 1,2; } > "$0"`, pipe]);
    // the writer waits for a reader; the reader reads as soon as the writer has opened the pipe
    await new Promise((resolve) => writer.on("spawn", resolve));
    const read = await eventually(() => readCsv(pipe));
    assert.deepEqual(read.featureNames, ["a"]);
    assert.equal(read.length, 1);
  });

  test("a pipe without a writer is rejected, not waited for", () => {
    const pipe = join(folder, "silent");
    execFileSync("mkfifo", [pipe]);
    assert.throws(() => readNpy(pipe), failure("bad-data", { file: pipe }));
  });

  test("a file of /proc, which reports size 0", {
    skip: process.platform !== "linux" && "needs /proc",
  }, () => {
    assert.ok(readBytes("/proc/self/status").length > 0);
  });

  test("the start of a file, and of a shorter one", () => {
    const file = join(folder, "start");
    writeFileSync(file, "abcdef");
    assert.equal(Buffer.from(readStart(file, 3)).toString(), "abc");
    assert.equal(Buffer.from(readStart(file, 64)).toString(), "abcdef");
  });

  test("more text than one string can hold", () => {
    const bytes = new Uint8Array(2 ** 29 + 16);
    assert.throws(
      () => decodeText(bytes, "big.csv"),
      failure("limit-exceeded", { file: "big.csv", got: bytes.length }),
    );
  });

  test("a sparse file of more than 2 GiB", {
    skip: process.platform !== "linux" && "needs sparse files",
  }, () => {
    const file = join(folder, "hole");
    writeFileSync(file, "");
    truncateSync(file, 2 ** 31 + 5);
    assert.throws(
      () => readBytes(file, { maxBytes: 2 ** 31 }),
      failure("limit-exceeded", { file, stored: 2 ** 31 + 5 }),
    );
  });
});

/** The pipe's writer may not have opened it yet. */
async function eventually<T>(work: () => T): Promise<T> {
  for (let left = 200; ; left--) {
    try {
      return work();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
