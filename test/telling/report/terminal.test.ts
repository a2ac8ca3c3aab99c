import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth, ownSequences } from "../../../src/core/terminal-text.ts";
import { wrap } from "../../../src/telling/report/columns.ts";
import { renderTerminal } from "../../../src/telling/report/terminal.ts";
import { LANGUAGES } from "../../../src/telling/texts/texts.ts";
import { BATCH_NORM, CURED, HEALTHY, NOT_CURABLE } from "./sample.ts";

/** With ordinary spaces, and no empty ends. */
const plain = (text: string) => text.replaceAll("\u00a0", " ").trim();

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPES = /\u001b\[[0-9;]*m/g;

test("ten seconds: verdict, findings, prescription, proof", () => {
  assert.equal(
    plain(renderTerminal(CURED)),
    `Sick, and cured · Digits <deep> & "narrow"
A remedy was tried, and it is proven to help.

Findings
1. Vanishing gradient · in layer 0 (linear), since step 1
   Measured against its weights, the lowest layer's gradient is 6.19 × 10⁻¹⁰ times the highest one's
   (norms 1.24 × 10⁻¹⁰ and 0.2) (limit 0.001); about 1 is good.
2. Poor initialisation · in layer 0 (linear), before the first step
   The first weights spread 0.21 times as widely as they should (limit 0.5); for 784 inputs before
   sigmoid a deviation of 0.0357 is right.

Prescription: Batch normalisation + other initialisation, against vanishing gradient, poor
   initialisation
   + model.layers.1: batchNorm
   ~ model.layers.0.weights: glorotUniform -> heNormal
   - regularizer: { l2: 0.1 }
   The choice rests on: a test of learning rates from 10⁻⁶ to 1 in 60 steps.

Trial: proven to help
                    accuracy (mean ± spread)
   as it is                     11.3 ± 0.0 %
   with the remedy              96.0 ± 0.2 %
   The remedy gains 83.8 points; more than 0.5 points was needed to be no accident. (3 pairs of runs
   with different random numbers)

Examined in 42 s. All evidence, trials and papers: --details. Drawn: --html FILE.html`,
  );
});

test("the same in Korean, with columns that fit its wide letters", () => {
  const text = plain(renderTerminal(CURED, { lang: "ko" }));
  assert.match(text, /^문제 있음, 치료됨 · /);
  assert.match(text, /\n1\. 기울기 소실 · 0번 층\(linear\), 1번째 스텝부터\n/);
  assert.match(text, /\n처방: 배치 정규화 \+ 가중치 초기화 변경, 대상: 기울기 소실, 부적절한 가중치 초기화\n/);
  assert.match(text, /처방으로 83\.8%포인트가 나아졌습니다\. 우연이 아니려면 0\.5%포인트를 넘어야 했습니다\./);
  const rows = text.split("\n").filter((line) => /\u00b1/.test(line));
  assert.equal(rows.length, 3);
  assert.equal(new Set(rows.slice(1).map(displayWidth)).size, 1);
});

test("a healthy network: what was looked at, its score and what simple learners reach", () => {
  assert.equal(
    plain(renderTerminal(HEALTHY)),
    `Healthy
Nothing was found that keeps this network from learning.

Runs looked at: 1, each of 800 steps.
The network reaches 96.2 % (accuracy) on unseen samples; guessing reaches 11.3 %.
Simple learners (nearest neighbours) reach 95.1 % on the same data.
The checks before the first step, the gradients, activations and losses of the run show nothing
wrong.

Examined in 3.2 s. All evidence, trials and papers: --details. Drawn: --html FILE.html`,
  );
});

test("what is known from a log alone is told to be that", () => {
  const text = renderTerminal({ ...HEALTHY, training: undefined, attainable: undefined }, { width: 200 });
  assert.match(text, /What its log does not tell was not looked at\./);
  assert.doesNotMatch(text, /checks before the first step|Simple learners/);
});

test("advice has no difference and no trial; a prescription without a trial says so", () => {
  const advice = renderTerminal(NOT_CURABLE, { details: true });
  assert.match(advice, /Repair the data, against fault in the labels\n {3}This is advice/);
  assert.match(advice, /3\/100 .* broke off in step 3: gradient of weight of layer 2 was not finite/);
  assert.doesNotMatch(advice, /No trial|Trial:/);
  const untried = renderTerminal({ ...CURED, verdict: "not-tried", trials: [], prescriptions: [BATCH_NORM] });
  assert.match(untried, /^Sick, no cure tried/);
  assert.match(untried, /No trial was made/);
  assert.doesNotMatch(untried, /proven/);
});

test("details: all evidence and rules, trials that failed and why, all runs, paragraphs, papers", () => {
  const text = plain(renderTerminal(CURED, { details: true }));
  for (const part of [
    "Whatever the input, the answer of layer 19",
    "The same shows in 3 of the 3 runs with other random numbers.",
    "Rule: He et al., Delving Deep into Rectifiers, 2015",
    "Noticed, but harmless",
    "jumps by 4 % from one epoch to the next (limit 3 %), in 25 % of the",
    "Gradient clipping: not proven",
    "Still there after the remedy: vanishing gradient.",
    "each run was given 50 % of its steps.",
    "+ clip: { type: globalNorm, maxNorm: 1 }",
    "Runs, as it is\n",
    "3       800          95.8 %            95.8 %            0.112",
    "A network learns from a gradient",
    'Ioffe & Szegedy, "Batch Normalization',
  ])
    assert.ok(text.includes(part), part);
  const short = renderTerminal(CURED);
  for (const part of ["Rule:", "Ioffe", "clip"]) assert.ok(!short.includes(part), part);
});

test("more problems than fit in ten seconds are counted, findings of one problem told together", () => {
  const [finding, other] = CURED.findings;
  assert.ok(finding && other);
  const problems = ["vanishing-gradient", "dead-units", "overfitting", "underfitting", "label-fault"] as const;
  const findings = problems.map((problem) => ({ ...finding, problem }));
  const text = renderTerminal({ ...CURED, findings });
  assert.match(text, /and 2 more/);
  assert.equal(text.match(/in layer 0 \(linear\), since step 1/g)?.length, 3);
  const early = { ...other, problem: finding.problem, since: 0 };
  const together = { ...CURED, findings: [finding, early] };
  assert.equal(renderTerminal(together).match(/Vanishing gradient \u00b7/g)?.length, 1);
  assert.doesNotMatch(renderTerminal(together), /before the first step/);
  assert.match(
    renderTerminal(together, { details: true }),
    /\n {3}\u00b7 in layer 0 \(linear\), before the first step\n {3}The first/,
  );
});

for (const lang of LANGUAGES)
  test(`lines keep to the width, and colours change nothing but colours: ${lang}`, () => {
    for (const diagnosis of [CURED, HEALTHY, NOT_CURABLE]) {
      const text = renderTerminal(diagnosis, { lang, details: true, width: 64 });
      const prose = text
        .split("\n")
        .filter((line) => !/^ +[-+\d\u2013]|^ {3}\S+ {2}|^ {2,}/.test(line) || /\. /.test(line));
      for (const line of prose) assert.ok(displayWidth(line) <= 64, line);
      const coloured = renderTerminal(diagnosis, { lang, details: true, color: true });
      assert.match(coloured, ESCAPES);
      assert.ok(!text.includes("\u001b"));
      assert.doesNotMatch(text, /undefined|\[object|\{value/);
    }
  });

test("widths: Hangul takes two columns, escapes none; words wrap between spaces", () => {
  assert.equal(displayWidth("ab"), 2);
  assert.equal(displayWidth("가나 a"), 6);
  assert.equal(displayWidth(ownSequences("\u001b[1mab\u001b[22m")), 2);
  assert.equal(wrap("one two three", 9, "  ", "- "), "- one two\n  three");
  assert.equal(wrap("가나 다라", 8), "가나\n다라");
});

test("runs that were not watched to their end: said at once, sick or healthy, in both languages", () => {
  const lines = {
    en: "The time allowed was too short for whole runs: each was watched for 7.5 % of its steps. What shows only later was not seen; allow more time to see it.",
    ko: "허용된 시간이 짧아 각 실행을 전체 스텝의 7.5%까지만 살펴보았습니다. 그 뒤에야 드러나는 문제는 보지 못했으니 시간을 더 주십시오.",
  };
  for (const lang of LANGUAGES) {
    for (const diagnosis of [HEALTHY, CURED]) {
      const text = plain(renderTerminal({ ...diagnosis, share: 0.075 }, { lang, width: 400 }));
      assert.equal(text.split("\n")[2], lines[lang]);
      assert.ok(!plain(renderTerminal(diagnosis, { lang, width: 400 })).includes(lines[lang]));
    }
  }
});
