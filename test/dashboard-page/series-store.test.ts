import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { LiveEvents, SeriesRequest } from "gradus/dashboard-protocol";
import type { Frame } from "../../apps/dashboard/src/data/frames.ts";
import { createSeriesQueue } from "../../apps/dashboard/src/data/series-queue.ts";
import { createSeriesStore, type SeriesStore } from "../../apps/dashboard/src/state/series-store.ts";
import { placesFrom, pointsOf } from "./places.ts";
import { FakeClock, settle } from "./stream.ts";

describe("the curves that charts show", () => {
  let clock: FakeClock;
  let requests: SeriesRequest["series"][number][];
  let subscriptions: number;
  let errors: string[];
  /** Values of every series on the server. */
  let values: number[];
  let generation: number;
  let failure: Error | undefined;
  let store: SeriesStore;

  beforeEach(() => {
    clock = new FakeClock();
    [requests, subscriptions, errors, values, generation, failure] = [[], 0, [], [1, 2, 3], 0, undefined];
    store = createSeriesStore({
      queue: createSeriesQueue({
        async ask({ series }) {
          requests.push(...series);
          if (failure !== undefined) throw failure;
          return series.map(({ from = 0, to = Infinity }): Frame => {
            const points = pointsOf(values).filter(({ step }) => step >= from && step <= to);
            const odd = points.filter(({ value }) => !Number.isFinite(value));
            return {
              places: placesFrom(points),
              total: points.length,
              cursor: values.length,
              generation,
              oddCount: odd.length,
              odd,
            };
          });
        },
        points: 100,
        later: clock.later,
      }),
      points: 100,
      subscribe: () => {
        subscriptions++;
      },
      failed: ({ message }) => errors.push(message),
      spare: 2,
    });
  });

  const turn = async () => {
    clock.run();
    await settle();
  };
  const newPoints = (
    added: readonly (number | string)[],
    more: Partial<LiveEvents["points"][number]> = {},
  ): LiveEvents["points"] => {
    const steps = added.map((_, index) => values.length + index + 1);
    return [
      {
        run: "a",
        measure: "loss",
        cursor: values.length + added.length,
        generation,
        steps,
        times: steps.map((step) => step * 1000),
        values: added,
        ...more,
      },
    ];
  };

  test("a curve that is expected is loaded once, and is there for whoever holds it", async () => {
    store.expect("a", "loss");
    store.expect("a", "loss");
    assert.deepEqual(store.wanted(), []);
    const early = store.hold("a", "loss");
    await turn();
    assert.deepEqual([requests.length, early.state], [1, "ready"]);
    store.expect("b", "loss");
    await turn();
    assert.equal(store.hold("b", "loss").state, "ready");
    assert.equal(requests.length, 2);
    assert.deepEqual(
      store.wanted().map(({ run }) => run),
      ["a", "b"],
    );
  });

  test("a curve is loaded once for all who hold it, and told about while they do", async () => {
    const curve = store.hold("a", "loss");
    assert.equal(store.hold("a", "loss"), curve);
    assert.equal(curve.state, "loading");
    assert.deepEqual(store.wanted(), []);
    await turn();
    assert.equal(requests.length, 1);
    assert.equal(curve.state, "ready");
    assert.deepEqual([...curve.whole.places.lasts.subarray(0, 3)], [1, 2, 3]);
    assert.deepEqual(store.wanted(), [{ run: "a", measure: "loss", cursor: 3, generation: 0 }]);
    assert.equal(subscriptions, 1);
    store.release("a", "loss");
    assert.equal(store.wanted().length, 1);
    store.release("a", "loss");
    assert.deepEqual(store.wanted(), []);
  });

  test("new points are appended, and draw the charts of that measure alone", async () => {
    const curve = store.hold("a", "loss");
    await turn();
    const [own, other] = [store.version("loss").value, store.version("accuracy").value];
    store.receive(newPoints([4, "NaN", "-Infinity"]));
    assert.equal(curve.whole.total, 6);
    assert.deepEqual([...curve.whole.places.lasts.subarray(0, 6)], [1, 2, 3, 4, Number.NaN, Number.NaN]);
    assert.deepEqual(curve.whole.odd, [
      { step: 5, value: Number.NaN },
      { step: 6, value: -Infinity },
    ]);
    assert.equal(store.wanted()[0]?.cursor, 6);
    assert.equal(store.version("loss").value, own + 1);
    assert.equal(store.version("accuracy").value, other);
    assert.equal(requests.length, 1);
  });

  test("points that are told twice count once", async () => {
    const curve = store.hold("a", "loss");
    await turn();
    store.receive(newPoints([4, 5]));
    store.receive(newPoints([4, 5]));
    store.receive(newPoints([4, 5, 6]));
    assert.deepEqual([...curve.whole.places.lasts.subarray(0, 6)], [1, 2, 3, 4, 5, 6]);
    assert.equal(curve.whole.total, 6);
  });

  test("a gap, another generation and a void series are loaded anew; what is there stays until then", async () => {
    const curve = store.hold("a", "loss");
    await turn();
    for (const broken of [
      newPoints([9], { cursor: 50 }),
      newPoints([9], { generation: 1 }),
      newPoints([], { isVoid: true }),
    ]) {
      const before = requests.length;
      store.receive(broken);
      assert.equal(curve.whole.places.length, values.length);
      values = [...values, 7];
      await turn();
      assert.equal(requests.length, before + 1);
      assert.equal(curve.whole.places.length, values.length);
    }
  });

  test("a zoom asks for its range; live points go on in it; the end of the zoom ends it", async () => {
    values = Array.from({ length: 50 }, (_, index) => index);
    const curve = store.hold("a", "loss");
    await turn();
    store.look("a", "loss", { from: 10, to: 51 });
    store.look("a", "loss", { from: 10, to: 51 });
    await turn();
    assert.deepEqual(requests.slice(1), [{ run: "a", measure: "loss", from: 10, to: 51 }]);
    assert.equal(curve.close?.total, 41);
    store.receive(newPoints([100, 101, 102]));
    assert.equal(curve.close?.total, 42);
    assert.equal(curve.whole.total, 53);
    store.look("a", "loss", undefined);
    assert.equal(curve.close, undefined);
  });

  test("of two zooms the last one counts, whichever answer comes first", async () => {
    const curve = store.hold("a", "loss");
    await turn();
    store.look("a", "loss", { from: 1, to: 2 });
    clock.run();
    store.look("a", "loss", { from: 2, to: 3 });
    await settle();
    assert.equal(curve.close, undefined);
    await turn();
    assert.equal(curve.close?.from, 2);
  });

  test("what is released before its turn is not asked for, and is loaded when it is held again", async () => {
    store.hold("a", "loss");
    store.release("a", "loss");
    await turn();
    assert.equal(requests.length, 0);
    const curve = store.hold("a", "loss");
    await turn();
    assert.equal(curve.state, "ready");
  });

  test("what nobody holds is kept for a while: the last ones, without another request", async () => {
    for (const run of ["a", "b", "c"]) store.hold(run, "loss");
    await turn();
    for (const run of ["a", "b", "c"]) store.release(run, "loss");
    assert.equal(store.hold("c", "loss").state, "ready");
    assert.equal(store.hold("a", "loss").state, "loading");
    await turn();
    assert.deepEqual(
      requests.map(({ run }) => run),
      ["a", "b", "c", "a"],
    );
  });

  test("a series without points is gone, and a refusal is told; the curve that was there stays", async () => {
    values = [];
    const empty = store.hold("a", "loss");
    await turn();
    assert.equal(empty.state, "gone");
    // it may get points yet
    assert.equal(store.wanted().length, 1);
    store.receive(newPoints([1]));
    assert.equal(empty.state, "ready");
    values = [1];
    failure = new Error("no");
    const refused = store.hold("b", "loss");
    store.receive(newPoints([], { isVoid: true }));
    await turn();
    assert.equal(refused.state, "failed");
    assert.equal(empty.state, "ready");
    assert.deepEqual(errors, ["no", "no"]);
    failure = undefined;
    store.retry();
    await turn();
    assert.equal(refused.state, "ready");
  });

  test("after a restart of the server all that is held is loaded again; a run that went is gone until it is back", async () => {
    const curve = store.hold("a", "loss");
    store.hold("b", "loss");
    await turn();
    store.release("b", "loss");
    values = [5];
    store.reload();
    await turn();
    assert.deepEqual([...curve.whole.places.lasts.subarray(0, 1)], [5]);
    assert.equal(requests.length, 3);
    store.forget(["a"]);
    assert.equal(curve.state, "gone");
    store.reload(["x"]);
    await turn();
    assert.equal(curve.state, "gone");
    store.reload(["a"]);
    await turn();
    assert.equal(curve.state, "ready");
  });
});
