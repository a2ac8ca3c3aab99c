import type { RunSummary } from "gradus/dashboard-protocol";
import type { SortName } from "../../state/settings.ts";
import { directionOf, lossOf, scoreOf } from "./scores.ts";

export interface Sorting {
  readonly by: SortName;
  readonly isDescending: boolean;
}

/** What is worth looking at first. */
const STATUS_ORDER: readonly RunSummary["status"][] = ["running", "failed", "killed", "stopped", "finished", "unknown"];

const KEYS = {
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
  name: ({ name }) => name,
  status: ({ status }) => STATUS_ORDER.indexOf(status),
  step: ({ step }) => step,
  loss: (run) => lossOf(run)?.last ?? null,
  score: (run) => scoreOf(run)?.last ?? null,
} satisfies Record<SortName, (run: RunSummary) => number | string | null>;

/** The order that a person expects first: new runs, small losses, good scores. */
export function usualDirection(by: SortName, runs: readonly RunSummary[]): boolean {
  if (by === "score")
    return runs.map(scoreOf).find((each) => each !== undefined && directionOf(each.name) === "more") !== undefined;
  return by === "created" || by === "updated" || by === "step";
}

/** Sorted runs. Runs without the value come last, whatever the direction; equal ones keep their order by name. */
export function sortRuns(runs: readonly RunSummary[], { by, isDescending }: Sorting): readonly RunSummary[] {
  const keyOf: (run: RunSummary) => number | string | null = KEYS[by];
  const keyed = runs.map((run) => ({ run, key: keyOf(run) }));
  const sign = isDescending ? -1 : 1;
  return keyed
    .sort((a, b) => sign * compareKeys(a.key, b.key, sign) || compareNames(a.run, b.run))
    .map(({ run }) => run);
}

/** @param sign undoes the direction where one of the keys is missing. */
function compareKeys(a: number | string | null, b: number | string | null, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : sign * (a === null ? 1 : -1);
  return typeof a === "number" && typeof b === "number" ? a - b : COLLATOR.compare(String(a), String(b));
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** run-2 comes before run-10. */
function compareNames(a: RunSummary, b: RunSummary): number {
  return COLLATOR.compare(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
