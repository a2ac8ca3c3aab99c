import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeNpy } from "../../src/files/files.ts";
import { requireWritable } from "../../src/files/require-writable.ts";
import { type WriteCalls, writeFile } from "../../src/files/write-file.ts";
import { scratchFolder } from "../io/scratch.ts";

const folder = scratchFolder();
const at = (...names: string[]) => join(folder, ...names);
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (file: string) => fs.readFileSync(file, "utf8");
const modeOf = (file: string) => fs.statSync(file).mode & 0o777;
const drafts = (where = folder) => fs.readdirSync(where).filter((name) => name.endsWith(".part"));
const isWindows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;

/** Node's calls, one of which fails like the system's. */
function failing(name: keyof WriteCalls, code: string): WriteCalls {
  const fail = () => {
    throw Object.assign(new Error(`${code}: ${name}`), { code, errno: -1, syscall: name });
  };
  return { ...fs, [name]: fail } as WriteCalls;
}

test("a new file in new folders, written in pieces", () => {
  writeFile(at("a", "b", "new.txt"), [bytes("one "), bytes(""), bytes("two")]);
  assert.equal(read(at("a", "b", "new.txt")), "one two");
  assert.deepEqual(drafts(at("a", "b")), []);
});

test("a replaced file keeps its permissions and its owner", { skip: isWindows && "no permissions" }, () => {
  const file = at("private.bin");
  for (const mode of [0o600, 0o640, 0o755]) {
    fs.writeFileSync(file, "old");
    fs.chmodSync(file, mode);
    if (isRoot) fs.chownSync(file, 12345, 54321);
    writeFile(file, bytes("new"));
    assert.equal(read(file), "new");
    assert.equal(modeOf(file), mode);
    if (isRoot) assert.deepEqual([fs.statSync(file).uid, fs.statSync(file).gid], [12345, 54321]);
  }
  const umask = process.umask(0o027);
  try {
    writeFile(at("fresh.bin"), bytes("new"));
  } finally {
    process.umask(umask);
  }
  assert.equal(modeOf(at("fresh.bin")), 0o640);
});

test("links stay links: their target is replaced, or made", { skip: isWindows && "no links" }, () => {
  fs.mkdirSync(at("store"));
  fs.writeFileSync(at("store", "v1"), "old");
  fs.symlinkSync(join("store", "v1"), at("current"));
  fs.symlinkSync("current", at("latest"));
  writeFile(at("latest"), bytes("new"));
  assert.equal(fs.readlinkSync(at("latest")), "current");
  assert.equal(fs.readlinkSync(at("current")), join("store", "v1"));
  assert.equal(read(at("store", "v1")), "new");

  fs.symlinkSync(at("store", "later"), at("dangling"));
  writeFile(at("dangling"), bytes("made"));
  assert.equal(read(at("store", "later")), "made");
  assert.ok(fs.lstatSync(at("dangling")).isSymbolicLink());

  // a link to a folder in the path, followed by `..`
  fs.mkdirSync(at("deep", "er"), { recursive: true });
  fs.symlinkSync(at("deep", "er"), at("short"));
  fs.symlinkSync(join("..", "up"), at("deep", "er", "link"));
  writeFile(at("short", "link"), bytes("x"));
  assert.equal(read(at("deep", "up")), "x");

  fs.symlinkSync("circle", at("circle"));
  assert.throws(() => writeFile(at("circle"), bytes("x")), { code: "io-error" });
});

test("devices and pipes are written to, and not replaced", {
  skip: isWindows && "no devices",
}, async (context) => {
  writeFile("/dev/null", bytes("gone"));
  assert.ok(fs.statSync("/dev/null").isCharacterDevice());
  if (fs.existsSync("/dev/full")) {
    assert.throws(() => writeFile("/dev/full", bytes("x")), {
      code: "io-error",
      values: { file: "/dev/full", action: "write", reason: "ENOSPC" },
    });
    assert.ok(fs.statSync("/dev/full").isCharacterDevice());
  }
  if (spawnSync("mkfifo", [at("pipe")]).status !== 0) return context.diagnostic("no mkfifo: pipes not tried");
  const text = "0123456789".repeat(50_000);
  const reader = spawn("cat", [at("pipe")]);
  const chunks: Buffer[] = [];
  reader.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  // more than a pipe can hold, so a reader is needed: `cat` reads into its own pipe, which this process must empty
  writeFile(at("pipe"), bytes(text.slice(0, 60_000)));
  await new Promise((resolve) => reader.on("close", resolve));
  assert.equal(Buffer.concat(chunks).toString(), text.slice(0, 60_000));
  assert.ok(fs.statSync(at("pipe")).isFIFO());
});

test("/dev/stdout is the file that this process has open: a pipe, a file, a link to it", {
  skip: isWindows && "no devices",
}, () => {
  const script = `
    import { writeFile } from ${JSON.stringify(new URL("../../src/files/write-file.ts", import.meta.url).href)};
    for (const file of ["/dev/stdout", "/dev/fd/1", process.argv[1]]) writeFile(file, new TextEncoder().encode("x".repeat(70000)));`;
  fs.symlinkSync("/dev/stdout", at("log"));
  const words = ["--import", "tsx", "--input-type=module", "-e", script, "--", at("log")];
  const out = execFileSync(process.execPath, words, { encoding: "utf8" });
  assert.equal(out.length, 210_000);
  assert.ok(fs.lstatSync(at("log")).isSymbolicLink());
});

