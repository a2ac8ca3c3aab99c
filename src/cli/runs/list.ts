import { largest } from "../../core/extremes.ts";
import { displayWidth } from "../../core/terminal-text.ts";
import { type DifferingSetting, differingSettings } from "../../runs/differing-settings.ts";
import type { RunStatus } from "../../runs/types.ts";
import { formatCount } from "../../train/progress.ts";
import { EXIT } from "../exit-codes.ts";
import { type Column, jsonLine, line, renderTable, styled, type Terminal } from "../terminal.ts";
import { type FilterFlags, filterOf } from "./filter.ts";
import { formatSetting } from "./format-setting.ts";
import { overviewJson } from "./overview-json.ts";
import { plain } from "./plain.ts";
import { readableRuns } from "./read-all.ts";
import { formatMetric, metricTitle, type Score } from "./score.ts";
import { sortRuns } from "./sort.ts";
import { overviewOf, type RunOverview } from "./summary.ts";
import { ago } from "./when.ts";

export interface ListFlags extends FilterFlags {
  readonly sort: string;
  readonly reverse?: boolean;
  readonly limit?: number | undefined;
}

/** Columns that names and settings may take. */
const MOST_NAME_COLUMNS = 40;
const MOST_SETTING_COLUMNS = 24;
/** Columns of the settings that differ, at most; `gradus runs compare` shows all. */
const MOST_SETTINGS = 6;

export const STATUS_STYLE = {
  running: "cyan",
  finished: "green",
  stopped: "yellow",
  failed: "red",
  killed: "red",
  unknown: "dim",
} as const satisfies Record<RunStatus, string>;

/** `gradus runs [FOLDER]`: the runs of a folder as a table, or one JSON object a line. */
export function listRuns(terminal: Terminal, root: string, flags: ListFlags): number {
  const isWanted = filterOf(flags);
  const { readers, unreadable } = readableRuns(root);
  const all = readers.map(overviewOf);
  const sorted = sortRuns(all.filter(isWanted), flags.sort, flags.reverse === true);
  const runs = sorted.slice(0, flags.limit);
  const { out, errors } = terminal;
  if (terminal.isJson) {
    for (const run of runs) jsonLine(out, overviewJson(run));
    for (const { folder, error } of unreadable)
      jsonLine(out, { folder, error: { code: error.code, message: error.message } });
    return EXIT.ok;
  }
  if (runs.length > 0) line(out, tableOf(terminal, runs));
  else if (all.length > 0) line(out, `None of the ${all.length} runs in ${root} meets the conditions.`);
  else line(out, `There are no runs in ${root}. gradus train FILE --run NAME makes one.`);
  if (runs.length < sorted.length) line(out, `… and ${sorted.length - runs.length} more`);
  for (const run of runs) {
    if (run.warnings.length > 0) warn(terminal, `${plain(run.id)}: ${run.warnings.join(" ")}`);
  }
  for (const { error } of unreadable) line(errors, `${styled(errors, "yellow", "warning")}  ${error.message}`);
  return EXIT.ok;
}

function warn({ errors }: Terminal, text: string): void {
  line(errors, `${styled(errors, "yellow", "warning")}  ${text}`);
}

function tableOf({ out }: Terminal, runs: readonly RunOverview[]): string {
  const differing = runs.length > 1 ? differingSettings(runs.map(({ settings }) => settings)) : [];
  const settings = differing.toSorted((a, b) => interest(a) - interest(b)).slice(0, MOST_SETTINGS);
  const fixed = fixedColumns(out, runs);
  // on a terminal as many settings as it has columns for
  const room = out.isTTY && out.columns > 0 ? out.columns : Number.POSITIVE_INFINITY;
  for (let count = settings.length; ; count--) {
    const table = renderTable(runs, [...fixed, ...settings.slice(0, count).map(settingColumn)]);
    if (count === 0 || largest(table.split("\n").map(displayWidth)) <= room) return table;
  }
}

/** How a network is trained says more about its score than what it is called. */
function interest({ path }: DifferingSetting): number {
  const place = ["model", "data", "name"].indexOf(path.split(".", 1)[0] as string);
  return place + 1;
}

function settingColumn({ path }: DifferingSetting): Column<RunOverview> {
  const settingOf = ({ settings }: RunOverview) => (Object.hasOwn(settings, path) ? settings[path] : undefined);
  return {
    title: plain(path, MOST_SETTING_COLUMNS),
    value: (run) => plain(formatSetting(settingOf(run)), MOST_SETTING_COLUMNS),
  };
}

function fixedColumns(out: NodeJS.WriteStream, runs: readonly RunOverview[]): readonly Column<RunOverview>[] {
  const now = Date.now();
  const scores = [...new Set(runs.flatMap(({ score }) => (score === undefined ? [] : [score.name])))];
  const hasTags = runs.some(({ tags }) => tags.length > 0);
  return [
    { title: "run", value: ({ id, name }) => plain(name === "" ? id : name, MOST_NAME_COLUMNS) },
    { title: "status", value: ({ status }) => styled(out, STATUS_STYLE[status], status) },
    { title: "when", value: ({ createdAt }) => ago(createdAt, now) },
    { title: "epochs", value: ({ epoch, epochs }) => ofPlanned(epoch, epochs), align: "right" },
    { title: "steps", value: ({ step }) => formatCount(step), align: "right" },
    { title: "loss", value: ({ loss }) => last(loss), align: "right" },
    ...scores.flatMap((name): readonly Column<RunOverview>[] => {
      const own = ({ score }: RunOverview) => (score?.name === name ? score : undefined);
      return [
        { title: plain(metricTitle(name)), value: (run) => last(own(run)), align: "right" },
        { title: "best", value: (run) => best(own(run)), align: "right" },
      ];
    }),
    ...(hasTags ? [{ title: "tags", value: ({ tags }: RunOverview) => plain(tags.join(" "), MOST_NAME_COLUMNS) }] : []),
  ];
}

function ofPlanned(done: number, planned: number | undefined): string {
  return planned === undefined ? formatCount(done) : `${formatCount(done)}/${formatCount(planned)}`;
}

const last = (score: Score | undefined) => (score === undefined ? "" : formatMetric(score.name, score.last));
const best = (score: Score | undefined) => (score === undefined ? "" : formatMetric(score.name, score.best));
