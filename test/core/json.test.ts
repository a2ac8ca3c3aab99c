import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DEEPEST_JSON, parseJson } from "../../src/core/json.ts";
import { mapTree, type Tree, treeLeaves } from "../../src/core/tree.ts";
import { failure } from "../data/errors.ts";

describe("untrusted JSON", () => {
  const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${"}]".repeat(levels / 2)}`;

  test("up to 200 levels, not counting brackets in strings", () => {
    assert.ok(parseJson("file", nested(DEEPEST_JSON)));
    assert.throws(() => parseJson("file", nested(DEEPEST_JSON + 2)), failure("limit-exceeded", { where: "file" }));
    assert.throws(() => parseJson("file", "[".repeat(1e6)), failure("limit-exceeded"));
    const text = `"\\"${"[{".repeat(1000)}`;
    assert.equal(parseJson("file", `${text}"`), JSON.parse(`${text}"`));
    assert.throws(() => parseJson("file", `${text}`), SyntaxError);
  });

  test("a leading byte order mark", () => {
    assert.deepEqual(parseJson("file", '\ufeff{"a":1}'), { a: 1 });
  });

  test("duplicate keys, however they are written", () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '[{"b":{"a":[],"c":0,"a":3}}]',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      assert.throws(() => parseJson("file", text, { unique: true }), failure("bad-data", { where: "file" }));
      assert.deepEqual(parseJson("file", text), JSON.parse(text));
    }
    for (const text of ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', '{"a":"b:a","b":"\\"a\\":1"}']) {
      assert.deepEqual(parseJson("file", text, { unique: true }), JSON.parse(text));
    }
  });

  test("any value is parsed as by JSON.parse", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(parseJson("file", text, { unique: true }), JSON.parse(text));
      }),
    );
  });
});

describe("trees with names that are special in the language", () => {
  const tree = JSON.parse('{"__proto__":{"weight":1},"constructor":{"prototype":2},"toString":3}') as Tree<number>;

  test("are mapped with the same names, without other effects", () => {
    const mapped = mapTree(tree, (leaf) => leaf * 2) as object;
    assert.deepEqual(Object.keys(mapped), ["__proto__", "constructor", "toString"]);
    assert.equal(JSON.stringify(mapped), '{"__proto__":{"weight":2},"constructor":{"prototype":4},"toString":6}');
    assert.equal(Object.getPrototypeOf(mapped), Object.prototype);
    assert.deepEqual(
      treeLeaves(tree).map(({ path }) => path),
      ["__proto__.weight", "constructor.prototype", "toString"],
    );
  });

  test("a tree that contains itself is rejected", () => {
    const circle: Record<string, unknown> = {};
    circle.again = circle;
    assert.throws(() => mapTree(circle as Tree<number>, (leaf) => leaf), failure("limit-exceeded"));
  });
});
