import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createSeriesQueue } from "../data/series-queue.ts";
import type { Connection, Source } from "../data/source.ts";
import { expectFirstCharts } from "./first-charts.ts";
import { createRunList, type RunEntry, type RunList } from "./run-list.ts";
import { createSeriesStore, type SeriesStore } from "./series-store.ts";
import type { Selection, View } from "./settings.ts";

/** Places of a curve: about as many as a chart has pixels. */
const POINTS = 600;
/** Runs that "auto" shows. */
export const MOST_AUTO = 20;

/** What happened, for the live region: views put it into words. */
export type Announcement =
  | { readonly kind: "appeared" | "ended"; readonly run: string }
  | { readonly kind: "lost" | "live" };

/** Everything that the page shows, as signals. Views read it; only actions write it. */
export interface Store {
  readonly connection: ReadonlySignal<Connection>;
  readonly folder: Signal<string>;
  readonly version: Signal<string>;
  /** False until the first answer. */
  readonly isLoaded: Signal<boolean>;
  readonly runs: RunList;
  readonly series: SeriesStore;
  readonly view: Signal<View>;
  /** The runs that are shown, in the order in which they came. */
  readonly shown: ReadonlySignal<readonly RunEntry[]>;
  readonly shownIds: ReadonlySignal<ReadonlySet<string>>;
  /** The place on the horizontal axis at which the cursor stands in all charts, in its unit. */
  readonly hover: Signal<number | undefined>;
  /** The last failure that was told; undefined: dismissed. */
  readonly problem: Signal<Error | undefined>;
  readonly announcement: Signal<Announcement | undefined>;
}

export interface Actions {
  /** Changes some of the view's settings. Another horizontal axis ends the zoom. */
  set(settings: Partial<View>): void;
  /** Shows or hides a run. */
  toggle(run: string): void;
  dismiss(): void;
}

export interface Dashboard {
  readonly source: Source;
  readonly store: Store;
  readonly actions: Actions;
  close(): void;
}

/** @param view what the address says. */
export function createDashboard(source: Source, view: View): Dashboard {
  const runs = createRunList();
  const problem = signal<Error | undefined>(undefined);
  const announcement = signal<Announcement | undefined>(undefined);
  const failed = (error: Error) => {
    problem.value = error;
  };
  const series = createSeriesStore({
    queue: createSeriesQueue({ ask: source.series, points: POINTS }),
    points: POINTS,
    subscribe: () => source.subscribe(),
    failed,
  });
  const settings = signal(view);
  const selection = computed(() => settings.value.runs);
  const shown = computed(() => selectedOf(runs.entries.value, selection.value));
  const store: Store = {
    connection: source.connection,
    folder: signal(""),
    version: signal(""),
    isLoaded: signal(false),
    runs,
    series,
    view: settings,
    shown,
    shownIds: computed(() => new Set(shown.value.map(({ id }) => id))),
    hover: signal(undefined),
    problem,
    announcement,
  };

  source.start({
    runs(all) {
      batch(() => {
        store.folder.value = all.folder;
        store.version.value = all.version;
        series.forget(runs.replace(all.runs));
        if (store.isLoaded.peek()) series.reload();
        else expectFirstCharts(series, shown.peek(), settings.peek());
        store.isLoaded.value = true;
        problem.value = undefined;
      });
    },
    changed(changes, gone) {
      batch(() => {
        const before = new Map(changes.map(({ id }) => [id, runs.find(id)?.summary.peek().status]));
        const added = runs.change(changes, gone);
        series.forget(gone);
        if (added.length > 0) series.reload(added);
        const ended = changes.find(
          ({ id, status }) => before.get(id) === "running" && (status ?? "running") !== "running",
        );
        const [first] = added;
        if (first !== undefined) announcement.value = { kind: "appeared", run: first };
        else if (ended !== undefined) announcement.value = { kind: "ended", run: ended.id };
      });
    },
    points: series.receive,
    wanted: series.wanted,
    failed,
  });
  let before = source.connection.peek();
  const stop = source.connection.subscribe((now) => {
    if (now === "lost" && before === "live") announcement.value = { kind: "lost" };
    if (now === "live" && before === "lost") {
      announcement.value = { kind: "live" };
      series.retry();
    }
    before = now;
  });

  return {
    source,
    store,
    actions: {
      set(changes) {
        const old = settings.peek();
        const isOtherAxis = changes.axis !== undefined && changes.axis !== old.axis;
        batch(() => {
          settings.value = { ...old, ...(isOtherAxis ? { zoom: undefined } : {}), ...changes };
          if (isOtherAxis) store.hover.value = undefined;
        });
      },
      toggle(run) {
        const ids = shown.peek().map(({ id }) => id);
        const next = ids.includes(run) ? ids.filter((id) => id !== run) : [...ids, run];
        settings.value = { ...settings.peek(), runs: next };
      },
      dismiss() {
        problem.value = undefined;
      },
    },
    close() {
      stop();
      source.close();
    },
  };
}

function selectedOf(entries: readonly RunEntry[], selection: Selection): readonly RunEntry[] {
  if (selection === "all") return entries;
  // runs come in the order of their age
  if (selection === "auto") return entries.slice(-MOST_AUTO);
  const wanted = new Set(selection);
  return entries.filter(({ id }) => wanted.has(id));
}
