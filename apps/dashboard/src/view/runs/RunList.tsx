import { useComputed, useSignal } from "@preact/signals";
import type { RunSummary } from "gradus/dashboard-protocol";
import { moved } from "gradus-parts/base/keys.ts";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Look } from "../../state/looks.ts";
import { uiTexts } from "../../text/ui.ts";
import { GroupHeading } from "./GroupHeading.tsx";
import { RunRow } from "./RunRow.tsx";
import { type Rows, RUN_HEIGHT, rowsWithin } from "./rows.ts";
import type { RunActions } from "./run-actions.ts";

/** Rows are kept so far beyond the window, in px, so that a fast scroll finds them there. */
const MARGIN = 400;

export interface RunListProps {
  readonly rows: Rows;
  /** The setting that headings name. */
  readonly groupBy: string | undefined;
  readonly selected: ReadonlySet<string>;
  /** The run whose details are shown. */
  readonly open: string | undefined;
  readonly lookOf: (run: string) => Look | undefined;
  readonly onSelect: (runs: readonly string[], isOn: boolean) => void;
  readonly onOnly: (runs: readonly string[]) => void;
  readonly onOpen: (run: string) => void;
}

/** The list of runs: only rows in sight are in the page, so that hundreds stay fast. */
export function RunList(props: RunListProps) {
  const { rows, groupBy, selected, open, lookOf, onSelect, onOnly, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useWindow(box);
  const active = useSignal<string | undefined>(undefined);
  const isFocusWanted = useRef(false);
  const activeIndex = Math.max(
    0,
    rows.runs.findIndex(({ id }) => id === active.value),
  );
  const activeId = rows.runs[activeIndex]?.id;
  const { top, height } = view.value;
  const inSight = rowsWithin(rows, top - MARGIN, top + height + MARGIN);
  // the row with the keyboard stays in the page, or the keyboard would be lost
  const shown = inSight.some((row) => row.kind === "run" && row.run.id === activeId)
    ? inSight
    : [...inSight, ...rows.rows.filter((row) => row.kind === "run" && row.run.id === activeId)];

  useLayoutEffect(() => {
    if (!isFocusWanted.current) return;
    isFocusWanted.current = false;
    const row = [...(box.current?.querySelectorAll<HTMLElement>("[data-run]") ?? [])].find(
      ({ dataset }) => dataset.run === activeId,
    );
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  });

  const select = (runs: readonly string[], isOn: boolean) => onSelect(runs, isOn);
  const onKey = (event: KeyboardEvent) => {
    const run = rows.runs[activeIndex];
    if (run === undefined || event.altKey) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const by = isCommand ? undefined : MOVES[event.key];
    if (isCommand && event.key.toLowerCase() === "a") select(idsOf(rows.runs), true);
    else if (by !== undefined) {
      const next = rows.runs[moved(activeIndex, by, rows.runs.length)] ?? run;
      active.value = next.id;
      isFocusWanted.current = true;
      if (event.shiftKey) select([run.id, next.id], true);
    } else if (event.key === " ") select([run.id], !selected.has(run.id));
    else if (event.key === "Enter") onOpen(run.id);
    else if (event.key === "Escape") onOnly([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const actions = useRef<RunActions>(undefined);
  actions.current = {
    onActive: (run) => {
      active.value = run;
    },
    onSelect: select,
    onOnly,
    onOpen,
    onKey,
  };

  return (
    <div class="run-list" ref={box}>
      <table
        class="run-rows"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows are chosen with the keyboard
        role="grid"
        aria-label={`${uiTexts.value.runs.title}. ${uiTexts.value.runs.keys}`}
        aria-multiselectable="true"
        aria-rowcount={rows.rows.length}
        style={{ height: `${rows.height}px` }}
      >
        <tbody>
          {shown.map((row) =>
            row.kind === "heading" ? (
              <GroupHeading
                key={`group ${String(row.group.value)}`}
                group={row.group}
                path={groupBy ?? ""}
                top={row.top}
                index={row.place}
                isSelected={row.group.runs.every(({ id }) => selected.has(id))}
                actions={actions}
              />
            ) : (
              <RunRow
                key={row.run.id}
                run={row.run}
                top={row.top}
                index={row.place}
                look={lookOf(row.run.id)}
                isSelected={selected.has(row.run.id)}
                isOpen={row.run.id === open}
                isActive={row.run.id === activeId}
                actions={actions}
              />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

const MOVES: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
};

const idsOf = (runs: readonly RunSummary[]) => runs.map(({ id }) => id);

/** The part of the list that is in sight. */
function useWindow(box: { readonly current: HTMLDivElement | null }) {
  const top = useSignal(0);
  const height = useSignal(12 * RUN_HEIGHT);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const onScroll = () => {
      // in steps, so that a scroll does not lay out the list at each pixel
      top.value = Math.floor(element.scrollTop / RUN_HEIGHT) * RUN_HEIGHT;
    };
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
      onScroll();
    });
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, []);
  return useComputed(() => ({ top: top.value, height: height.value }));
}
