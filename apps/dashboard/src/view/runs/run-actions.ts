import type { RefObject } from "preact";

/** What can be done with rows of the list. */
export interface RunActions {
  /** The keyboard has come to the run. */
  readonly onActive: (run: string) => void;
  readonly onSelect: (runs: readonly string[], isOn: boolean) => void;
  readonly onOnly: (runs: readonly string[]) => void;
  readonly onOpen: (run: string) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

/** The same object at every turn, so that rows are drawn anew for what they show alone. */
export type RunActionsRef = RefObject<RunActions | undefined>;
