import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadFfi } from "../../src/runtime/native/ffi.ts";
import { declaredBytes } from "../../src/runtime/native/whole-module.ts";
import { skipNative } from "./native-machine.ts";

const THROWN: readonly (readonly [name: string, thrown: unknown])[] = [
  [
    "a file that was cut short",
    Object.assign(new Error("/x/koffi.node: file too short"), { code: "ERR_DLOPEN_FAILED" }),
  ],
  ["several lines", new Error("Cannot load native module\nTried: a\nTried: b")],
  ["a text", "broken"],
  ["null", null],
  ["nothing", undefined],
];

for (const [name, thrown] of THROWN) {
  test(`a native module that does not load is refused in one line: ${name}`, { skip: skipNative }, () => {
    const load = () => {
      throw thrown;
    };
    assert.throws(() => loadFfi(load), {
      code: "backend-unavailable",
      message: /^native: the package koffi does not load[^\n]*$/,
    });
  });
}

test("a native module without its functions is refused", { skip: skipNative }, () => {
  for (const loaded of [undefined, {}, { load() {} }])
    assert.throws(() => loadFfi(() => loaded), { code: "backend-unavailable", message: /no function/ });
});

const isLinux = process.platform === "linux" ? false : "only Linux maps files that were cut short";

/** The file of the native module, found by how it is loaded. */
function moduleFile(): string {
  const require = createRequire(import.meta.url);
  require("koffi");
  return Object.keys(require.cache).find((file) => file.endsWith("koffi.node")) as string;
}

test("a native module that was cut short is never mapped", { skip: skipNative || isLinux }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gradus-module-"));
  try {
    const whole = moduleFile();
    const bytes = readFileSync(whole);
    assert.equal(declaredBytes(bytes.subarray(0, 4096)), statSync(whole).size);
    const file = join(folder, "koffi.node");
    for (const length of [5000, bytes.length >> 1, bytes.length - 1]) {
      writeFileSync(file, bytes.subarray(0, length));
      const load = () => createRequire(import.meta.url)(file);
      assert.throws(() => loadFfi(load), {
        code: "backend-unavailable",
        message: new RegExp(
          `^native: the package koffi does not load: .*cut short: ${length} bytes of ${bytes.length}`,
        ),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("files of other kinds are left to their loaders", () => {
  for (const start of [[], [0x7f, 0x45], [...Buffer.from("MZ"), ...new Array<number>(100).fill(0)]])
    assert.equal(declaredBytes(Uint8Array.from(start)), 0);
});
