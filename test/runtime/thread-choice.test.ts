import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadChoice } from "../../src/runtime/native/thread-choice.ts";

/** A machine on which both ways take as long as it is told. */
function machine() {
  let clock = 0;
  const takes = { all: 1, one: 1 };
  const counts = { all: 0, one: 0 };
  const way = (name: "all" | "one") => (): void => {
    clock += takes[name];
    counts[name]++;
  };
  const choice = new ThreadChoice(way("all"), way("one"), () => clock);
  const runs = (count: number): void => {
    for (let run = 0; run < count; run++) choice.run();
  };
  return { choice, takes, counts, runs };
}

test("the faster way is taken after a trial of both", () => {
  for (const [all, one, expected] of [
    [1, 2, "all"],
    [2, 1, "one"],
    [1, 0.99, "all"],
  ] as const) {
    const { choice, takes, counts, runs } = machine();
    Object.assign(takes, { all, one });
    runs(30);
    assert.equal(choice.chosen, expected);
    const before = counts[expected];
    runs(5000);
    assert.ok(counts[expected] - before > 4800, "trials are rare");
  }
});

test("when runs become slow there is another trial", () => {
  const { choice, takes, runs } = machine();
  Object.assign(takes, { all: 1, one: 2 });
  runs(100);
  assert.equal(choice.chosen, "all");
  takes.all = 20;
  runs(100);
  assert.equal(choice.chosen, "one");
  takes.all = 1;
  runs(200);
  assert.equal(choice.chosen, "all");
});

test("a long program is never tried on one thread", () => {
  const { choice, takes, counts, runs } = machine();
  Object.assign(takes, { all: 150, one: 10 });
  runs(50);
  assert.equal(counts.one, 0);
  assert.equal(choice.chosen, "all");
});
