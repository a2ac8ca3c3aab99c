import { formatNumber } from "./numbers.ts";
import { scrollBox } from "./scroll-box.ts";
import { escapeHtml } from "./svg.ts";

/** The numbers of a drawing as text, for readers who cannot see it or want the values. */
export interface DataTable {
  /** Titles of the columns, that of the row names first. */
  readonly titles: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

/** The table below its drawing, folded.
 *  @param fold the text that opens it, in the reader's language. @param label what the numbers are. */
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
