import { formatNumber } from "./numbers.ts";
import { scrollBox } from "./scroll-box.ts";
import { escapeHtml } from "./svg.ts";

/** What a drawing shows, as text: for those who do not see it, and for those who want the numbers. */
export interface DataTable {
  /** Of the columns, the rows' own first. */
  readonly titles: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

/** The table behind a fold, below its drawing.
 *  @param fold what to press, in the reader's language. @param label what the numbers are. */
export function foldedTable({ titles, rows }: DataTable, { fold, label }: { fold: string; label: string }): string {
  const head = titles.map(
    (title, index) => `<th scope="col"${index === 0 ? "" : ' class="number"'}>${escapeHtml(title)}</th>`,
  );
  const body = rows.map(({ name, values }) => {
    const cells = values.map(
      (value) => `<td class="number">${value === undefined ? "\u2013" : escapeHtml(formatNumber(value))}</td>`,
    );
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  const table = `<table>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>`;
  return `<details class="data"><summary>${escapeHtml(fold)}</summary>${scrollBox(label, table)}</details>`;
}
