import type { Outcome } from "./main.ts";

/** Numbers of any size in at most eight characters. */
function short(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5 ? value.toExponential(1) : value.toPrecision(3);
}

const COLUMNS: readonly { readonly title: string; readonly cell: (outcome: Outcome) => string }[] = [
  { title: "network", cell: ({ name }) => name },
  {
    title: "squared error",
    cell: ({ error, brokenAt }) => (brokenAt === undefined ? short(error) : `infinite after step ${brokenAt}`),
  },
  { title: "largest gradient", cell: ({ largestNorm }) => short(largestNorm) },
  { title: "reach at first", cell: ({ reach: [before] }) => short(before) },
  { title: "at last", cell: ({ reach: [, after] }) => short(after) },
  { title: "seconds", cell: ({ seconds }) => seconds.toFixed(1) },
];

/** The outcomes as lines of a table.
 *  @param variance the error of always predicting the mean. */
export function tableOf(outcomes: readonly Outcome[], variance: number): readonly string[] {
  const rows = [
    COLUMNS.map(({ title }) => title),
    ...outcomes.map((outcome) => COLUMNS.map(({ cell }) => cell(outcome))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join("  ")
        .trimEnd(),
    ),
    "",
    `Always predicting the mean: ${short(variance)}. Largest gradient: its norm before clipping. Reach: the gradient with respect to the`,
    "first step's input over that with respect to the last step's; 1 if nothing is lost through time.",
  ];
}
