import type { Histogram } from "gradus/watch";
import type { Scale } from "gradus-parts/base/scales.ts";
import type { Palette } from "gradus-parts/base/theme.ts";
import type { Column, ColumnValues } from "./columns.ts";

/** Everything that the rows show at one moment. */
export interface RowsPicture {
  readonly columns: readonly Column[];
  readonly values: readonly ColumnValues[];
  readonly histograms: readonly (Histogram | undefined)[];
  /** Of the histograms' shared axis. */
  readonly range: readonly [low: number, high: number];
  /** Index of the column where the run broke. */
  readonly broken?: number | undefined;
  /** Indexes of columns; undefined: none. */
  readonly selected?: number | undefined;
  readonly hovered?: number | undefined;
}

export interface Tick {
  readonly y: number;
  readonly label: string;
}

/** What a row draws with. */
export interface RowTools {
  readonly context: CanvasRenderingContext2D;
  readonly picture: RowsPicture;
  /** Of the plotting area: pixels from the top of the canvas. */
  readonly top: number;
  readonly bottom: number;
  readonly columnWidth: number;
  readonly scale: Scale;
  readonly colours: Palette;
}

/** One row of the picture below the network. */
export interface RowRule {
  /** Of the plotting area, in pixels. */
  readonly height: number;
  scale(range: RowsPicture["range"], top: number, bottom: number): Scale;
  ticks(range: RowsPicture["range"], scale: Scale): readonly Tick[];
  /** Behind the columns: what is usual. */
  drawUsual?(tools: RowTools): void;
  drawColumns(tools: RowTools): void;
}

/** The middle of a column. */
export const middleOf = (index: number, columnWidth: number): number => (index + 0.5) * columnWidth;

/** Widest bar, in pixels. */
export const MOST_BAR = 36;
