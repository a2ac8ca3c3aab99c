import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { ChartTable } from "./ChartTable.tsx";
import type { TableData } from "./table-data.ts";
import "./charts.css";
import { useCalm } from "./use-calm.ts";

interface ChartFrameProps {
  readonly name: string;
  /** Names the kind of chart in the style sheet. */
  readonly kind: string;
  readonly versions: readonly (ReadonlySignal<number> | undefined)[];
  /** One sentence for those who do not see the picture. */
  readonly summary: () => string;
  readonly table: () => TableData;
  /** What opens the table: "Values". */
  readonly tableTitle: string;
  readonly children: ComponentChildren;
}

/** What every chart has around its picture: a name, a sentence, and its numbers as a table. */
export function ChartFrame({ name, kind, versions, summary, table, tableTitle, children }: ChartFrameProps) {
  const sentence = useRef<HTMLParagraphElement>(null);
  useCalm(versions, () => {
    if (sentence.current !== null) sentence.current.textContent = summary();
  });
  return (
    <figure class={`chart chart-${kind}`} aria-label={name} data-name={name}>
      {children}
      <p class="chart-spoken" aria-live="off" ref={sentence} />
      <ChartTable name={name} title={tableTitle} versions={versions} table={table} />
    </figure>
  );
}
