import { type Curve, linesChart } from "../../../report/lines.ts";
import { figure, page } from "../../../report/page.ts";
import { escapeHtml } from "../../../report/svg.ts";
import { formatCount, formatDuration } from "../../../train/progress.ts";
import { BATCH_SIZE, DEPTH, type Part, WIDTH } from "../plan.ts";
import { type CaseResult, lossGap, normRatio } from "../runner.ts";
import { formatGap, formatPercent, formatScale } from "../text.ts";
import { normBarsChart, normMap, normRange } from "./charts.ts";

/** Where and when a report was made. */
export interface ReportContext {
  readonly version: string;
  readonly machine: string;
  readonly backend: string;
  readonly date: string;
  readonly seconds: number;
  /** The cases saw a small slice of the data only. */
  readonly isQuick: boolean;
  readonly trainSamples: number;
  readonly testSamples: number;
}

/** The whole demonstration as one HTML page that needs nothing else. */
export function renderReport(results: readonly CaseResult[], context: ReportContext): string {
  const of = (part: Part) => results.filter((result) => result.case.part === part);
  const find = (id: string) => results.find((result) => result.case.id === id) as CaseResult;
  const sections = [
    header(find("patient"), find("together"), context),
    patientSection(find("patient")),
    remediesSection(of("remedies"), find("patient")),
    togetherSection(find("patient"), find("together")),
    explodingSection(of("exploding")),
    overfittingSection(of("overfitting")),
    methodSection(results, context),
  ];
  return page({ language: "en", title: "Why deep networks do not learn, and what makes them", sections });
}

function header(patient: CaseResult, together: CaseResult, context: ReportContext): string {
  const tile = (value: string, text: string) => `<div class="tile"><b>${value}</b><span>${text}</span></div>`;
  const quick = context.isQuick
    ? '<p class="note">Made with <code>--quick</code>: each network saw a few hundred images once. The figures mean nothing; run without it.</p>'
    : "";
  return `<h1>Why deep networks do not learn, and what makes them</h1>
<p class="lead">A network of ${DEPTH} hidden layers on the ${formatCount(context.trainSamples)} digits of MNIST: first as it was built before 2010, then with six remedies, one by one and together.</p>
${quick}
<div class="tiles">
${tile(formatPercent(patient.test?.accuracy), "test accuracy of the patient; the commonest digit makes up 11.35 %")}
${tile(formatPercent(together.test?.accuracy), "with all six remedies")}
${tile(scientific(normRatio(patient)), "gradient of the patient's lowest layer over that of its highest")}
${tile(scientific(normRatio(together)), "the same ratio with all six remedies")}
</div>`;
}

function patientSection(patient: CaseResult): string {
  const chart = normBarsChart([{ result: patient, role: "second" }]);
  return `<h2>The patient</h2>
<p>${escapeHtml(capital(patient.case.change))}. After ${patient.case.budget.epochs} passes over the training images it is right ${formatPercent(patient.test?.accuracy)} of the time: it gives every image the same answer.</p>
<p>The reason is in its gradients. Backpropagation multiplies them by the slope of the sigmoid, at most ¼, in every layer on the way down. What reaches the lowest layer is ${scientific(normRatio(patient))} times what the highest one gets, so the layers that see the image hardly move.</p>
${figure("Norm of the gradient, layer by layer", chart, "Median over the run, log scale. Layer 1 sees the image, the last layer gives the ten scores.", true)}`;
}

function remediesSection(results: readonly CaseResult[], patient: CaseResult): string {
  const alone = results.filter(({ case: { id } }) => id !== "patient" && id !== "together");
  const panels = alone.map((result) => {
    const chart = linesChart([curveOf(patient, "quiet", true), curveOf(result, "first")], {
      label: `Training loss of ${result.case.title} and of the patient`,
      xName: "step",
      yName: "training loss",
      yMax: 2.5,
      legend: false,
      width: 320,
      height: 210,
    });
    return figure(
      `${capital(result.case.title)}: ${formatPercent(result.test?.accuracy)}`,
      chart,
      escapeHtml(result.case.change),
    );
  });
  return `<h2>Each remedy alone</h2>
<p>The same network, one thing changed. A remedy that works on the gradients' way down (another activation, batch normalisation) lets it learn; one that only rescales what arrives there helps a little or not at all, for there is next to nothing to rescale.</p>
${resultTable(results)}
<p class="muted">Lowest / highest gradient: the norm of the first layer's gradient over the last one's, median over the run. Test − train: the loss on unseen images less the loss on seen ones, both with dropout off.</p>
<h3>Training loss</h3>
<p class="muted">Blue: with the remedy. Grey, dashed: the patient.</p>
<div class="panels">${panels.join("\n")}</div>`;
}

