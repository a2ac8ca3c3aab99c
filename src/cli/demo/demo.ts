import { availableParallelism, cpus } from "node:os";
import { resolve } from "node:path";
import { loadMnist } from "../../data/mnist.ts";
import { openBackend } from "../../engine/select-backend.ts";
import { formatCount, formatDuration, progress } from "../../train/progress.ts";
import { EXIT } from "../exit-codes.ts";
import { onInterrupt } from "../interrupt.ts";
import { requireOutput, saveText } from "../output.ts";
import { reportError } from "../report-error.ts";
import { jsonLine, line, styled, type Terminal } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { DEMO, type DemoCase, type Part, quickPlan } from "./plan.ts";
import { type CaseResult, type DemoData, lossGap, normRatio, runCase, typicalNorms } from "./runner.ts";
import { normBars, resultTable } from "./text.ts";

export interface DemoOptions {
  readonly reportPath: string;
  readonly isQuick: boolean;
}

const HEADINGS = {
  remedies: "A deep network that does not learn, and six remedies",
  exploding: "Exploding gradients",
  overfitting: "Overfitting",
} satisfies Record<Part, string>;

/** The main job: trains every case of the plan, shows what came out, writes the report. */
export async function runDemo(terminal: Terminal, { reportPath, isQuick }: DemoOptions): Promise<number> {
  requireOutput("demo: --report", reportPath);
  const start = performance.now();
  const { out } = terminal;
  const say = (text = "") => {
    if (!terminal.isJson) line(out, text);
  };
  const heading = (text: string) => say(`\n${styled(out, "bold", text)}\n`);
  const backend = openBackend();
  say(`${styled(out, "bold", "Gradus")} ${packageVersion()}, ${backend.description}`);
  const whole = await loadMnist({ notify: say });
  const data: DemoData = isQuick ? { train: whole.train, test: whole.test.take(500) } : whole;
  say(`MNIST: ${formatCount(data.train.length)} training images, ${formatCount(data.test.length)} test images`);

  const { signal, status, release } = onInterrupt((name) => say(`\n${name}: finishing the step`));
  const results: CaseResult[] = [];
  try {
    let part: Part | undefined;
    for (const each of isQuick ? quickPlan() : DEMO) {
      if (each.part !== part) {
        if (part !== undefined) closePart(part, results, say);
        part = each.part;
        heading(HEADINGS[part]);
      }
      const result = await runAndTell(terminal, each, data, signal);
      results.push(result);
      if (each.id === "patient")
        say(`\nNorm of the gradient by layer, log scale (layer 1 sees the image):\n\n${normBars(result)}\n`);
    }
    if (part !== undefined) closePart(part, results, say);
  } catch (error) {
    if (!signal.aborted) throw error;
    reportError(terminal, error);
    return status();
  } finally {
    release();
  }

  const { renderReport } = await import("./report/report.ts");
  const path = resolve(reportPath);
  const seconds = (performance.now() - start) / 1000;
  const html = renderReport(results, {
    version: packageVersion(),
    machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, Node ${process.versions.node}`,
    backend: backend.description,
    date: new Date().toISOString().slice(0, 10),
    seconds,
    isQuick,
    trainSamples: data.train.length,
    testSamples: data.test.length,
  });
  await saveText(path, () => [html]);
  if (terminal.isJson) jsonLine(out, { type: "report", path, seconds });
  say(`\n${formatDuration(seconds * 1000)} in all. Charts and explanations: ${styled(out, "bold", path)}`);
  return EXIT.ok;
}

async function runAndTell(
  terminal: Terminal,
  each: DemoCase,
  data: DemoData,
  signal: AbortSignal,
): Promise<CaseResult> {
  const { out } = terminal;
  if (!terminal.isJson) line(out, `${styled(out, "cyan", each.title)}: ${each.change}`);
  const onEvent = terminal.isJson
    ? () => undefined
    : progress(out, { label: "  ", everyEpochs: each.budget.epochs > 12 ? 10 : 1 });
  const result = await runCase(each, data, { onEvent, signal });
  if (terminal.isJson) jsonLine(out, summary(result));
  else if (result.failure) line(out, `  ${result.failure.message}`);
  return result;
}

function closePart(part: Part, results: readonly CaseResult[], say: (text?: string) => void): void {
  say(`\n${resultTable(results.filter((result) => result.case.part === part))}`);
}

/** What a machine wants to know of a case. */
function summary(result: CaseResult) {
  const { case: each, train, test, samplesPerSecond, seconds, parameterCount, failure } = result;
  return {
    type: "case",
    id: each.id,
    part: each.part,
    title: each.title,
    change: each.change,
    parameters: parameterCount,
    testAccuracy: test?.accuracy ?? null,
    trainLoss: train?.loss ?? null,
    testLoss: test?.loss ?? null,
    lossGap: test ? lossGap(result) : null,
    gradientRatio: normRatio(result),
    layerGradientNorms: typicalNorms(result),
    samplesPerSecond,
    seconds,
    failure: failure ?? null,
  };
}
