import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Diagnosis } from "../../../src/doctor/diagnosis.ts";
import { examineLog } from "../../../src/doctor/examine.ts";
import { readLog } from "../../../src/files/logs/read-log.ts";
import { renderHtml } from "../../../src/telling/report/html.ts";
import { diagnosisJson } from "../../../src/telling/report/json.ts";
import { renderTerminal } from "../../../src/telling/report/terminal.ts";
import { scratchFolder } from "../../io/scratch.ts";

const folder = scratchFolder();

let files = 0;
async function diagnosisOf(text: string, extension = "csv"): Promise<Diagnosis> {
  const file = join(folder, `log-${files++}.${extension}`);
  writeFileSync(file, text);
  return examineLog((await readLog(file)).record, "run");
}

const noise = (index: number): number => ((index * 7919) % 101) / 101 - 0.5;
const csv = (header: string, rows: number, row: (index: number) => readonly (string | number)[]): string =>
  [header, ...Array.from({ length: rows }, (_, index) => row(index).join(","))].join("\n");

/** Typical logs of losses that never fall. */
const FLAT: Readonly<Record<string, string>> = {
  "the same loss at every step": csv("step,loss", 50, (index) => [index, Math.LN10]),
  "noise around log 10": csv("step,loss", 400, (index) => [index, 2.3 + 0.2 * noise(index)]),
  "much noise": csv("step,loss", 60, (index) => [index, 1 + 0.9 * noise(index)]),
  "few epochs": csv("epoch,loss", 4, (index) => [index, Math.LN2 + 0.002 * noise(index)]),
  "a loss that only rises": csv("step,loss", 40, (index) => [index, 1 + index / 100]),
  "with validation at chance": csv("epoch,loss,val_loss,val_accuracy", 20, (index) => [
    index,
    2.3 + 0.01 * noise(index),
    2.3 + 0.01 * noise(index + 3),
    0.1,
  ]),
};

for (const [name, text] of Object.entries(FLAT)) {
  test(`a loss that never falls is a finding: ${name}`, async () => {
    const { findings, verdict } = await diagnosisOf(text);
    const finding = findings.find(({ problem }) => problem === "underfitting");
    assert.equal(finding?.evidence[0]?.measure, "loss-fall");
    assert.equal(verdict, "not-tried");
  });
}

test("a run that goes on is not accused of a loss that has not fallen yet, until half of its steps are done", async () => {
  const file = join(folder, "flat.csv");
  writeFileSync(file, FLAT["noise around log 10"] as string);
  const { record } = await readLog(file);
  const accused = (plannedSteps: number) =>
    examineLog({ ...record, plannedSteps, cut: "budget" }, "run").findings.map(({ problem }) => problem);
  assert.deepEqual(accused(4 * record.steps), []);
  assert.deepEqual(accused(1.5 * record.steps), ["underfitting"]);
});

test("there are no trials for a log: no report mentions proofs", async () => {
  const diagnosis = await diagnosisOf(FLAT["noise around log 10"] as string);
  assert.match(renderTerminal(diagnosis), /^Sick, no cure tried/);
  assert.doesNotMatch(renderTerminal(diagnosis), /proven/);
  assert.match(renderTerminal(diagnosis, { lang: "ko" }), /처방 시험 전/);
  assert.doesNotMatch(renderTerminal(diagnosis, { lang: "ko" }), /입증/);
  assert.match(renderHtml(diagnosis), /Sick, no cure tried/);
  assert.equal((diagnosisJson(diagnosis) as { verdict: string }).verdict, "not-tried");
});

const falling = (index: number): number => 0.3 + 2 * Math.exp(-index / 8) + 0.05 * noise(index);

test("two columns with a falling loss: too-little-logged, never healthy", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => JSON.stringify({ step: index, loss: falling(index) }));
  for (const [text, extension] of [
    [csv("step,loss", 60, (index) => [index, falling(index)]), "csv"],
    [csv("epoch,loss", 30, (index) => [index, falling(index)]), "csv"],
    [lines.join("\n"), "jsonl"],
  ] as const) {
    const diagnosis = await diagnosisOf(text, extension);
    assert.deepEqual([diagnosis.findings, diagnosis.verdict], [[], "too-little-logged"]);
    assert.match(renderTerminal(diagnosis), /^Too little logged/);
    assert.doesNotMatch(renderTerminal(diagnosis), /Healthy/);
    assert.match(renderTerminal(diagnosis, { lang: "ko" }), /^기록 부족/);
    assert.match(renderHtml(diagnosis, { lang: "ko" }), /기록 부족/);
    assert.equal((diagnosisJson(diagnosis) as { verdict: string }).verdict, "too-little-logged");
  }
});

test("logs with more information are healthy if the network learns", async () => {
  const texts = [
    csv("epoch,loss,val_loss", 30, (index) => [index, falling(index), falling(index) + 0.05]),
    csv("epoch,loss,accuracy", 30, (index) => [index, falling(index), 0.95 - 0.8 * Math.exp(-index / 8)]),
    // learned before the log begins: flat, but correct
    csv("epoch,loss,val_loss,val_accuracy", 20, (index) => [index, 0.05 + 1e-3 * noise(index), 0.06, 0.98]),
    // a short fall, then much noise
    csv("step,loss,gradient_norm", 500, (index) => [index, 0.5 + 2 * Math.exp(-index) + 0.3 * noise(index), 1]),
    // a slow fall in much noise
    csv("step,loss,gradient_norm", 2000, (index) => [index, 3 - index / 8000 + 0.3 * noise(index), 1]),
  ];
  for (const text of texts) {
    const { findings, verdict } = await diagnosisOf(text);
    assert.deepEqual(
      [findings.filter(({ problem }) => problem === "underfitting"), verdict],
      [[], "healthy"],
      text.slice(0, 40),
    );
  }
});
