import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";
import { differingSettings } from "../../src/runs/differing-settings.ts";
import { findRuns } from "../../src/runs/find-runs.ts";
import { flatSettings } from "../../src/runs/flat-settings.ts";
import { folderName } from "../../src/runs/folder-name.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { removeRun } from "../../src/runs/remove-run.ts";
import { writeNotes } from "../../src/runs/write-notes.ts";
import { scratchFolder, tinyRun } from "./scratch.ts";

const isCode = (code: string) => (error: unknown) => error instanceof GradusError && error.code === code;

test("names of folders", () => {
  const names: Readonly<Record<string, string>> = {
    first: "first",
    "lr 0.1 / big": "lr-0.1-big",
    "../../etc/passwd": "etc-passwd",
    "..": "run",
    "": "run",
    " . ": "run",
    ".hidden": "hidden",
    "--force": "force",
    "C:\\temp\\x": "C-temp-x",
    "a\"b'c`d": "a-b-c-d",
    "a\u001b[31mred\n": "a-[31mred",
    "\u202eabc": "abc",
    "한글 실험": "한글-실험",
    "e\u0301": "\u00e9",
    "end. ": "end",
    nul: "_nul",
    "COM1.txt": "_COM1.txt",
    "con sole": "con-sole",
    "lone \ud800 surrogate": "lone-surrogate",
  };
  for (const [name, expected] of Object.entries(names)) assert.equal(folderName(name), expected, JSON.stringify(name));
  const taken = new Set(["first", "first-2"]);
  assert.equal(
    folderName("first", (name) => taken.has(name)),
    "first-3",
  );
});

test("any name gives a safe folder, and long names that begin alike differ", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      const folder = folderName(name);
      assert.ok(Buffer.byteLength(folder) <= 101 && folder !== "");
      assert.ok(!/[/\\:*?"<>|\p{Cc}]/u.test(folder) && !/^[.-]|[. ]$/.test(folder), folder);
      assert.equal(folderName(folder), folder);
    }),
  );
  assert.notEqual(folderName(`${"가".repeat(300)}1`), folderName(`${"가".repeat(300)}2`));
});

test("settings by dotted path, and those that differ", () => {
  const settings = { a: { b: [1, { c: null }], empty: {} }, list: [], "x.y": true, "": "z" };
  assert.deepEqual(flatSettings(settings), {
    "a.b.0": 1,
    "a.b.1.c": null,
    "a.empty": "{}",
    list: "[]",
    '["x.y"]': true,
    '[""]': "z",
  });
  assert.deepEqual([flatSettings(null), flatSettings({}), flatSettings([2])], [{ "": null }, {}, { 0: 2 }]);
  const runs = [
    { a: 1, b: 2 },
    { a: 1, b: 3 },
    { a: 1, c: true },
  ].map(flatSettings);
  assert.deepEqual(differingSettings(runs), [
    { path: "b", values: [2, 3, undefined] },
    { path: "c", values: [undefined, undefined, true] },
  ]);
  assert.deepEqual([differingSettings([]), differingSettings(runs.slice(0, 1))], [[], []]);
});

test("settings with a name of JavaScript's own are settings", () => {
  const settings = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}');
  const flat = flatSettings(settings);
  assert.deepEqual(Object.keys(flat).sort(), ["__proto__.x", "constructor", "toString"]);
  assert.deepEqual(differingSettings([flat, {}]).length, 3);
});

test("notes are replaced whole, read at once, and refused if they are too long", (context) => {
  const run = tinyRun(scratchFolder(context));
  const read = openRun(run.folder);
  const text = "better?\n\u001b[2J 한글";
  writeNotes(run.folder, text);
  assert.deepEqual([read.refresh(), read.notes, read.refresh()], [true, text, false]);
  writeNotes(run.folder, "");
  assert.deepEqual([read.refresh(), read.notes], [true, ""]);
  assert.throws(() => writeNotes(run.folder, "x".repeat(2 ** 20 + 1)), isCode("limit-exceeded"));
  assert.throws(() => writeNotes(join(run.folder, "checkpoints"), "x"), isCode("file-not-found"));
  run.close();
});

test("runs are found at any depth, through links, once, damaged ones too", (context) => {
  const root = scratchFolder(context);
  for (const name of ["b", "a", "deep/er/c", "node_modules/d"]) tinyRun(root, name).close();
  writeFileSync(join(root, "a", "run.json"), "{");
  mkdirSync(join(root, "empty"));
  writeFileSync(join(root, "file"), "");
  symlinkSync(root, join(root, "empty", "circle"));
  symlinkSync(join(root, "nowhere"), join(root, "broken"));
  const elsewhere = scratchFolder(context);
  tinyRun(elsewhere, "linked").close();
  symlinkSync(join(elsewhere, "linked"), join(root, "z"));
  const found = findRuns(root).map((folder) => folder.slice(root.length + 1));
  assert.deepEqual(found, ["a", "b", "deep/er/c", "z"]);
  assert.equal(openRun(join(root, "deep/er/c"), root).id, "deep/er/c");
  assert.deepEqual(findRuns(join(root, "b")), [join(root, "b")]);
  assert.throws(() => findRuns(join(root, "nothing")), isCode("file-not-found"));
  assert.throws(() => findRuns(join(root, "file")), isCode("file-not-found"));
});

test("a run is removed with all that is in it; of a link only the link; what is no run stays", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root, "one");
  assert.throws(() => removeRun(run.folder), isCode("in-use"));
  run.close();
  const link = join(root, "link");
  symlinkSync(run.folder, link);
  removeRun(link);
  assert.deepEqual(findRuns(root), [run.folder]);
  assert.deepEqual(openRun(run.folder).status, "killed");
  removeRun(run.folder);
  assert.deepEqual(findRuns(root), []);
  mkdirSync(join(root, "data"));
  assert.throws(() => removeRun(join(root, "data")), isCode("file-not-found"));
  assert.throws(() => removeRun(run.folder), isCode("file-not-found"));
  assert.throws(() => readFileSync(join(root, "one", "run.json")));
});
