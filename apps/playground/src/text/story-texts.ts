import type { ChangeName, FormulaName, MeasureName, StoryName, WatchName } from "./story-names.ts";

/** One story in one language. Each field is a paragraph. */
export interface StoryText {
  readonly title: string;
  /** What happens, and why. */
  readonly what: string;
  /** The network and the data that the first button sets up. */
  readonly setUp: string;
  /** What to look at, and what it should look like. */
  readonly watch: string;
  /** What to change, and why that helps. */
  readonly change: string;
  /** What should then happen. */
  readonly see: string;
}

/** A measure in a sentence: the value is already written as a number. */
export interface MeasureText {
  /** "Gradient of the lowest layer, compared with the highest". */
  readonly name: string;
  /** "2.3 × 10⁻⁹ of the highest". */
  readonly value: (value: string) => string;
}

export interface FormulaText {
  /** How it is read aloud. */
  readonly spoken: string;
  /** What the letters mean. */
  readonly note: string;
}

/** The texts of the panel of stories in one language. */
export interface StoriesTexts {
  readonly title: string;
  readonly intro: string;
  readonly kinds: Readonly<Record<"disease" | "remedy" | "beyond", string>>;
  readonly backToList: string;
  readonly close: string;
  readonly previous: (title: string) => string;
  readonly next: (title: string) => string;
  readonly position: (number: number, count: number) => string;
  readonly progress: Readonly<Record<"new" | "begun" | "done", string>>;
  readonly steps: Readonly<Record<"setUp" | "watch" | "change" | "see", string>>;
  readonly setUp: string;
  readonly setUpAgain: string;
  readonly showMe: string;
  readonly sideBySide: string;
  readonly sideBySideHint: string;
  readonly isSetUp: string;
  readonly isChanged: string;
  readonly areSetUp: string;
  readonly isEdited: string;
  readonly goesOnFromChange: string;
  readonly notYet: string;
  /** The words of a promise: "promised: at most 0.001 after 2 epochs". */
  readonly atMost: (bound: string) => string;
  readonly atLeast: (bound: string) => string;
  readonly between: (low: string, high: string) => string;
  readonly promised: (bound: string, afterEpochs: number) => string;
  readonly verdicts: Readonly<Record<"waiting" | "kept" | "broken", string>>;
  readonly isTrue: string;
  readonly isFalse: string;
  readonly seen: (count: number, of: number) => string;
  readonly remedies: string;
  readonly cures: string;
  readonly formulas: string;
  readonly papers: string;
  readonly stories: Readonly<Record<StoryName, StoryText>>;
  readonly measures: Readonly<Record<MeasureName, MeasureText>>;
  readonly changes: Readonly<Record<ChangeName, string>>;
  readonly watches: Readonly<Record<WatchName, string>>;
  readonly formulaTexts: Readonly<Record<FormulaName, FormulaText>>;
}