function togetherSection(patient: CaseResult, together: CaseResult): string {
  const range = normRange([patient, together]);
  const bars = normBarsChart([
    { result: patient, role: "second" },
    { result: together, role: "first" },
  ]);
  const losses = linesChart([curveOf(patient, "quiet", true), curveOf(together, "first")], {
    label: "Training loss of the patient and of all remedies together",
    xName: "step",
    yName: "training loss",
    yMax: 2.5,
  });
  return `<h2>All together</h2>
<p>${escapeHtml(together.case.change)}: ${formatPercent(together.test?.accuracy)} on the test images after ${together.case.budget.epochs} passes. Every layer now gets a gradient of about the same size, from the first step to the last.</p>
${figure("Training loss", losses, "", true)}
${figure("Norm of the gradient, layer by layer", bars, "Median over the run, log scale.", true)}
<div class="pair">
${figure(`By layer and step: ${patient.case.title}`, normMap(patient, range))}
${figure(`By layer and step: ${together.case.title}`, normMap(together, range))}
</div>
<p class="muted">The same colours in both, from small (dark) to large (light), as powers of ten.</p>`;
}

const EXPLODING_ROLES = ["second", "fourth", "first", "third"] as const;

function explodingSection(results: readonly CaseResult[]): string {
  const [plain, clipped, he] = results;
  const chart = linesChart(
    results.map((result, index) => curveOf(result, EXPLODING_ROLES[index] ?? "quiet")),
    {
      label: "Training loss of the exploding network and its remedies",
      xName: "step",
      yName: "training loss, log scale",
      yLog: true,
    },
  );
  const bars = [plain, clipped, he]
    .filter((result): result is CaseResult => result !== undefined && result.norms.length > 0)
    .map((result, index) => ({ result, role: EXPLODING_ROLES[index] ?? ("quiet" as const) }));
  const failures = results
    .filter(({ failure }) => failure !== undefined)
    .map(
      (result) =>
        `<p class="note"><b>${escapeHtml(capital(result.case.title))}</b> broke off. ${escapeHtml(result.failure?.message ?? "")}</p>`,
    );
  return `<h2>The other way round: exploding</h2>
<p>As deep, but with ReLU and weights from N(0, 1). Each layer of ${WIDTH} units now makes the signal about seven times larger, forwards and backwards: ${DEPTH} layers make it 10¹⁷ times. Clipping bounds the step and keeps the numbers finite, yet the network stays where it was thrown; He's initialisation removes the cause.</p>
${failures.join("\n")}
${resultTable(results)}
${figure("Training loss", chart, "A single dot is a run that broke off after its first step.", true)}
${bars.length > 0 ? figure("Norm of the gradient, layer by layer", normBarsChart(bars), "Median over the run, log scale.", true) : ""}`;
}

function overfittingSection(results: readonly CaseResult[]): string {
  const losses = results.flatMap(({ epochs }) => epochs.map(({ validation }) => validation?.loss ?? 0));
  const yMax = Math.ceil(Math.max(0.5, ...losses) * 5) / 5;
  const panels = results.map((result) =>
    figure(
      `${capital(result.case.title)}: ${formatPercent(result.test?.accuracy)}`,
      linesChart(overfittingCurves(result), {
        label: `Training and test loss by epoch, ${result.case.title}`,
        xName: "epoch",
        yName: "loss",
        yMax,
        width: 470,
        height: 300,
      }),
    ),
  );
  return `<h2>Too much capacity: overfitting</h2>
<p>Two wide layers and ${formatCount(results[0]?.case.budget.samples ?? 0)} training images. The network learns them by heart: the training loss goes to zero, the test loss turns and rises. Dropout makes every unit useful on its own, and the two losses stay closer.</p>
${resultTable(results)}
<div class="pair">${panels.join("\n")}</div>
<p class="muted">Training loss as seen in training, with dropout on where there is dropout; test loss on 2,000 test images, with dropout off.</p>`;
}

