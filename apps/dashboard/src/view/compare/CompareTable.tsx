import type { RunSummary } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatNumber } from "gradus-parts/text/numbers.ts";
import type { Look } from "../../state/looks.ts";
import { uiTexts } from "../../text/ui.ts";
import { Icon } from "../Icon.tsx";
import { LookSwatch } from "../runs/LookSwatch.tsx";
import { settingText } from "../setting-text.ts";
import type { Line } from "./compare-table.ts";

interface CompareTableProps {
  readonly runs: readonly RunSummary[];
  readonly lines: readonly Line[];
  /** The order of the runs, as indices. */
  readonly order: readonly number[];
  readonly lookOf: (run: string) => Look | undefined;
  /** The line that the runs are sorted by. */
  readonly sortedBy: string | undefined;
  readonly onSort: (line: Line) => void;
  readonly onOpen: (run: string) => void;
}

/** Runs as columns: each line is a setting or a result. For few runs with many differences. */
export function RunsAsColumns({ runs, lines, order, lookOf, sortedBy, onSort, onOpen }: CompareTableProps) {
  const { compare } = uiTexts.value;
  const sections = (["score", "setting"] as const).map((kind) => ({
    title: kind === "score" ? compare.scores : compare.settings,
    lines: lines.filter((line) => line.kind === kind),
  }));
  return (
    <table class="compare-table">
      <thead>
        <tr>
          <td />
          {order.map((index) => (
            <RunTitle key={runs[index]?.id} run={runs[index]} scope="col" lookOf={lookOf} onOpen={onOpen} />
          ))}
        </tr>
      </thead>
      {sections
        .filter((section) => section.lines.length > 0)
        .map(({ title, lines: own }) => (
          <tbody key={title}>
            <tr class="compare-section">
              <th scope="rowgroup" colSpan={runs.length + 1}>
                {title}
              </th>
            </tr>
            {own.map((line) => (
              <tr key={line.name}>
                <LineTitle line={line} scope="row" isSorted={sortedBy === line.name} onSort={onSort} />
                {order.map((index) => (
                  <Cell key={index} line={line} index={index} />
                ))}
              </tr>
            ))}
          </tbody>
        ))}
    </table>
  );
}

/** Runs as rows: for many runs. */
export function RunsAsRows({ runs, lines, order, lookOf, sortedBy, onSort, onOpen }: CompareTableProps) {
  return (
    <table class="compare-table is-rows">
      <thead>
        <tr>
          <td />
          {lines.map((line) => (
            <LineTitle
              key={`${line.kind} ${line.name}`}
              line={line}
              scope="col"
              isSorted={sortedBy === line.name}
              onSort={onSort}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {order.map((index) => (
          <tr key={runs[index]?.id}>
            <RunTitle run={runs[index]} scope="row" lookOf={lookOf} onOpen={onOpen} />
            {lines.map((line) => (
              <Cell key={`${line.kind} ${line.name}`} line={line} index={index} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface RunTitleProps {
  readonly run: RunSummary | undefined;
  readonly scope: "col" | "row";
  readonly lookOf: (run: string) => Look | undefined;
  readonly onOpen: (run: string) => void;
}

function RunTitle({ run, scope, lookOf, onOpen }: RunTitleProps) {
  if (run === undefined) return null;
  const name = harmless(run.name);
  return (
    <th scope={scope} class="compare-run">
      <button type="button" class="quiet" title={uiTexts.value.runs.open(name)} onClick={() => onOpen(run.id)}>
        <LookSwatch look={lookOf(run.id)} />
        <bdi>{name}</bdi>
      </button>
    </th>
  );
}

interface LineTitleProps {
  readonly line: Line;
  readonly scope: "col" | "row";
  readonly isSorted: boolean;
  readonly onSort: (line: Line) => void;
}

function LineTitle({ line, scope, isSorted, onSort }: LineTitleProps) {
  const { compare } = uiTexts.value;
  const name = harmless(line.name);
  const title = line.which === "least" ? compare.least(name) : line.which === "most" ? compare.most(name) : name;
  return (
    <th scope={scope} class={`compare-name${scope === "col" && isNumeric(line) ? " is-number" : ""}`}>
      <button
        type="button"
        class="quiet"
        aria-pressed={isSorted}
        title={compare.sortBy(title)}
        onClick={() => onSort(line)}
      >
        <span>
          <bdi>
            <Parts text={name} />
          </bdi>
          {line.which !== undefined && <small>{line.which === "least" ? compare.leastShort : compare.mostShort}</small>}
        </span>
      </button>
    </th>
  );
}

/** Whether numbers stand below the title. */
const isNumeric = ({ values }: Line) => values.some((value) => typeof value === "number");

/** A name that may break after its slashes and dots. */
function Parts({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(?<=[/.])/).map((part, index) => (
        <span key={index}>
          {part}
          <wbr />
        </span>
      ))}
    </>
  );
}

function Cell({ line, index }: { readonly line: Line; readonly index: number }) {
  const { compare } = uiTexts.value;
  const value = line.values[index];
  const isBest = line.best.has(index);
  if (value === undefined)
    return (
      <td class={line.kind === "score" ? "is-absent is-number" : "is-absent"}>
        {line.kind === "score" ? "–" : compare.absent}
      </td>
    );
  const text = line.kind === "score" && typeof value === "number" ? formatNumber(value) : settingText(value);
  return (
    <td
      class={`${isBest ? "is-best" : ""}${typeof value === "number" ? " is-number" : ""}`}
      title={typeof value === "number" ? String(value) : text}
    >
      {isBest && (
        <>
          <Icon name="best" />
          <span class="visually-hidden">{compare.best}: </span>
        </>
      )}
      <bdi>{text}</bdi>
    </td>
  );
}
