import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeView, encodeView } from "../../apps/dashboard/src/state/fragment.ts";
import { AXES, DEFAULT_VIEW, SORTS, TABS, type View } from "../../apps/dashboard/src/state/settings.ts";

/** Names as files and people make them; half of a surrogate pair cannot be in an address. */
const name = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.constantFrom("*", ",", "a,b", "a&b=c", "%", "%2C", "#", "__proto__", "<img src=x>", "../x", "한국어", "a b+c"),
);
const names = fc.array(name, { maxLength: 5 });

const view: fc.Arbitrary<View> = fc.record({
  tab: fc.constantFrom(...TABS),
  runs: fc.oneof(fc.constant("auto" as const), fc.constant("all" as const), names),
  open: fc.option(name, { nil: undefined }),
  filter: fc.string({ unit: "grapheme" }),
  sort: fc.constantFrom(...SORTS),
  isDescending: fc.boolean(),
  groupBy: fc.string({ unit: "grapheme" }),
  axis: fc.constantFrom(...AXES),
  smoothing: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((value) => value + 0),
  isLog: fc.boolean(),
  hasBands: fc.boolean(),
  ignoresOutliers: fc.boolean(),
  zoom: fc.option(
    fc
      .tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 1e-3, max: 1e9, noNaN: true }))
      .map(([from, length]) => ({ from: from + 0, to: from + length }))
      .filter(({ from, to }) => from < to),
    { nil: undefined },
  ),
  search: fc.string({ unit: "grapheme" }),
  pinned: names,
  closed: names,
  layerMeasure: fc.string({ unit: "grapheme" }),
  layer: fc.string({ unit: "grapheme" }),
});

test("a view comes back from its address", () => {
  fc.assert(
    fc.property(view, (given) => {
      const fragment = encodeView(given);
      assert.match(fragment, /^[\w\-.!~*'()%&=,:]*$/);
      assert.deepEqual(decodeView(fragment), { ...given });
    }),
  );
});

test("any text is some view", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
      assert.deepEqual(Object.keys(decodeView(text)).sort(), Object.keys(DEFAULT_VIEW).sort());
    }),
  );
  for (const broken of [
    "zoom=5:1",
    "zoom=1:2:3",
    "zoom=:",
    "smooth=1",
    "smooth=x",
    "tab=x",
    "log=2",
    "filter=%E0%A4%A",
    "runs=a",
  ])
    assert.deepEqual(decodeView(broken), DEFAULT_VIEW, broken);
});

test("what is as at first is not in the address", () => {
  assert.equal(encodeView(DEFAULT_VIEW), "");
  assert.equal(encodeView({ ...DEFAULT_VIEW, runs: ["a", "b/c"], isLog: true }), "runs=,a,b%2Fc&log=1");
  assert.deepEqual(decodeView(encodeView({ ...DEFAULT_VIEW, runs: [] })).runs, []);
  assert.equal(decodeView(encodeView({ ...DEFAULT_VIEW, filter: "\ud800x" })).filter, "\ufffdx");
});
