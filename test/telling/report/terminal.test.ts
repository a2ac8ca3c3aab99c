import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth, ownSequences } from "../../../src/core/terminal-text.ts";
import { wrap } from "../../../src/telling/report/columns.ts";
import { renderTerminal } from "../../../src/telling/report/terminal.ts";
import { LANGUAGES } from "../../../src/telling/texts/texts.ts";
import { BATCH_NORM, CURED, HEALTHY, NOT_CURABLE } from "./sample.ts";

/** With ordinary spaces and trimmed ends. */
const plain = (text: string) => text.replaceAll("\u00a0", " ").trim();

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPES = /\u001b\[[0-9;]*m/g;

test("the short report shows verdict, findings, prescription and proof", () => {
  assert.equal(
    plain(renderTerminal(CURED)),
    `Sick, cure proven · Digits <deep> & "narrow"
A remedy was tried and is proven to help.

Findings
1. Vanishing gradient · in layer 0 (linear), since step 1
   Relative to its weights, the gradient of the lowest layer is 6.19 × 10⁻¹⁰ times that of the
   highest (norms 1.24 × 10⁻¹⁰ and 0.2); about 1 is good, the limit is 0.001.
2. Poor initialisation · in layer 0 (linear), before the first step
   The standard deviation of the initial weights is 0.21 times the right one (limit 0.5); with 784
   inputs and sigmoid it should be 0.0357.

Prescription: Batch normalisation + different initialisation, for vanishing gradient, poor
   initialisation
   + model.layers.1: batchNorm
   ~ model.layers.0.weights: glorotUniform -> heNormal
   - regularizer: { l2: 0.1 }
   Based on a test of learning rates from 10⁻⁶ to 1 over 60 steps.

Trial: proven to help
                    accuracy (mean ± SD)
   baseline                 11.3 ± 0.0 %
   with the remedy          96.0 ± 0.2 %
   The gain is 83.8 points; to rule out chance, it had to exceed 0.5 points. (pairs of runs with
   different seeds: 3)

Examined in 42 s. All evidence, trials and papers: --details. Charts: --html FILE.html`,
  );
});

test("the same in Korean, with columns that fit its wide letters", () => {
  const text = plain(renderTerminal(CURED, { lang: "ko" }));
  assert.match(text, /^문제 있음, 처방 효과 입증 · /);
  assert.match(text, /\n1\. 기울기 소실 · 0번 층\(linear\), 1번째 스텝부터\n/);
  assert.match(text, /\n처방: 배치 정규화 \+ 가중치 초기화 변경, 대상: 기울기 소실, 부적절한 가중치 초기화\n/);
  assert.match(text, /처방의 효과는 83\.8%포인트입니다\. 우연이 아니라고 판단하려면 0\.5%포인트를 넘어야 했습니다\./);
  const rows = text.split("\n").filter((line) => /\u00b1/.test(line));
  assert.equal(rows.length, 3);
  assert.equal(new Set(rows.slice(1).map(displayWidth)).size, 1);
});

test("a healthy network: what was examined, its score and the score of simple learners", () => {
  assert.equal(
    plain(renderTerminal(HEALTHY)),
    `Healthy
Nothing was found that keeps this network from learning.

Runs examined: 1, with 800 steps each.
On unseen samples the network reaches 96.2 % (accuracy); guessing reaches 11.3 %.
Simple learners (nearest neighbours) reach 95.1 % on the same data.
The checks before the first step and the gradients, activations and losses of the run show nothing
wrong.

Examined in 3.2 s. All evidence, trials and papers: --details. Charts: --html FILE.html`,
  );
});

test("a diagnosis from a log alone says so", () => {
  const text = renderTerminal({ ...HEALTHY, training: undefined, attainable: undefined }, { width: 200 });
  assert.match(text, /What it does not record was not examined\./);
  assert.doesNotMatch(text, /checks before the first step|Simple learners/);
});

test("advice shows no changes and no trial; a prescription without a trial says so", () => {
  const advice = renderTerminal(NOT_CURABLE, { details: true });
  assert.match(advice, /Repair the data, for faulty labels\n {3}This is advice/);
  assert.match(advice, /3\/100 .* stopped in step 3, not finite: gradient of weight of layer 2/);
  assert.doesNotMatch(advice, /No trial|Trial:/);
  const untried = renderTerminal({ ...CURED, verdict: "not-tried", trials: [], prescriptions: [BATCH_NORM] });
  assert.match(untried, /^Sick, no cure tried/);
  assert.match(untried, /No trial was made/);
  assert.doesNotMatch(untried, /proven/);
});

test("details: all evidence and rules, failed trials and why, all runs, paragraphs, papers", () => {
  const text = plain(renderTerminal(CURED, { details: true }));
  for (const part of [
    "The output of layer 19 is nearly the same for every input",
    "The same shows in 3 of 3 runs with different seeds.",
    "Rule: He et al., Delving Deep into Rectifiers, 2015",
    "Noticed, but harmless",
    "jumps by 4 % from one epoch to the next (limit 3 %), in 25 % of the",
    "Gradient clipping: not proven",
    "Still present with the remedy: vanishing gradient.",
    "each run had 50 % of its steps.",
    "+ clip: { type: globalNorm, maxNorm: 1 }",
    "Runs, baseline\n",
    "3       800          95.8 %            95.8 %            0.112",
    "A network learns from a gradient",
    'Ioffe & Szegedy, "Batch Normalization',
  ])
    assert.ok(text.includes(part), part);
  const short = renderTerminal(CURED);
  for (const part of ["Rule:", "Ioffe", "clip"]) assert.ok(!short.includes(part), part);
});

test("the short report counts the problems that it leaves out and groups findings by problem", () => {
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
    /\n {3}\u00b7 in layer 0 \(linear\), before the first step\n {3}The standard deviation/,
  );
});

for (const lang of LANGUAGES)
  test(`lines keep to the width, and colours change only colours: ${lang}`, () => {
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

test("widths: Hangul takes two columns, escape sequences none; lines wrap at spaces", () => {
  assert.equal(displayWidth("ab"), 2);
  assert.equal(displayWidth("가나 a"), 6);
  assert.equal(displayWidth(ownSequences("\u001b[1mab\u001b[22m")), 2);
  assert.equal(wrap("one two three", 9, "  ", "- "), "- one two\n  three");
  assert.equal(wrap("가나 다라", 8), "가나\n다라");
});

test("runs that were not observed to their end are reported first, sick or healthy, in both languages", () => {
  const lines = {
    en: "The time budget was too short for whole runs: each was observed for 7.5 % of its steps. Problems that show only later were not seen; allow more time to see them.",
    ko: "제한 시간이 짧아 각 실행을 전체 스텝의 7.5%까지만 관찰했습니다. 그 뒤에 나타나는 문제까지 확인하려면 제한 시간을 늘리십시오.",
  };
  for (const lang of LANGUAGES) {
    for (const diagnosis of [HEALTHY, CURED]) {
      const text = plain(renderTerminal({ ...diagnosis, share: 0.075 }, { lang, width: 400 }));
      assert.equal(text.split("\n")[2], lines[lang]);
      assert.ok(!plain(renderTerminal(diagnosis, { lang, width: 400 })).includes(lines[lang]));
    }
  }
});
