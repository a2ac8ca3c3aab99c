import type { ComponentChildren } from "preact";

interface DataTableProps {
  /** For screen readers. */
  readonly name: string;
  readonly titles: readonly string[];
  /** The first cell of each row is its title. */
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Columns that hold numbers. */
  readonly numbers?: readonly number[];
}

/** A table in a box of its own that scrolls. */
export function DataTable({ name, titles, rows, numbers = [] }: DataTableProps) {
  const classOf = (column: number) => (numbers.includes(column) ? "is-number" : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a field set is a part of a form, and a section would be a landmark
    <div class="data-table" role="group" tabIndex={0} aria-label={name}>
      <table>
        <thead>
          <tr>
            {titles.map((title, column) => (
              <th scope="col" key={title} class={classOf(column)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, ...cells], row) => (
            <tr key={row}>
              <th scope="row" class={classOf(0)}>
                {title}
              </th>
              {cells.map((cell, column) => (
                <td key={column} class={classOf(column + 1)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
