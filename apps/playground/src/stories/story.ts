import type { PlaygroundConfig } from "../config/config.ts";
import type { ChangeName, FormulaName, MeasureName, StoryName, WatchName } from "../text/story-names.ts";

/** Where a measure must lie. Both ends belong to it. */
export type Bound =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly atLeast: number; readonly atMost: number };

/** What a run is said to show. It is judged by check.ts, and every one is tested in Node. */
export interface StoryPromise {
  readonly measure: MeasureName;
  readonly bound: Bound;
  /** Judged when the run has that many epochs; earlier where nothing can change the verdict any more. */
  readonly afterEpochs: number;
}

/** A button that changes the network or the data, and what should happen after it. The run then begins anew from the same seed. */
export interface Change {
  readonly name: ChangeName;
  readonly apply: (config: PlaygroundConfig) => PlaygroundConfig;
  readonly promises: readonly StoryPromise[];
}

export interface Paper {
  readonly authors: string;
  readonly title: string;
  readonly year: number;
  /** Of the title. Default "en". */
  readonly language?: "de";
}

/** A guided story: a network that has a disease, or lacks a remedy, and the change that helps. */
export interface Story {
  readonly name: StoryName;
  readonly kind: "disease" | "remedy" | "beyond";
  /** One network. */
  readonly config: PlaygroundConfig;
  /** Before the change. */
  readonly before: readonly StoryPromise[];
  /** The first one is the story's; others are of the same kind. */
  readonly changes: readonly [Change, ...Change[]];
  /** Where on the page it is seen. */
  readonly watch: WatchName;
  /** Speed at which the run is pleasant to watch: 10 to 30 seconds in all. One that the page's control of the speed has. */
  readonly stepsPerSecond: number;
  readonly formulas: readonly FormulaName[];
  readonly papers: readonly Paper[];
  /** Of a disease its remedies, of a remedy the diseases that it cures. */
  readonly related: readonly StoryName[];
}
