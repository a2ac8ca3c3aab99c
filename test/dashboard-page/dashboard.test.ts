import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { signal } from "@preact/signals";
import type { RunSummary, SeriesRequest } from "gradus/dashboard-protocol";
import { ServerError } from "../../apps/dashboard/src/data/server-error.ts";
import type { Connection, Source, SourceListener } from "../../apps/dashboard/src/data/source.ts";
import { createDashboard, type Dashboard, MOST_AUTO } from "../../apps/dashboard/src/state/dashboard.ts";
import { COLOURS, lookOf } from "../../apps/dashboard/src/state/looks.ts";
import { hasMeasure } from "../../apps/dashboard/src/state/measures.ts";
import { mergeRun } from "../../apps/dashboard/src/state/merge.ts";
import { createRunList } from "../../apps/dashboard/src/state/run-list.ts";
import { DEFAULT_VIEW } from "../../apps/dashboard/src/state/settings.ts";
import { measure, runOf } from "./runs.ts";

describe("what changes of a run", () => {
  test("fields that are there take the place of the old ones; measures go by name", () => {
    const before = runOf("a", { measures: [measure("loss"), measure("accuracy")], settings: { seed: 1 } });
    const after = mergeRun(before, { id: "a", step: 7, measures: [{ name: "loss", last: 0.5 }, measure("new")] });
    assert.equal(after.step, 7);
    assert.deepEqual(after.settings, { seed: 1 });
    assert.deepEqual(after.measures, [measure("loss", { last: 0.5 }), measure("accuracy"), measure("new")]);
    assert.equal(mergeRun(before, { id: "a", step: 2 }).measures, before.measures);
  });

  test("a whole run keeps nothing old; a run that is read is not loading any more", () => {
    const before = runOf("a", { isLoading: true, measures: [measure("old")] });
    const after = mergeRun(before, { ...runOf("a", { name: "b" }), isWhole: true });
    assert.deepEqual(after, runOf("a", { name: "b" }));
    assert.equal(mergeRun(before, { id: "a", step: 3 }).isLoading, undefined);
  });

  test("any name of a measure is a name", () => {
    const run = runOf("a", { measures: [measure("__proto__")] });
    assert.ok(hasMeasure(run, "__proto__"));
    assert.ok(!hasMeasure(run, "constructor"));
  });
});

describe("the list of runs", () => {
  test("runs look the same when the page is opened again, and when they come back", () => {
    const list = createRunList();
    list.replace([
      runOf("late", { createdAt: 5 }),
      runOf("early", { createdAt: 1 }),
      runOf("none", { createdAt: null }),
    ]);
    assert.deepEqual(
      list.entries.value.map(({ id, look }) => [id, look.colour]),
      [
        ["early", 0],
        ["late", 1],
        ["none", 2],
      ],
    );
    list.change([runOf("new")], ["late"]);
    list.change([runOf("late")], []);
    assert.equal(list.find("late")?.look.colour, 1);
    assert.equal(list.find("new")?.look.colour, 3);
    assert.deepEqual(lookOf(COLOURS), { colour: 0, dash: 1 });
  });

  test("what changes of a run does not make another list", () => {
    const list = createRunList();
    list.replace([runOf("a"), runOf("b")]);
    const { value } = list.entries;
    const [a] = value;
    assert.deepEqual(list.change([{ id: "a", step: 9 }], []), []);
    assert.equal(list.entries.value, value);
    assert.equal(a?.summary.value.step, 9);
    assert.deepEqual(list.replace([runOf("b")]), ["a"]);
    assert.equal(list.entries.value.length, 1);
  });
});

