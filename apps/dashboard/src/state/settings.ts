/** What the middle of the page shows. */
export const TABS = ["curves", "compare", "run"] as const;
export type Tab = (typeof TABS)[number];

/** What the list of runs can be sorted by. */
export const SORTS = ["created", "updated", "name", "status", "step", "loss", "score"] as const;
export type SortName = (typeof SORTS)[number];

/** What curves are drawn over. Time is counted from the start of each run. */
export const AXES = ["step", "epoch", "time"] as const;
export type Axis = (typeof AXES)[number];

/** Which runs are shown. "auto": all where they are few, else the newest ones, and new ones as they come. */
export type Selection = "auto" | "all" | readonly string[];

/** A part of the horizontal axis, in its unit: steps, epochs, seconds. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

/** Everything that a link to a view brings back. */
export interface View {
  readonly tab: Tab;
  readonly runs: Selection;
  /** The run whose details are shown. */
  readonly open: string | undefined;
  /** Of the list of runs, as typed. */
  readonly filter: string;
  readonly sort: SortName;
  readonly isDescending: boolean;
  /** The setting by which runs are grouped; "": none. */
  readonly groupBy: string;
  readonly axis: Axis;
  /** 0: as recorded; below 1. */
  readonly smoothing: number;
  readonly isLog: boolean;
  /** Runs that differ in the seed alone are one band. */
  readonly hasBands: boolean;
  /** The vertical axis is made for most of the values; marks at its ends say what is beyond. */
  readonly ignoresOutliers: boolean;
  readonly zoom: Zoom | undefined;
  /** Of measures, as typed. */
  readonly search: string;
  /** Measures that come first. */
  readonly pinned: readonly string[];
  /** Groups of measures that are folded up. */
  readonly closed: readonly string[];
  /** Of layers over time. */
  readonly layerMeasure: string;
  /** The layer whose histograms are shown; "": the first. */
  readonly layer: string;
}

export const DEFAULT_VIEW: View = {
  tab: "curves",
  runs: "auto",
  open: undefined,
  filter: "",
  sort: "created",
  isDescending: true,
  groupBy: "",
  axis: "step",
  smoothing: 0,
  isLog: false,
  hasBands: false,
  ignoresOutliers: false,
  zoom: undefined,
  search: "",
  pinned: [],
  closed: [],
  layerMeasure: "gradientNorm",
  layer: "",
};
