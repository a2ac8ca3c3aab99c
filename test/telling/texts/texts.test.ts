import assert from "node:assert/strict";
import { test } from "node:test";
import { EVIDENCE } from "../../../src/doctor/evidence.ts";
import { fill, translated } from "../../../src/telling/texts/fill.ts";
import { TEXTS } from "../../../src/telling/texts/languages.ts";
import { cite, PROBLEM_PAPERS, REMEDY_PAPERS } from "../../../src/telling/texts/papers.ts";
import { LANGUAGES, type Texts } from "../../../src/telling/texts/texts.ts";

const GAP = /\{([a-zA-Z]+)([%#@]?)[^}]*\}/g;

/** Every text of a language with its path. */
function allTexts(texts: Texts): readonly (readonly [string, string])[] {
  const walk = (value: unknown, path: string): (readonly [string, string])[] =>
    typeof value === "string"
      ? [[path, value]]
      : Object.entries(value as object).flatMap(([name, part]) => walk(part, `${path}.${name}`));
  const { language: _, percent: _percent, comma: _comma, points: _points, ...rest } = texts;
  return walk(rest, texts.language);
}

const gapsOf = (template: string) => [...template.matchAll(GAP)].map(([, name = "", form]) => ({ name, form }));

test("both languages state the same values: every gap of an English template is in the Korean one", () => {
  const korean = new Map(allTexts(TEXTS.ko).map(([path, text]) => [path.slice(2), text]));
  for (const [path, text] of allTexts(TEXTS.en)) {
    if (path.startsWith("en.words.")) continue;
    const sorted = (template: string) =>
      gapsOf(template)
        .map(({ name, form }) => name + form)
        .sort();
    assert.deepEqual(sorted(korean.get(path.slice(2)) ?? ""), sorted(text), path);
  }
});

test("Korean texts are Korean, English texts are English", () => {
  // names of people, functions and options that Korean texts keep in Latin letters
  const names = /\b(?:ReLU|leaky|tanh|He|Glorot|Adam|NaN|L2|R\u00b2|details|html|FILE\.html)(?![a-zA-Z])/g;
  for (const [path, text] of allTexts(TEXTS.ko)) {
    const bare = text.replace(/\{[^}]*\}/g, "");
    assert.match(bare, /[\uac00-\ud7a3]/, path);
    assert.doesNotMatch(bare.replace(names, ""), /[A-Za-z]{2,}/, `${path}: ${text}`);
  }
  for (const [path, text] of allTexts(TEXTS.en)) assert.doesNotMatch(text, /[\uac00-\ud7a3]/, path);
});

for (const language of LANGUAGES)
  test(`a sentence for every kind of evidence, with and without its optional values: ${language}`, () => {
    const texts = TEXTS[language];
    for (const name of EVIDENCE) {
      const template = texts.evidence[name];
      const full = fill(template, Object.fromEntries(gapsOf(template).map(({ name: gap }) => [gap, 0.25])), texts);
      assert.doesNotMatch(full, /[{}[\]|?]|undefined/, `${name}: ${full}`);
      assert.match(full, /\.$/, `${name}: ${full}`);
      // only the gaps outside brackets
      const needed = gapsOf(template.replace(/\[[^\]]*\]/g, ""));
      const least = fill(template, Object.fromEntries(needed.map(({ name: gap }) => [gap, 0.25])), texts);
      assert.doesNotMatch(least, /[{}[\]|?]|undefined| {2}| [.,;]|\(\)/, `${name}: ${least}`);
      assert.match(least, /\.$/, `${name}: ${least}`);
    }
  });

for (const language of LANGUAGES)
  test(`a paragraph and a paper for every problem and remedy: ${language}`, () => {
    const { problems, remedies } = TEXTS[language];
    for (const [name, { text }] of [...Object.entries(problems), ...Object.entries(remedies)]) {
      assert.ok(text.length > 50, name);
      assert.match(text, /^\S.*\.$/, name);
      assert.doesNotMatch(text, /\s\s|\n/, name);
    }
    const names = [...Object.values(problems), ...Object.values(remedies)].map((article) => article.name);
    assert.equal(new Set(names).size, names.length);
    for (const paper of [...Object.values(PROBLEM_PAPERS), ...Object.values(REMEDY_PAPERS)]) {
      assert.match(cite(paper), /^\S.+, "\S.+", (19|20)\d\d$/);
    }
  });

test("gaps: numbers, counts, percentages, scores, words; optional parts; a missing one", () => {
  const { en, ko } = TEXTS;
  assert.equal(fill("{a} of {b#}, {c%}", { a: 1.23456, b: 12345, c: 0.5 }, en), "1.23 of 12,345, 50\u00a0%");
  assert.equal(fill("{s@}", { s: 0.5 }, en), "50\u00a0%");
  assert.equal(fill("{s@}", { s: 0.5, metric: "r2" }, en), "0.5");
  assert.equal(fill("x[ and {a}][ or {b}]", { b: 2 }, en), "x or 2");
  assert.equal(fill("x {a}", {}, en), "x ?");
  assert.equal(fill("{metric}", { metric: "accuracy" }, ko), "정확도");
  assert.equal(fill("{value|이/가} {value|으로/로}", { value: 7 }, ko), "7이 7로");
});

test("words of evidence: whole ones, patterns, and names that stay", () => {
  const { en, ko } = TEXTS;
  assert.equal(translated("gradient of weight", ko.words), "weight의 기울기");
  assert.equal(translated("updated bias", ko.words), "갱신된 bias");
  assert.equal(translated("loss", ko.words), "손실");
  assert.equal(translated("softmax", ko.words), "softmax");
  assert.equal(translated("gradient of weight", en.words), "gradient of weight");
  // the same word names a learner in one place and one of the user's layers in another
  assert.equal(fill("{learner} {type}", { learner: "linear", type: "linear" }, ko), "선형 모델 linear");
});
