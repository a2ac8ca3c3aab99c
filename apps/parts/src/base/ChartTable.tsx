import type { ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { TableData } from "./table-data.ts";
import { useCalm } from "./use-calm.ts";

interface ChartTableProps {
  readonly name: string;
  /** What opens it. */
  readonly title: string;
  readonly versions: readonly (ReadonlySignal<number> | undefined)[];
  readonly table: () => TableData;
}

/** The numbers of a chart, made when they are asked for. */
export function ChartTable({ name, title, versions, table }: ChartTableProps) {
  const [data, setData] = useState<TableData | undefined>(undefined);
  useCalm(versions, () => {
    if (data !== undefined) setData(table());
  });
  return (
    <details class="chart-table" onToggle={({ currentTarget }) => setData(currentTarget.open ? table() : undefined)}>
      <summary>{title}</summary>
      {data !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        // biome-ignore lint/a11y/useSemanticElements: a field set is a part of a form, and a section would be a landmark
        <div class="chart-table-box" role="group" tabIndex={0} aria-label={name}>
          <table>
            <thead>
              <tr>
                {data.titles.map((column) => (
                  <th scope="col" key={column}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.rows.map(([first, ...cells], row) => (
                <tr key={row}>
                  <th scope="row">{first}</th>
                  {cells.map((cell, column) => (
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