describe("the page's state", () => {
  let connection: ReturnType<typeof signal<Connection>>;
  let listener: SourceListener;
  let dashboard: Dashboard;
  let source: Source;
  /** Series of each request. */
  let asked: SeriesRequest["series"][];

  beforeEach(() => {
    asked = [];
    connection = signal<Connection>("connecting");
    const refuse = async () => {
      throw new ServerError("no", "no");
    };
    source = {
      connection,
      start(given) {
        listener = given;
      },
      subscribe() {},
      series(request) {
        asked.push(request.series);
        return refuse();
      },
      histograms: refuse,
      detail: refuse,
      saveNotes: refuse,
      diagnose: refuse,
      exportAddress: () => undefined,
      close() {},
    };
    dashboard = createDashboard(source, DEFAULT_VIEW);
  });
  const all = (runs: readonly RunSummary[]) => listener.runs({ folder: "/f", version: "1", runs, cursor: "" });
  const shown = () => dashboard.store.shown.value.map(({ id }) => id);

  test("at first all runs are shown, or the newest ones where there are many; new ones come in", () => {
    all([runOf("a"), runOf("b")]);
    assert.deepEqual(shown(), ["a", "b"]);
    all(Array.from({ length: 50 }, (_, index) => runOf(`run ${index}`, { createdAt: index })));
    assert.equal(shown().length, MOST_AUTO);
    listener.changed([runOf("new", { createdAt: 99 })], []);
    assert.equal(shown().at(-1), "new");
    dashboard.actions.set({ runs: "all" });
    assert.equal(shown().length, 51);
    dashboard.actions.set({ runs: [] });
    assert.deepEqual(shown(), []);
  });

  test("curves of the first charts are asked for at once, in one request; those of other tabs are not", async () => {
    const runs = ["a", "b"].map((id) =>
      runOf(id, { measures: ["accuracy", "loss", "gradientNorm", "x"].map((name) => measure(name)) }),
    );
    const series = [...runs, runOf("c", { isLoading: true, measures: [] })];
    all(series);
    await Promise.resolve();
    const wished = ["loss", "gradientNorm"].flatMap((name) => ["a", "b"].map((run) => ({ run, measure: name })));
    assert.deepEqual(asked, [wished]);
    all(series);
    await Promise.resolve();
    assert.equal(asked.length, 1);
    const other = createDashboard(
      {
        ...source,
        start(given) {
          listener = given;
        },
      },
      { ...DEFAULT_VIEW, tab: "compare" },
    );
    all(series);
    await Promise.resolve();
    assert.equal(asked.length, 1);
    other.close();
  });

  test("a run is shown and hidden; one that does not exist harms nothing", () => {
    all([runOf("a"), runOf("b"), runOf("c")]);
    dashboard.actions.toggle("b");
    assert.deepEqual(shown(), ["a", "c"]);
    dashboard.actions.toggle("b");
    assert.deepEqual(shown(), ["a", "b", "c"]);
    dashboard.actions.set({ runs: ["c", "gone"] });
    assert.deepEqual(shown(), ["c"]);
    assert.ok(dashboard.store.shownIds.value.has("c"));
  });

  test("another horizontal axis ends the zoom, all else keeps it", () => {
    const { actions, store } = dashboard;
    actions.set({ zoom: { from: 1, to: 2 } });
    actions.set({ isLog: true, axis: "step" });
    assert.deepEqual(store.view.value.zoom, { from: 1, to: 2 });
    actions.set({ axis: "time" });
    assert.equal(store.view.value.zoom, undefined);
    actions.set({ axis: "epoch", zoom: { from: 0, to: 3 } });
    assert.deepEqual(store.view.value.zoom, { from: 0, to: 3 });
  });

  test("what happens is announced: runs that come and end, and the connection", () => {
    all([runOf("a")]);
    const { announcement } = dashboard.store;
    connection.value = "live";
    assert.equal(announcement.value, undefined);
    listener.changed([{ id: "a", step: 3 }], []);
    assert.equal(announcement.value, undefined);
    listener.changed([{ id: "a", status: "finished" }], []);
    assert.deepEqual(announcement.value, { kind: "ended", run: "a" });
    listener.changed([runOf("b")], []);
    assert.deepEqual(announcement.value, { kind: "appeared", run: "b" });
    connection.value = "lost";
    assert.deepEqual(announcement.value, { kind: "lost" });
    connection.value = "live";
    assert.deepEqual(announcement.value, { kind: "live" });
  });

  test("a failure is shown until it is dismissed, or all is well again", () => {
    const { problem } = dashboard.store;
    listener.failed(new Error("x"));
    assert.equal(problem.value?.message, "x");
    dashboard.actions.dismiss();
    assert.equal(problem.value, undefined);
    listener.failed(new Error("y"));
    all([]);
    assert.equal(problem.value, undefined);
  });
});
