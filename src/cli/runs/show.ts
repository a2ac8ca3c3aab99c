import { largest } from "../../core/extremes.ts";
import { formatCount, formatDuration } from "../../train/progress.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine, line, styled, type Terminal } from "../terminal.ts";
import { type Course, courseOf } from "./course.ts";
import { formatSetting } from "./format-setting.ts";
import { STATUS_STYLE } from "./list.ts";
import { openNamed } from "./locate.ts";
import { overviewJson } from "./overview-json.ts";
import { plain } from "./plain.ts";
import { formatMetric, metricNames, metricTitle, scoreOf } from "./score.ts";
import { overviewOf } from "./summary.ts";
import { trainedMs } from "./trained-time.ts";
import { ago, dateOf } from "./when.ts";

const MOST_VALUE_COLUMNS = 60;

type Entry = readonly [name: string, value: string];

/** `gradus runs show RUN`: all that is known about one run. */
export function showRun(terminal: Terminal, word: string, root: string): number {
  const { out } = terminal;
  const reader = openNamed("runs show", word, root);
  const overview = overviewOf(reader);
  const course = courseOf(reader);
  if (terminal.isJson) {
    const { description, notes, warnings } = reader;
    const { epochs, checkpoint, stopped, test, resumptions } = course;
    jsonLine(out, {
      ...overviewJson(overview),
      trainedMs: trainedMs(reader) ?? null,
      resumptions,
      stopped: stopped ?? null,
      checkpoint: checkpoint ?? null,
      test: test ?? null,
      history: epochs,
      environment: description?.environment ?? null,
      notes,
      warnings,
    });
    return EXIT.ok;
  }
  line(out, `${styled(out, "bold", plain(reader.name))}  ${styled(out, STATUS_STYLE[reader.status], reader.status)}`);
  section(terminal, "", courseEntries(reader, course));
  section(terminal, "scores", scoreEntries(course));
  const settings = Object.entries(overview.settings);
  section(
    terminal,
    "settings",
    settings.map(([path, value]) => [plain(path), plain(formatSetting(value), MOST_VALUE_COLUMNS)]),
  );
  section(terminal, "made by", environmentEntries(reader));
  if (reader.notes.trim() !== "") {
    line(out, `\n${styled(out, "bold", "notes")}`);
    for (const text of reader.notes.trimEnd().split("\n")) line(out, `  ${plain(text)}`);
  }
  for (const warning of reader.warnings) {
    line(terminal.errors, `${styled(terminal.errors, "yellow", "warning")}  ${warning}`);
  }
  return EXIT.ok;
}

function section({ out }: Terminal, title: string, entries: readonly Entry[]): void {
  if (entries.length === 0) return;
  if (title !== "") line(out, `\n${styled(out, "bold", title)}`);
  const width = largest(entries.map(([name]) => name.length));
  for (const [name, value] of entries) line(out, `  ${name.padEnd(width)}  ${value}`);
}

function courseEntries(reader: ReturnType<typeof openNamed>, course: Course): readonly Entry[] {
  const { begun, stopped, checkpoint, resumptions } = course;
  const now = Date.now();
  const trained = trainedMs(reader);
  const at = reader.createdAt;
  return [
    ["folder", plain(reader.folder)],
    ...(at === undefined ? [] : [["began", `${dateOf(at)} (${ago(at, now)})`] as const]),
    ["progress", progressOf(course)],
    ...(trained === undefined ? [] : [["trained for", formatDuration(trained)] as const]),
    ...(begun === undefined
      ? []
      : [
          ["network", `${formatCount(begun.parameters)} parameters`] as const,
          [
            "samples",
            `${formatCount(begun.samples)} for training, ${formatCount(begun.validationSamples)} for validation`,
          ] as const,
          [
            "backend",
            `${plain(begun.backend)}, ${begun.threads} ${begun.threads === 1 ? "thread" : "threads"}`,
          ] as const,
        ]),
    ...(resumptions === 0 ? [] : [["resumed", `${resumptions} ${resumptions === 1 ? "time" : "times"}`] as const]),
    ...(checkpoint === undefined
      ? []
      : [["checkpoint", `step ${formatCount(checkpoint.step)}, ${ago(checkpoint.at, now)}`] as const]),
    ...(stopped === undefined ? [] : [["ended", `${plain(stopped.reason)}, ${dateOf(stopped.at)}`] as const]),
  ];
}

function progressOf({ epoch, plannedEpochs, step, steps }: Course): string {
  const of = (done: number, planned: number | undefined) =>
    planned === undefined ? formatCount(done) : `${formatCount(done)} of ${formatCount(planned)}`;
  return `epoch ${of(epoch, plannedEpochs)}, step ${of(step, steps)}`;
}

function scoreEntries({ epochs, test }: Course): readonly Entry[] {
  const scores = metricNames(epochs).flatMap((name): readonly Entry[] => {
    const score = scoreOf(epochs, name);
    if (score === undefined) return [];
    const best = `best ${formatMetric(name, score.best)} in epoch ${score.bestEpoch}`;
    return [[plain(metricTitle(name)), `${formatMetric(name, score.last)}   ${best}`]];
  });
  const tested = Object.entries(test ?? {}).map(
    ([name, value]): Entry => [plain(`test ${name}`), formatMetric(name, value)],
  );
  return [...scores, ...tested];
}

function environmentEntries({ description }: ReturnType<typeof openNamed>): readonly Entry[] {
  if (description === undefined) return [];
  const { gradus, node, platform, processor, cores, host, directory, command, git } = description.environment;
  return [
    ["Gradus", `${plain(gradus)}, Node ${plain(node)}`],
    ["machine", plain(`${host}: ${platform}, ${processor}, ${cores} cores`)],
    ["folder", plain(directory)],
    ["command", plain(command.join(" "))],
    ...(git === undefined
      ? []
      : [
          [
            "git",
            plain(
              `${git.commit}${git.branch === undefined ? "" : ` on ${git.branch}`}${git.isDirty ? ", with changes" : ""}`,
            ),
          ] as const,
        ]),
  ];
}
