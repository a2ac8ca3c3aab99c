import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { styleText } from "node:util";
import { GradusError } from "../../src/core/errors.ts";
import {
  displayWidth,
  oneLine,
  ownSequences,
  printable,
  shown,
  withoutSequences,
} from "../../src/core/terminal-text.ts";

/** Characters that terminals execute, and characters that disguise text. */
const ODD = [
  "\u001b[31m",
  "\u0007",
  "\r",
  "\b",
  "\u0000",
  "\u007f",
  "\u009b2J",
  "\u0085",
  "\u202eabc",
  "\u2066",
  "\u200f",
  "\u2028",
  "\ud800",
];

describe("text that may come from a file", () => {
  test("is shown without characters that a terminal would execute", () => {
    for (const text of ODD) {
      assert.match(printable(text), /^[ -~]+$/);
      assert.equal(shown(text), printable(text));
      assert.equal(new GradusError("bad-data", `column ${text}`).message, `column ${printable(text)}`);
    }
    assert.equal(printable("a\u001b]0;title\u0007b"), "a\\u001b]0;title\\u0007b");
  });

  test("all scripts, emoji, newlines and tabs stay unchanged", () => {
    for (const text of [
      "학습률이 너무 큽니다",
      "ﷺ עברית العربية",
      "👩‍👩‍👧‍👦 🇰🇷 👍🏽",
      "é e\u0301 ß",
      "a\tb\nc",
      "C:\\u001b",
    ]) {
      assert.equal(shown(text), text);
    }
  });

  test("JSON keeps its meaning", () => {
    const value = Object.fromEntries(ODD.map((text, index) => [text, index]));
    const line = printable(JSON.stringify(value));
    assert.match(line, /^[ -~]+$/);
    assert.deepEqual(JSON.parse(line), value);
  });

  test("our own styles take effect, those in the text do not", () => {
    const style = (text: string) => styleText("red", text, { validateStream: false });
    const text = ownSequences(style("layer"));
    assert.equal(shown(`${text} \u001b[32mx`), `${style("layer")} \\u001b[32mx`);
    assert.equal(withoutSequences(`${text} \u001b[32mx`), "layer \\u001b[32mx");
  });
});

test("one line of a terminal: wide characters take two columns, an unknown width counts as 80", () => {
  assert.equal(oneLine("남은 시간 7초 and more", 24), "남은 시간 7초 and more");
  assert.equal(oneLine("남은 시간 7초 and more", 20), "남은 시간 7초 and m");
  for (const columns of [0, undefined]) assert.equal(oneLine("x".repeat(100), columns).length, 79);
  assert.equal(displayWidth(oneLine("가".repeat(100), 100)), 98);
});
