import type { RowRule } from "./row.ts";
import { activationsRow } from "./rows/activations.ts";
import { gradientNormRow } from "./rows/gradient-norm.ts";
import { sharesRow } from "./rows/shares.ts";
import { updateRatioRow } from "./rows/update-ratio.ts";

/** The rows below the network, from top to bottom. */
const RULES = {
  gradientNorm: gradientNormRow,
  activations: activationsRow,
  shares: sharesRow,
  updateRatio: updateRatioRow,
} as const satisfies Readonly<Record<string, RowRule>>;

export type RowName = keyof typeof RULES;

export interface Row {
  readonly name: RowName;
  readonly rule: RowRule;
  /** Of the plotting area, from the top of the canvas, in pixels. The title stands in the space above. */
  readonly top: number;
  readonly bottom: number;
}

/** Space for a title above each row, and below the last row. */
export const TITLE_HEIGHT = 28;
const BOTTOM = 8;

export const ROWS: readonly Row[] = stacked();

export const ROWS_HEIGHT = (ROWS.at(-1)?.bottom ?? 0) + BOTTOM;

function stacked(): readonly Row[] {
  let bottom = 0;
  return Object.entries(RULES).map(([name, rule]) => {
    const top = bottom + TITLE_HEIGHT;
    bottom = top + rule.height;
    return { name: name as RowName, rule, top, bottom };
  });
}

/** In the narrowest picture columns stay wide enough for a finger, and the picture scrolls. */
const LEAST_COLUMN = 24;

/** Width of each column, in whole pixels, so that bars are crisp. */
export function columnWidthFor(available: number, count: number): number {
  return Math.max(LEAST_COLUMN, Math.floor(available / count));
}

/** Which columns have a number below them: all where there is room, else the first, the last, and every fifth. */
export function numberedColumns(count: number, columnWidth: number): readonly boolean[] {
  const isTight = columnWidth < 30 && count > 20;
  return Array.from({ length: count }, (_, index) => {
    if (!isTight) return true;
    const isEnd = index === 0 || index === count - 1;
    // a number just before the last would touch it
    return isEnd || index === 1 || (index % 5 === 0 && index < count - 2);
  });
}
