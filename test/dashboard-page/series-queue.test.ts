import assert from "node:assert/strict";
import { test } from "node:test";
import type { SeriesRequest } from "gradus/dashboard-protocol";
import type { Frame } from "../../apps/dashboard/src/data/frames.ts";
import { NO_PLACES } from "../../apps/dashboard/src/data/places.ts";
import { createSeriesQueue } from "../../apps/dashboard/src/data/series-queue.ts";
import { FakeClock, settle } from "./stream.ts";

const frame = (total: number): Frame => ({
  places: NO_PLACES,
  total,
  cursor: total,
  generation: 0,
  oddCount: 0,
  odd: [],
});
const ALWAYS = () => true;
const never = (error: Error) => assert.fail(error);

test("wishes of one turn are one request, and each gets its own frame", async () => {
  const requests: SeriesRequest[] = [];
  const clock = new FakeClock();
  const queue = createSeriesQueue({
    async ask(request) {
      requests.push(request);
      return request.series.map((_, index) => frame(index));
    },
    points: 7,
    later: clock.later,
  });
  const totals: number[] = [];
  for (let index = 0; index < 150; index++)
    queue.want({ run: String(index), measure: "loss" }, ALWAYS, ({ total }) => totals.push(total), never);
  clock.run();
  await settle();
  assert.equal(requests.length, 1);
  assert.equal(requests[0]?.points, 7);
  assert.deepEqual(
    totals,
    Array.from({ length: 150 }, (_, index) => index),
  );
});

test("many wishes are several requests, only so many at a time, in order", async () => {
  const open: { readonly request: SeriesRequest; readonly done: (frames: readonly Frame[]) => void }[] = [];
  const clock = new FakeClock();
  const queue = createSeriesQueue({
    ask: (request) => new Promise((done) => open.push({ request, done })),
    points: 1,
    most: 2,
    atOnce: 2,
    later: clock.later,
  });
  for (let index = 0; index < 7; index++) queue.want({ run: String(index), measure: "m" }, ALWAYS, () => {}, never);
  clock.run();
  assert.equal(open.length, 2);
  open[0]?.done([frame(0), frame(0)]);
  await settle();
  clock.run();
  assert.equal(open.length, 3);
  assert.deepEqual(
    open.map(({ request }) => request.series.map(({ run }) => run)),
    [
      ["0", "1"],
      ["2", "3"],
      ["4", "5"],
    ],
  );
});

test("what is no longer wanted is not asked for", async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const queue = createSeriesQueue({
    async ask({ series }) {
      asked.push(...series.map(({ run }) => run));
      return series.map(() => frame(1));
    },
    points: 1,
    later: clock.later,
  });
  let isThere = true;
  queue.want(
    { run: "a", measure: "m" },
    () => isThere,
    () => assert.fail("it is gone"),
    never,
  );
  queue.want({ run: "b", measure: "m" }, ALWAYS, () => {}, never);
  isThere = false;
  clock.run();
  await settle();
  assert.deepEqual(asked, ["b"]);
  queue.want(
    { run: "c", measure: "m" },
    () => false,
    () => {},
    never,
  );
  clock.run();
  assert.deepEqual(asked, ["b"]);
});

test("a refusal reaches every wish, and the queue goes on", async () => {
  const clock = new FakeClock();
  let isBroken = true;
  const queue = createSeriesQueue({
    async ask({ series }) {
      if (isBroken) throw new Error("no");
      return series.map(() => frame(1));
    },
    points: 1,
    later: clock.later,
  });
  const results: string[] = [];
  const want = () =>
    queue.want(
      { run: "a", measure: "m" },
      ALWAYS,
      () => results.push("there"),
      (error) => results.push(error.message),
    );
  want();
  want();
  clock.run();
  await settle();
  isBroken = false;
  want();
  clock.run();
  await settle();
  assert.deepEqual(results, ["no", "no", "there"]);
});
