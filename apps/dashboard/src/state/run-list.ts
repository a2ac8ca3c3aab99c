import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { RunChange, RunSummary } from "gradus/dashboard-protocol";
import { type Look, lookOf } from "./looks.ts";
import { mergeRun } from "./merge.ts";

/** A run in the list: the same object for as long as the run is there. */
export interface RunEntry {
  readonly id: string;
  /** Stays with the run. */
  readonly look: Look;
  readonly summary: ReadonlySignal<RunSummary>;
}

interface OwnEntry extends RunEntry {
  readonly summary: Signal<RunSummary>;
}

/** All runs. The list is another one only if runs come or go; what changes of a run changes in its entry alone. */
export interface RunList {
  readonly entries: ReadonlySignal<readonly RunEntry[]>;
  find(id: string): RunEntry | undefined;
  /** Takes over all runs. @returns those that have gone. */
  replace(runs: readonly RunSummary[]): readonly string[];
  /** @returns the runs that have come. */
  change(changes: readonly RunChange[], gone: readonly string[]): readonly string[];
}

export function createRunList(): RunList {
  const byId = new Map<string, OwnEntry>();
  const entries = signal<readonly RunEntry[]>([]);
  /** Places of all runs that were ever there: a run that comes back looks as before. */
  const places = new Map<string, number>();

  function add(summary: RunSummary): void {
    const place = places.get(summary.id) ?? places.size;
    places.set(summary.id, place);
    byId.set(summary.id, { id: summary.id, look: lookOf(place), summary: signal(summary) });
  }

  return {
    entries,
    find: (id) => byId.get(id),
    replace(runs) {
      const ids = new Set(runs.map(({ id }) => id));
      const gone = [...byId.keys()].filter((id) => !ids.has(id));
      batch(() => {
        for (const id of gone) byId.delete(id);
        // the oldest first, so that a run looks the same when the page is opened again
        for (const run of [...runs].sort(byAge)) {
          const entry = byId.get(run.id);
          if (entry === undefined) add(run);
          else entry.summary.value = run;
        }
        entries.value = [...byId.values()];
      });
      return gone;
    },
    change(changes, gone) {
      const added: string[] = [];
      batch(() => {
        for (const change of changes) {
          const entry = byId.get(change.id);
          if (entry !== undefined) {
            entry.summary.value = mergeRun(entry.summary.peek(), change);
            continue;
          }
          add(mergeRun(undefined, change));
          added.push(change.id);
        }
        for (const id of gone) byId.delete(id);
        if (added.length > 0 || gone.length > 0) entries.value = [...byId.values()];
      });
      return added;
    },
  };
}

/** Runs without a date come last. */
function byAge(a: RunSummary, b: RunSummary): number {
  const age = (a.createdAt ?? Infinity) - (b.createdAt ?? Infinity);
  if (age !== 0 && !Number.isNaN(age)) return age;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
