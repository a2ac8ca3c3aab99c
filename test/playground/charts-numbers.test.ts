import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCount, formatNumber, formatPercent, formatShort, power } from "../../apps/parts/src/text/numbers.ts";

test("numbers have three significant digits, and powers of ten where they are long", () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [0, "0", "0"],
    [0.0123456, "0.0123", "0.0123"],
    [-12.3456, "−12.3", "−12.3"],
    [999.7, "1,000", "1,000"],
    [12345, "12,345", "12,345"],
    [1e6, "10⁶", "1e6"],
    [4.5678e-7, "4.57\u00a0×\u00a010⁻⁷", "4.57e-7"],
    [-3.2e-9, "−3.2\u00a0×\u00a010⁻⁹", "−3.2e-9"],
    [1e-12, "10⁻¹²", "1e-12"],
    [Number.NaN, "NaN", "NaN"],
    [-Infinity, "−∞", "−∞"],
  ];
  for (const [value, long, short] of cases) {
    assert.equal(formatNumber(value), long);
    assert.equal(formatShort(value), short);
  }
});

test("counts are grouped by thousands", () => {
  assert.equal(formatCount(0), "0");
  assert.equal(formatCount(1234567.4), "1,234,567");
  assert.equal(formatCount(-1234), "−1,234");
  assert.equal(formatCount(Infinity), "∞");
});

test("shares that are nearly 0 or 1 are not rounded to them", () => {
  assert.deepEqual([0, 0.0004, 0.0341, 0.5, 0.9997, 1].map(formatPercent), [
    "0%",
    "<0.1%",
    "3.4%",
    "50.0%",
    ">99.9%",
    "100%",
  ]);
  assert.equal(formatPercent(Number.NaN), "NaN");
});

test("powers of ten: 1 and 10 are written out", () => {
  assert.deepEqual([-12, 0, 1, 3].map(power), ["10⁻¹²", "1", "10", "10³"]);
});
