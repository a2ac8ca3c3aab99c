import { availableParallelism, cpus } from "node:os";
import { resolve } from "node:path";
import { GradusError } from "../../core/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { loadMnist } from "../../datasets/mnist.ts";
import { Runner } from "../../doctor/trial/pool.ts";
import { openBackend } from "../../engine/select-backend.ts";
import { processPlaces } from "../../processes/run-process.ts";
import { fill } from "../../telling/texts/fill.ts";
import { TEXTS } from "../../telling/texts/languages.ts";
import type { Language } from "../../telling/texts/texts.ts";
import type { RunRecord } from "../../watch/record.ts";
import { EXIT } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { requireOutput, saveText } from "../output.ts";
import { reportError } from "../report-error.ts";
import { jsonLine, line, styled, type Terminal } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { cureLine, figuresOf, togetherLine } from "./figures.ts";
import { CURES, type Patient } from "./patients/patient.ts";
import { PATIENTS, QUICK_SAMPLES, quick, TOGETHER } from "./patients/patients.ts";
import { formatTime, Meter } from "./progress.ts";
import { type Cure, prove } from "./prove.ts";
import { cureLines } from "./terminal-lines.ts";
import { DEMO_TEXTS } from "./texts/languages.ts";
import { workOfPatient, workOfTogether } from "./work.ts";

export interface DemoOptions {
  readonly reportPath: string;
  /** Path of the figures as JSON. */
  readonly jsonPath?: string | undefined;
  readonly isQuick: boolean;
  readonly lang: Language;
}

/** The number of unseen images on which pairs are compared. */
const UNSEEN = 2_000;

/** Proves six remedies, applies all of them to one deep network, and writes the report. */
export async function runDemo(terminal: Terminal, options: DemoOptions): Promise<number> {
  const { isQuick, lang, reportPath, jsonPath } = options;
  requireOutputs(reportPath, jsonPath);
  const start = performance.now();
  const { out } = terminal;
  const texts = DEMO_TEXTS[lang];
  const words = TEXTS[lang];
  // figures on the standard output come without other text
  const isShown = !terminal.isJson && jsonPath !== "-";
  const say = (text = "") => {
    if (isShown) line(out, text);
  };
  const backend = await openBackend();
  say(`${styled(out, "bold", "Gradus")} ${packageVersion()}, ${backend.description}`);
  const { train, test } = await loadMnist({ notify: say });
  say(fill(texts.data, { train: train.length, test: test.length }, words));
  if (isQuick) say(texts.quickNote);

  const patients = CURES.map((name): Patient => (isQuick ? quickPatient(PATIENTS[name]) : PATIENTS[name]));
  const together = isQuick ? quick(TOGETHER) : TOGETHER;
  const whole = isQuick ? train.take(QUICK_SAMPLES) : train;
  const data = { train, validation: test.take(isQuick ? QUICK_SAMPLES : UNSEEN) };
  const work = [...patients.map(workOfPatient), workOfTogether(whole.length, together)];
  const totalWork = work.reduce((sum, each) => sum + each, 0);
  const meter = new Meter(out, texts, isShown);
  let workDone = 0;
  const onProgress = (index: number) => (done: number) =>
    meter.show((workDone + done * (work[index] as number)) / totalWork);

  const { signal, status, release } = onInterrupt((name) => {
    meter.clear();
    say(fill(texts.finishing, { signal: name }, words));
  });
  const runner = new Runner({ signal, places: processPlaces() });
  const cures: Cure[] = [];
  let record: RunRecord;
  try {
    for (const [index, patient] of patients.entries()) {
      const name = texts.cures[patient.cure].name;
      say(`\n${styled(out, "bold", fill(texts.proving, { number: index + 1, of: patients.length, name }, words))}`);
      say(`  ${texts.cures[patient.cure].patient}`);
      const cure = await prove(patient, { runner, signal, data, onProgress: onProgress(index) });
      cures.push(cure);
      workDone += work[index] as number;
      meter.clear();
      if (terminal.isJson) jsonLine(out, { type: "cure", ...cureLine(cure) });
      for (const each of cureLines(cure, texts)) say(`  ${each}`);
    }
    say(`\n${styled(out, "bold", texts.togetherTitle)}`);
    const validation: Dataset = isQuick ? test.take(QUICK_SAMPLES) : test;
    record = await runner.run({
      training: { settings: together, data: { train: whole, validation } },
      options: { seed: together.seed },
      signal,
      onProgress: onProgress(patients.length),
    });
    meter.clear();
    if (terminal.isJson) jsonLine(out, { type: "together", ...togetherLine(record) });
    const accuracy = `${(100 * (record.score?.value ?? 0)).toFixed(2)}${words.percent}%`;
    say(`  ${fill(texts.togetherResult, { accuracy }, words)}`);
  } catch (error) {
    if (!signal.aborted) throw error;
    reportError(terminal, error);
    return status();
  } finally {
    meter.clear();
    release();
    await runner.dispose();
  }

  const { renderReport } = await import("./report/report.ts");
  const seconds = (performance.now() - start) / 1000;
  const html = renderReport(cures, record, {
    lang,
    isQuick,
    version: packageVersion(),
    backend: backend.description,
    machine: cpus()[0]?.model.trim() ?? process.arch,
    cores: availableParallelism(),
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    seconds,
    validation: isQuick ? QUICK_SAMPLES : UNSEEN,
    test: isQuick ? QUICK_SAMPLES : test.length,
  });
  await saveText(reportPath, () => [html]);
  const path = resolve(reportPath);
  if (terminal.isJson) jsonLine(out, { type: "report", path, seconds });
  if (jsonPath !== undefined) {
    await saveText(jsonPath, () => [`${JSON.stringify(figuresOf(cures, record, seconds), null, 2)}\n`]);
    say(`\n${fill(texts.jsonWritten, { path: resolve(jsonPath) }, words)}`);
  }
  const gaps = { time: formatTime(seconds, texts), path: styled(out, "bold", path) };
  say(`\n${fill(texts.done, gaps, words)}`);
  return EXIT.ok;
}

function requireOutputs(reportPath: string, jsonPath: string | undefined): void {
  requireOutput("demo: --report", reportPath);
  if (jsonPath === undefined) return;
  requireOutput("demo: --json", jsonPath);
  if (resolve(jsonPath) !== resolve(reportPath)) return;
  const message = `demo: --json and --report both name ${jsonPath}. Give each its own file.`;
  throw new GradusError("bad-argument", message, { option: "--json", file: jsonPath });
}

/** A patient with a tiny budget: every network and optimiser runs, but the results mean nothing. */
function quickPatient(patient: Patient): Patient {
  const rivals = patient.rivals?.map((rival) => ({ ...rival, rates: rival.rates.slice(0, 2) }));
  return {
    ...patient,
    samples: QUICK_SAMPLES,
    sick: quick(patient.sick),
    cured: quick(patient.cured),
    ...(rivals === undefined ? {} : { rivals }),
  };
}
