import type { RunSummary } from "gradus/dashboard-protocol";

type Setting = RunSummary["settings"][string];

/** Runs with the same value of a setting. */
export interface RunGroup {
  /** Undefined: the runs do not have the setting. */
  readonly value: Setting | undefined;
  readonly runs: readonly RunSummary[];
}

/** At most so many settings are offered for grouping. */
const MOST_CHOICES = 200;

/** Settings that have more than one value among the runs: those that it makes sense to group by. */
export function groupingChoices(runs: readonly RunSummary[]): readonly string[] {
  const values = new Map<string, Set<Setting>>();
  for (const { settings } of runs) {
    for (const [path, value] of Object.entries(settings)) {
      const known = values.get(path) ?? new Set<Setting>();
      known.add(value);
      values.set(path, known);
    }
  }
  const hasMany = ([path, known]: readonly [string, ReadonlySet<Setting>]) =>
    known.size > 1 || runs.some(({ settings }) => !Object.hasOwn(settings, path));
  return [...values]
    .filter(hasMany)
    .map(([path]) => path)
    .sort()
    .slice(0, MOST_CHOICES);
}

/** The runs by the values of a setting, numbers in order, then texts; runs without it last. The order within a group stays. */
export function groupRuns(runs: readonly RunSummary[], path: string): readonly RunGroup[] {
  const groups = new Map<Setting | undefined, RunSummary[]>();
  for (const run of runs) {
    const value = Object.hasOwn(run.settings, path) ? run.settings[path] : undefined;
    const known = groups.get(value);
    if (known === undefined) groups.set(value, [run]);
    else known.push(run);
  }
  return [...groups]
    .map(([value, members]) => ({ value, runs: members }))
    .sort((a, b) => compareValues(a.value, b.value));
}

function compareValues(a: Setting | undefined, b: Setting | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
  const [first, second] = [String(a), String(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