function overfittingCurves({ epochs }: CaseResult): readonly Curve[] {
  return [
    {
      name: "training",
      role: "quiet",
      dashed: true,
      points: epochs.map(({ epoch, train }) => [epoch, train.loss] as const),
    },
    {
      name: "test",
      role: "second",
      points: epochs.map(({ epoch, validation }) => [epoch, validation?.loss ?? Number.NaN] as const),
    },
  ];
}

function methodSection(results: readonly CaseResult[], context: ReportContext): string {
  const rows: readonly (readonly [string, string])[] = [
    [
      "data",
      `MNIST, ${formatCount(context.trainSamples)} training and ${formatCount(context.testSamples)} test images, pixels in [0, 1]`,
    ],
    ["batch", `${BATCH_SIZE} images a step`],
    ["epochs", epochsOf(results)],
    ["seed", "1 for weights, order and dropout: the same figures come out on this backend with as many threads"],
    ["engine", `Gradus ${context.version}, ${context.backend}`],
    ["machine", context.machine],
    ["time", `${formatDuration(context.seconds * 1000)} in all, ${context.date}`],
    ["again", "npm start"],
  ];
  const list = rows.map(
    ([name, text]) =>
      `<dt>${name}</dt><dd>${name === "again" ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text)}</dd>`,
  );
  return `<h2>How this was measured</h2>
<dl>${list.join("\n")}</dl>`;
}

function epochsOf(results: readonly CaseResult[]): string {
  const byBudget = new Map<string, string[]>();
  for (const { case: each } of results) {
    const { samples, epochs } = each.budget;
    const key = `${epochs} ${epochs === 1 ? "pass" : "passes"} over ${formatCount(samples)} images`;
    byBudget.set(key, [...(byBudget.get(key) ?? []), each.title]);
  }
  return [...byBudget].map(([budget, titles]) => `${budget}: ${titles.join(", ")}`).join("; ");
}

function resultTable(results: readonly CaseResult[]): string {
  const best = Math.max(...results.map(({ test }) => test?.accuracy ?? 0));
  const rows = results.map((result) => {
    const accuracy = result.test?.accuracy;
    const bar =
      accuracy === undefined ? "" : `<span class="bar"><i style="width:${(100 * accuracy).toFixed(1)}%"></i></span>`;
    return `<tr${accuracy === best ? ' class="best"' : ""}>
<td>${escapeHtml(result.case.title)}<br><small>${escapeHtml(result.case.change)}</small></td>
<td class="number">${result.failure ? `broke off at step ${result.failure.step}` : formatPercent(accuracy)}${bar}</td>
<td class="number">${scientific(normRatio(result))}</td>
<td class="number">${result.test ? gap(result) : "–"}</td>
<td class="number">${result.samplesPerSecond > 0 ? formatCount(result.samplesPerSecond) : "–"}</td>
</tr>`;
  });
  return `<div class="table"><table>
<thead><tr><th>network</th><th class="number">test accuracy</th><th class="number">lowest / highest gradient</th><th class="number">test − train loss</th><th class="number">samples/s</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}

function curveOf(result: CaseResult, role: Curve["role"], dashed = false): Curve {
  return {
    name: result.case.title,
    role,
    dashed,
    points: result.losses.map(({ step, loss }) => [step, loss] as const),
  };
}

/** 6.9e-13 as people write it. */
function scientific(value: number): string {
  return formatScale(value)
    .replace(/e([+-]?\d+)$/, (_, exponent: string) => `\u00a0×\u00a010<sup>${Number(exponent)}</sup>`)
    .replaceAll("-", "−");
}

function gap(result: CaseResult): string {
  const value = lossGap(result);
  return Math.abs(value) >= 1000 ? scientific(value) : formatGap(value).replace("-", "−");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
