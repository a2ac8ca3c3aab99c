import assert from "node:assert/strict";
import { test } from "node:test";
import { TEXTS } from "../../../src/telling/texts/languages.ts";
import { formatCount, formatNumber, formatShare } from "../../../src/telling/texts/numbers.ts";
import { withParticle } from "../../../src/telling/texts/particles.ts";
import { formatGain, formatMeasure, formatSpread, inSentence } from "../../../src/telling/texts/sentences.ts";

test("numbers: three digits, powers of ten for very large and very small ones", () => {
  const told = [0, 1, 12_345, 0.123456, 12.3456, 1234.5, 6.19e-10, 1e-7, -3.5e12, Number.NaN, Number.NEGATIVE_INFINITY];
  assert.deepEqual(
    told.map((value) => formatNumber(value).replaceAll("\u00a0", " ")),
    [
      "0",
      "1",
      "12,345",
      "0.123",
      "12.3",
      "1,235",
      "6.19 \u00d7 10\u207b\u00b9\u2070",
      "10\u207b\u2077",
      "-3.5 \u00d7 10\u00b9\u00b2",
      "NaN",
      "-\u221e",
    ],
  );
  assert.equal(formatNumber(999.96), "1,000");
  assert.equal(formatCount(1234567), "1,234,567");
});

test("shares: almost 1 is not 100 %, almost 0 is not 0 %", () => {
  const told = [0, 0.5, 0.1234, 0.9997, 0.99999, 1, 0.0001, 1e-9].map((share) => formatShare(share, { percent: "" }));
  assert.deepEqual(told, ["0%", "50%", "12.3%", "99.97%", "99.999%", "100%", "0.01%", "10\u207b\u2077%"]);
});

test("measures: accuracy as a percentage, its differences as points, the rest as numbers", () => {
  const { en, ko } = TEXTS;
  assert.equal(formatMeasure(0.96, "accuracy", en), "96.0\u00a0%");
  assert.equal(formatMeasure(0.96, "r2", en), "0.96");
  assert.equal(formatSpread(0.96, 0.002, "accuracy", ko), "96.0 \u00b1 0.2%");
  assert.equal(formatSpread(0.5, 0.02, "validation-loss", en), "0.5 \u00b1 0.02");
  assert.equal(formatGain(-0.0123, "accuracy", en), "-1.2\u00a0points");
  assert.equal(formatGain(0.0123, "r2", ko), "0.0123");
});

test("names inside a sentence lose their capital letter, abbreviations keep it", () => {
  assert.deepEqual(["Vanishing gradient", "L2 regularisation", "기울기 소실"].map(inSentence), [
    "vanishing gradient",
    "L2 regularisation",
    "기울기 소실",
  ]);
});

test("Korean particles follow the final sound of the word before them", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["손실", "은/는", "손실은"],
    ["기울기", "은/는", "기울기는"],
    ["3", "을/를", "3을"],
    ["2", "을/를", "2를"],
    ["10\u207b\u2077", "이/가", "10\u207b\u2077이"],
    ["50%", "이/가", "50%가"],
    ["서울", "으로/로", "서울로"],
    ["7", "으로/로", "7로"],
    ["6", "으로/로", "6으로"],
    ["Adam", "은/는", "Adam은"],
    ["softmax", "이/가", "softmax가"],
    ['"값"', "을/를", '"값"을'],
    ["", "이/가", "가"],
  ];
  for (const [text, particles, expected] of cases) assert.equal(withParticle(text, particles), expected);
});