test("a write that fails midway leaves the old file and no part of the new one", () => {
  const file = at("kept.txt");
  writeFile(file, bytes("old"));
  for (const [call, code] of [
    ["writeSync", "ENOSPC"],
    ["fsyncSync", "EIO"],
    ["renameSync", "EDQUOT"],
    ["openSync", "ENOSPC"],
  ] as const) {
    assert.throws(() => writeFile(file, bytes("new"), failing(call, code)), {
      code: "io-error",
      values: { file, action: "write", reason: code },
    });
    assert.equal(read(file), "old");
    assert.deepEqual(drafts(), []);
  }
  assert.throws(() => writeFile(file, brokenPieces()), /broken/);
  assert.equal(read(file), "old");
});

function* brokenPieces(): Generator<Uint8Array> {
  yield bytes("half");
  throw new Error("broken");
}

test("if the folder accepts no new file, or the file is a mount, the file is overwritten", () => {
  const file = at("in-place.txt");
  writeFile(file, bytes("old and longer"));
  const { ino } = fs.statSync(file);
  const closed: WriteCalls = {
    ...fs,
    openSync: ((path: string, flags: string, mode?: number) => {
      if (flags === "wx") throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      return fs.openSync(path, flags, mode);
    }) as typeof fs.openSync,
  };
  writeFile(file, bytes("new"), closed);
  assert.equal(read(file), "new");
  writeFile(file, bytes("newer"), failing("renameSync", "EBUSY"));
  assert.equal(read(file), "newer");
  assert.equal(fs.statSync(file).ino, ino);
  assert.deepEqual(drafts(), []);
});

test("the next save of a file removes only the leftovers of its killed saves", () => {
  const file = at("left", "model.safetensors");
  let draft = "";
  const watched: WriteCalls = {
    ...fs,
    openSync: ((path: string, flags: string, mode?: number) => {
      draft ||= path;
      return fs.openSync(path, flags, mode);
    }) as typeof fs.openSync,
  };
  writeFile(file, bytes("1"), watched);
  assert.match(draft, /\.part$/);
  // process numbers end at 4,194,304 on Linux
  const dead = draft.replace(`-${process.pid}-`, "-99999999-");
  const living = draft.replace(`-${process.pid}-`, `-${process.ppid}-`);
  const oursNow = draft;
  const other = join(at("left"), ".other.safetensors.abcdef-99999999-01234567.part");
  const strange = at("left", ".model.safetensors.notes.part");
  const elsewhere = draft.replace(/\.[0-9a-f]{6}-\d+-/, ".ffffff-1-");
  const old = draft.replace(/\.[0-9a-f]{6}-\d+-/, ".eeeeee-1-");
  for (const each of [dead, living, oursNow, other, strange, elsewhere, old]) fs.writeFileSync(each, "part");
  const longAgo = Date.now() / 1000 - 2 * 24 * 3600;
  fs.utimesSync(old, longAgo, longAgo);
  writeFile(file, bytes("2"));
  const left = [dead, living, oursNow, other, strange, elsewhere, old].filter((each) => fs.existsSync(each));
  assert.deepEqual(left, [living, oursNow, other, strange, elsewhere]);
  const beforeUs = Date.now() / 1000 - process.uptime() - 60;
  fs.utimesSync(oursNow, beforeUs, beforeUs);
  writeFile(file, bytes("3"));
  assert.ok(!fs.existsSync(oursNow), "a part from before this process began");
  assert.equal(read(file), "3");
});

test("the longest name that the system allows", () => {
  const file = at(`${"n".repeat(250)}.npy`.slice(-255));
  writeNpy(file, { shape: [2], data: Float32Array.of(1, 2) });
  writeNpy(file, { shape: [2], data: Float32Array.of(3, 4) });
  assert.ok(fs.existsSync(file));
});

test("unwritable paths are rejected before and during writing", () => {
  fs.mkdirSync(at("folder"), { recursive: true });
  writeFile(at("plain"), bytes("x"));
  const cases: readonly (readonly [string, string, string])[] = [
    [at("folder"), "bad-argument", "EISDIR"],
    [`${at("not-there")}/`, "bad-argument", "EISDIR"],
    [at("plain", "below"), "io-error", "ENOTDIR"],
    [at("n".repeat(300)), "io-error", "ENAMETOOLONG"],
    [at("nul\0byte"), "bad-argument", "ERR_INVALID_ARG_VALUE"],
  ];
  for (const [file, code, reason] of cases) {
    assert.throws(
      () => writeFile(file, bytes("x")),
      (error: { code: string; values: { reason: string } }) => {
        assert.deepEqual([error.code, error.values.reason], [code, reason], file);
        return true;
      },
    );
    assert.throws(
      () => requireWritable("--output", file),
      (error: { code: string; values: Record<string, unknown> }) => {
        assert.deepEqual([error.code, error.values.option, error.values.reason], ["bad-argument", "--output", reason]);
        return true;
      },
    );
  }
  assert.throws(() => writeFile("", bytes("x")), { code: "bad-argument" });
  assert.throws(() => requireWritable("--output", ""), { code: "bad-argument" });
  requireWritable("--output", at("made", "by", "trying.txt"));
  assert.deepEqual(fs.readdirSync(at("made", "by")), []);
  requireWritable("--output", at("plain"));
  assert.equal(read(at("plain")), "x");
  requireWritable("--output", at("plain"), 1000);
  assert.throws(() => requireWritable("--output", at("plain"), 2 ** 60), { code: "bad-argument" });
  if (!isWindows) requireWritable("--output", "/dev/null");
});

test("a file without permission to write is not replaced", {
  skip: (isRoot || isWindows) && "root may write everything",
}, () => {
  writeFile(at("read-only"), bytes("old"));
  fs.chmodSync(at("read-only"), 0o444);
  assert.throws(() => writeFile(at("read-only"), bytes("new")), { code: "io-error" });
  assert.throws(() => requireWritable("--output", at("read-only")), { code: "bad-argument" });
  assert.equal(read(at("read-only")), "old");
});
