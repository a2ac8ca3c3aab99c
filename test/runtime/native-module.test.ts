import assert from "node:assert/strict";
import { test } from "node:test";
import { loadFfi } from "../../src/runtime/native/ffi.ts";
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
