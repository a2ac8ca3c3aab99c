import assert from "node:assert/strict";
import { test } from "node:test";
import { EN } from "../../apps/playground/src/text/charts-en.ts";
import { KO } from "../../apps/playground/src/text/charts-ko.ts";

/** Leaves of a table by path; functions are called with their parameters' places. */
function leavesOf(table: object, path = ""): readonly (readonly [string, string])[] {
  return Object.entries(table).flatMap(([key, value]: [string, unknown]) => {
    const at = `${path}${key}`;
    if (typeof value === "string") return [[at, value] as const];
    if (typeof value === "function")
      return [[at, String(value(...Array.from({ length: value.length }, (_, index) => `{${index}}`)))] as const];
    return leavesOf(value as object, `${at}.`);
  });
}

test("both languages say the same things with the same values", () => {
  const english = leavesOf(EN);
  const korean = new Map(leavesOf(KO));
  assert.deepEqual(new Set(english.map(([path]) => path)), new Set(korean.keys()));
  const valuesIn = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
  for (const [path, text] of english) {
    assert.notEqual(text.trim(), "", path);
    assert.deepEqual(valuesIn(korean.get(path) ?? ""), valuesIn(text), path);
  }
});
