import { displayWidth } from "../../core/terminal-text.ts";
import type { RunReader, RunStatus } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { formatCount, formatNumber, renderBar } from "../../train/progress.ts";
import type { Course } from "../runs/course.ts";
import { plain } from "../runs/plain.ts";
import { trainedMs } from "../runs/trained-time.ts";
import { type Line, span } from "./spans.ts";
import type { Speed } from "./speed.ts";
import { WATCH_WORDS } from "./words.ts";

export const STATUS_STYLES = {
  running: "cyan",
  finished: "green",
  stopped: "yellow",
  failed: "red",
  killed: "red",
  unknown: "dim",
} as const satisfies Record<RunStatus, string>;

const BAR_CELLS = 24;
const MOST_NAME_COLUMNS = 60;

/** Name, status, progress and speed. */
export function headLines(
  reader: RunReader,
  course: Course,
  speed: Speed,
  language: Language,
  columns: number,
): readonly Line[] {
  const words = WATCH_WORDS[language];
  const { status, description } = reader;
  const tags = description?.tags ?? [];
  const title: Line = [
    span(plain(reader.name, Math.min(MOST_NAME_COLUMNS, columns - 12)), "bold"),
    span(`  ${words.status[status]}`, STATUS_STYLES[status]),
    span(speed.stillMs === undefined ? "" : `  ${words.still({ time: words.duration(speed.stillMs) })}`, "yellow"),
    span(tags.length === 0 ? "" : `  ${tags.join(" ")}`, "dim"),
  ];
  return [
    title,
    ...progressLines(course, speed, language, columns),
    ...wrapped(factsOf(reader, course, speed, language), columns),
  ];
}

function progressLines(course: Course, { leftMs }: Speed, language: Language, columns: number): readonly Line[] {
  const words = WATCH_WORDS[language];
  const { step, steps, epoch, plannedEpochs, stopped } = course;
  if (step === 0 && stopped === undefined) return [[span(words.notStarted, "dim")]];
  const underWay = Math.min(epoch + (stopped === undefined && step < (steps ?? step) ? 1 : 0), plannedEpochs ?? epoch);
  const facts = [
    ...(steps === undefined ? [] : [`${Math.floor((100 * step) / Math.max(1, steps))} %`]),
    ...(plannedEpochs === undefined
      ? []
      : [words.epoch({ done: formatCount(underWay), planned: formatCount(plannedEpochs) })]),
    words.step({ done: formatCount(step), planned: steps === undefined ? "?" : formatCount(steps) }),
    ...(leftMs === undefined ? [] : [words.left({ time: words.duration(leftMs) })]),
  ];
  if (steps === undefined) return wrapped(facts, columns);
  const share = step / Math.max(1, steps);
  const [first = [], ...rest] = wrapped(facts, columns - BAR_CELLS - 2);
  // on a narrow terminal the bar has a line of its own
  if (rest.length > 0) return [[span(renderBar(share, columns), "cyan")], ...wrapped(facts, columns)];
  return [[span(renderBar(share, BAR_CELLS), "cyan"), span("  "), ...first]];
}

function factsOf(
  reader: RunReader,
  course: Course,
  { samplesPerSecond }: Speed,
  language: Language,
): readonly string[] {
  const words = WATCH_WORDS[language];
  const rate = reader.measures.get("learningRate");
  const last =
    rate === undefined || rate.length === 0 ? course.epochs.at(-1)?.learningRate : rate.values[rate.length - 1];
  const trained = trainedMs(reader);
  return [
    ...(last === undefined
      ? []
      : [
          words.learningRate({
            rate: Number.isFinite(last) ? String(Number(last.toPrecision(4))) : formatNumber(last),
          }),
        ]),
    ...(samplesPerSecond === undefined ? [] : [words.samplesPerSecond({ count: formatCount(samplesPerSecond) })]),
    ...(trained === undefined ? [] : [words.trained({ time: words.duration(trained) })]),
    ...(course.checkpoint === undefined ? [] : [words.checkpoint({ step: formatCount(course.checkpoint.step) })]),
  ];
}

/** Facts with two spaces between them, in as many lines as they need. */
function wrapped(facts: readonly string[], columns: number): readonly Line[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const before = lines.at(-1);
    if (before !== undefined && displayWidth(before) + 2 + displayWidth(fact) <= columns) {
      lines[lines.length - 1] = `${before}  ${fact}`;
    } else lines.push(fact);
  }
  return lines.map((text) => [span(text)]);
}
