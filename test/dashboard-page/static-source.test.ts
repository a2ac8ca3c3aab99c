import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StaticRun } from "gradus/dashboard-protocol";
import { createStaticSource, staticRunOf } from "../../apps/dashboard/src/data/static-source.ts";
import { runOf } from "./runs.ts";

const RUN: StaticRun = {
  detail: {
    summary: runOf("a"),
    environment: null,
    settings: null,
    model: null,
    events: [],
    warnings: [],
    notes: "",
    texts: {},
    isWritable: false,
  },
  series: {
    loss: {
      total: 3,
      places: [
        [1, 1000, 5, 5, 5],
        [2, null, null, null, null],
        [3, 3000, 4, 4, 4],
      ],
      odd: [[2, "NaN"]],
    },
    thin: {
      total: 100,
      places: [
        [50, 1, 1, 9, 2],
        [100, 2, 0, 3, 3],
      ],
      odd: [],
    },
  },
  histograms: { h: Array.from({ length: 10 }, (_, step) => ({ step, time: 0, low: 0, high: 1, counts: [1] })) },
  diagnosis: null,
};

describe("a run that is part of the page", () => {
  const source = createStaticSource(RUN);

  test("its series are those of the file, whole or in part; what it does not have is empty", async () => {
    const [whole, part, thin, closer, none, proto, other] = await source.series({
      points: 10,
      series: [
        { run: "a", measure: "loss" },
        { run: "a", measure: "loss", from: 2, to: 3 },
        { run: "a", measure: "thin" },
        { run: "a", measure: "thin", from: 40, to: 60 },
        { run: "a", measure: "nothing" },
        { run: "a", measure: "__proto__" },
        { run: "b", measure: "loss" },
      ],
    });
    assert.deepEqual([...(whole?.places.lasts ?? [])], [5, Number.NaN, 4]);
    assert.deepEqual(whole?.odd, [{ step: 2, value: Number.NaN }]);
    assert.equal(whole?.total, 3);
    assert.equal(part?.places.length, 2);
    assert.equal(part?.total, 2);
    assert.equal(thin?.total, 100);
    // it is not known how many points the part has; it is not exact
    assert.ok((closer?.total ?? 0) > (closer?.places.length ?? 0));
    for (const empty of [none, proto, other]) assert.equal(empty?.cursor, 0);
  });

  test("histograms are evenly taken, the last one among them", async () => {
    const steps = async (most: number) =>
      (await source.histograms({ run: "a", name: "h", most })).map(({ step }) => step);
    assert.deepEqual(await steps(100), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await steps(4), [2, 4, 7, 9]);
    assert.deepEqual(await steps(1), [9]);
    assert.deepEqual(await source.histograms({ run: "a", name: "toString", most: 3 }), []);
  });

  test("what needs a server is refused", async () => {
    await assert.rejects(source.saveNotes("a", ""), { code: "no-server" });
    await assert.rejects(source.diagnose("a", "en"), { code: "no-server" });
    const diagnosis = { diagnosis: {}, html: "<p>" };
    assert.equal(await createStaticSource({ ...RUN, diagnosis }).diagnose("a", "en"), diagnosis);
    assert.equal(source.exportAddress("a", "en"), undefined);
  });

  test("a page of a server carries no run", () => {
    assert.equal(staticRunOf(undefined), undefined);
    assert.equal(staticRunOf(null), undefined);
    assert.deepEqual(staticRunOf(JSON.stringify(RUN)), RUN);
  });
});
