import { differingSettings } from "../../runs/differing-settings.ts";
import { formatCount, formatDuration } from "../../train/progress.ts";
import { EXIT } from "../exit-codes.ts";
import { type Column, jsonLine, line, renderTable, styled, type Terminal } from "../terminal.ts";
import { type Course, courseOf } from "./course.ts";
import { formatSetting } from "./format-setting.ts";
import { STATUS_STYLE } from "./list.ts";
import { openNamed } from "./locate.ts";
import { overviewJson } from "./overview-json.ts";
import { plain } from "./plain.ts";
import { formatMetric, isShare, metricNames, metricTitle, type Score, scoreOf } from "./score.ts";
import { overviewOf, type RunOverview } from "./summary.ts";
import { trainedMs } from "./trained-time.ts";

const MOST_COLUMNS = 32;

interface Compared extends RunOverview {
  readonly course: Course;
  readonly trainedMs: number | undefined;
}

/** One line of the comparison: a name, and a text for each run. */
interface Row {
  readonly title: string;
  readonly cells: readonly string[];
}

/** `gradus runs compare A B …`: the settings that differ, then the scores side by side. */
export function compareRuns(terminal: Terminal, words: readonly string[], root: string): number {
  const runs = words.map((word): Compared => {
    const reader = openNamed("runs compare", word, root);
    return { ...overviewOf(reader), course: courseOf(reader), trainedMs: trainedMs(reader) };
  });
  const differing = differingSettings(runs.map(({ settings }) => settings));
  const metrics = [...new Set(runs.flatMap(({ course }) => metricNames(course.epochs)))];
  const scores = metrics.map((name) => ({ name, of: runs.map(({ course }) => scoreOf(course.epochs, name)) }));
  const { out } = terminal;
  if (terminal.isJson) {
    jsonLine(out, {
      runs: runs.map((run) => ({ ...overviewJson(run), trainedMs: run.trainedMs ?? null })),
      differing: Object.fromEntries(differing.map(({ path, values }) => [path, values.map((value) => value ?? null)])),
      scores: Object.fromEntries(scores.map(({ name, of }) => [name, of.map((score) => score ?? null)])),
    });
    return EXIT.ok;
  }
  const settings = differing.map(({ path, values }): Row => {
    const cells = values.map((value) => plain(formatSetting(value), MOST_COLUMNS) || "–");
    return { title: plain(path), cells };
  });
  line(out, renderTable([...courseRows(terminal, runs)], columnsOf("run", runs)));
  line(out);
  if (settings.length === 0) line(out, "The settings are equal.");
  else line(out, renderTable(settings, columnsOf("settings that differ", runs)));
  line(out);
  if (scores.length === 0) line(out, "No epoch is complete yet.");
  else
    line(
      out,
      renderTable(
        scores.flatMap(({ name, of }) => scoreRows(terminal, name, of)),
        columnsOf("scores", runs),
      ),
    );
  return EXIT.ok;
}

function columnsOf(title: string, runs: readonly RunOverview[]): readonly Column<Row>[] {
  return [
    { title, value: (row) => row.title },
    ...runs.map(
      ({ name, id }, index): Column<Row> => ({
        title: plain(name === "" ? id : name, MOST_COLUMNS),
        value: ({ cells }) => cells[index] ?? "",
        align: "right",
      }),
    ),
  ];
}

function courseRows({ out }: Terminal, runs: readonly Compared[]): readonly Row[] {
  const row = (title: string, cell: (run: Compared) => string): Row => ({ title, cells: runs.map(cell) });
  return [
    row("status", ({ status }) => styled(out, STATUS_STYLE[status], status)),
    row("epochs", ({ epoch }) => formatCount(epoch)),
    row("steps", ({ step }) => formatCount(step)),
    row("parameters", ({ course }) => (course.begun === undefined ? "?" : formatCount(course.begun.parameters))),
    row("trained for", (run) => (run.trainedMs === undefined ? "?" : formatDuration(run.trainedMs))),
  ];
}

/** Last and best of a metric; the best of all runs stands out. */
function scoreRows({ out }: Terminal, name: string, scores: readonly (Score | undefined)[]): readonly Row[] {
  const known = scores.flatMap((score) => (score !== undefined && Number.isFinite(score.best) ? [score.best] : []));
  const isLoss = !isShare(name);
  const winner = known.reduce<number | undefined>(
    (kept, each) => (kept === undefined || (isLoss ? each < kept : each > kept) ? each : kept),
    undefined,
  );
  const cell = (value: number | undefined) => (value === undefined ? "–" : formatMetric(name, value));
  return [
    { title: metricTitle(name), cells: scores.map((score) => cell(score?.last)) },
    {
      title: "  best (epoch)",
      cells: scores.map((score) => {
        if (score === undefined) return "–";
        const text = `${cell(score.best)} (${score.bestEpoch})`;
        return score.best === winner && known.length > 1 ? styled(out, "bold", text) : text;
      }),
    },
  ];
}
