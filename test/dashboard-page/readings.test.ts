import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LineRun } from "../../apps/dashboard/src/charts/curves/lines.ts";
import { notesOf } from "../../apps/dashboard/src/charts/curves/notes.ts";
import { type CurveSettings, createCloseLook, pictureOf } from "../../apps/dashboard/src/charts/curves/picture.ts";
import { formatDuration, formatPosition, positionTicks } from "../../apps/dashboard/src/charts/curves/position-text.ts";
import { readingAt, spoken } from "../../apps/dashboard/src/charts/curves/reading.ts";
import { createRest } from "../../apps/dashboard/src/charts/curves/rest.ts";
import { tableOf } from "../../apps/dashboard/src/charts/curves/table.ts";
import type { Curve, StepRange } from "../../apps/dashboard/src/state/curve.ts";
import type { SeriesStore } from "../../apps/dashboard/src/state/series-store.ts";
import { WORDS } from "./chart-words.ts";
import { placesFrom, pointsOf } from "./places.ts";
import { FakeClock } from "./stream.ts";

const SETTINGS: CurveSettings = {
  axis: "step",
  smoothing: 0,
  isLog: false,
  hasBands: false,
  ignoresOutliers: false,
  zoom: undefined,
};

function drawable(id: string, values: readonly number[], more: Partial<LineRun> = {}, state: Curve["state"] = "ready") {
  const points = pointsOf(values);
  const odd = points.filter(({ value }) => !Number.isFinite(value));
  const run = { id, name: id, look: { colour: 0, dash: 0 }, group: "g", steps: 10, epochs: 5, createdAt: 0, ...more };
  const whole = { places: placesFrom(points), total: points.length, oddCount: odd.length, odd };
  return { run, curve: { run: id, measure: "loss", state, whole, close: undefined } satisfies Curve };
}

const all = () => undefined;

describe("what a chart says", () => {
  const drawables = [drawable("a", [1, 2, 3]), drawable("b", [5, Number.NaN, 7])];
  const picture = pictureOf(drawables, SETTINGS, all);

  test("at the cursor: the lines nearest to it first, each with its value", () => {
    const reading = readingAt(picture, 2.2, 1, "step", WORDS, (y) => Math.abs(y - 3));
    assert.equal(reading.position, "step 2");
    assert.deepEqual(
      reading.rows.map(({ name, value, range }) => [name, value, range]),
      [
        ["a", "2", undefined],
        ["b", "NaN", undefined],
      ],
    );
    assert.match(spoken(reading, WORDS), /^step 2, a 2, b NaN$/);
    assert.equal(readingAt(picture, 9, 1, "step", WORDS).rows.length, 0);
    const infinite = pictureOf([drawable("a", [1, -Infinity])], SETTINGS, all);
    assert.equal(readingAt(infinite, 2, 1, "step", WORDS).rows[0]?.value, "−∞");
  });

  test("many lines: the nearest, and how many more there are", () => {
    const many = Array.from({ length: 30 }, (_, index) => drawable(String(index), [index]));
    const reading = readingAt(pictureOf(many, SETTINGS, all), 1, 1, "step", WORDS, (y) => Math.abs(y - 20));
    assert.equal(reading.rows[0]?.name, "20");
    assert.equal(reading.rows.length + reading.more, 30);
    assert.match(spoken(reading, WORDS), /more\(22\)$/);
  });

  test("a group is read as its median and its range", () => {
    const banded = pictureOf(drawables, { ...SETTINGS, hasBands: true }, all);
    const [row] = readingAt(banded, 3, 1, "step", WORDS).rows;
    assert.equal(row?.name, "a · median(2)");
    assert.equal(row?.value, "5");
    assert.equal(row?.range, "between(3,7)");
  });

  test("its table has a row for each run, with what is not finite", () => {
    const { titles, rows } = tableOf(picture, "step", WORDS);
    assert.equal(titles.length, rows[0]?.length);
    assert.deepEqual(rows, [
      ["a", "3", "1", "3", "0", "1", "2", "3"],
      ["b", "7", "5", "7", "1", "5", "NaN", "7"],
    ]);
  });

  test("below it: all that is not drawn as a line", () => {
    const notes = (settings: Partial<CurveSettings>, given = drawables) => {
      const own = { ...SETTINGS, ...settings };
      return notesOf(pictureOf(given, own, all), own, WORDS);
    };
    assert.deepEqual(notes({}), ["oddValues(1,1)"]);
    assert.deepEqual(notes({ isLog: true }, [drawable("a", [-1, 0, 2])]), ["notPositive(2)"]);
    const values = Array.from({ length: 500 }, (_, index) => (index === 9 ? 1e9 : 1));
    assert.deepEqual(notes({ ignoresOutliers: true }, [drawable("a", values)]), ["outliers(1)"]);
    assert.deepEqual(notes({}, [drawable("a", values)]), []);
    assert.deepEqual(notes({ axis: "epoch" }, [drawable("a", [1], { epochs: null })]), ["withoutEpochs(1)"]);
    assert.deepEqual(notes({}, [drawable("a", [], {}, "loading")]).map(String), ["loading"]);
    assert.deepEqual(notes({}, [drawable("a", [], {}, "failed")]).map(String), ["failed"]);
    assert.deepEqual(notes({}, []).map(String), ["nothing"]);
  });

  test("it begins at 0 and ends with the last point, or shows the zoom", () => {
    assert.deepEqual(picture.xRange, [0, 3]);
    assert.deepEqual(pictureOf(drawables, { ...SETTINGS, zoom: { from: 2, to: 9 } }, all).xRange, [2, 9]);
    assert.deepEqual(pictureOf([], SETTINGS, all).xRange, [0, 1]);
    // a run that goes on from step 5000
    const late = drawable("a", [1, 2]);
    late.curve.whole.places.steps.set([5001, 5002]);
    assert.deepEqual(pictureOf([late], SETTINGS, all).xRange, [5001, 5002]);
    assert.deepEqual(pictureOf([drawable("a", [1])], SETTINGS, all).xRange, [0, 1]);
  });
});

test("a zoom asks once for what is in sight, and not where every point is there", () => {
  const asked: [string, StepRange | undefined][] = [];
  const look = createCloseLook({ look: (run, _, range) => asked.push([run, range]) } as Pick<
    SeriesStore,
    "look"
  > as SeriesStore);
  const zoomed: CurveSettings = { ...SETTINGS, zoom: { from: 1, to: 2 } };
  const exact = drawable("a", [1, 2, 3]);
  const { run, curve } = drawable("b", [1, 2, 3]);
  const thin = { run, curve: { ...curve, whole: { ...curve.whole, total: 99 } } };
  for (let count = 0; count < 3; count++) {
    assert.equal(look(zoomed, exact), undefined);
    assert.deepEqual(look(zoomed, thin), { from: 1, to: 2 });
  }
  assert.deepEqual(asked, [
    ["a", undefined],
    ["b", { from: 1, to: 2 }],
  ]);
  assert.equal(look(SETTINGS, thin), undefined);
});

test("a drawing that takes long is not done again at once, and the last one is not lost", () => {
  const clock = new FakeClock();
  let time = 0;
  let asked = 0;
  const ask = () => {
    asked++;
  };
  const rest = createRest(() => time, clock.later);
  assert.ok(!rest.mustWait(ask));
  rest.drew(50);
  time += 20;
  for (let count = 0; count < 9; count++) assert.ok(rest.mustWait(ask));
  assert.deepEqual(clock.waits, [180]);
  time += 180;
  clock.run();
  assert.equal(asked, 1);
  assert.ok(!rest.mustWait(ask));
  rest.drew(50);
  assert.ok(rest.mustWait(ask));
  rest.end();
  assert.equal(clock.run(), 0);
  assert.ok(!rest.mustWait(ask));
});

test("positions are written in the unit of the axis", () => {
  assert.equal(formatPosition(1234.4, "step"), "1,234");
  assert.equal(formatPosition(3.25, "epoch"), "3.25");
  assert.deepEqual([0, 0.25, 45, 725, 3750, 100_000, 273_600].map(formatDuration), [
    "0\u00a0s",
    "0.25\u00a0s",
    "45\u00a0s",
    "12:05",
    "1:02:30",
    "1\u00a0d 3:46:40",
    "3\u00a0d 4:00:00",
  ]);
  assert.deepEqual(positionTicks(0, 3.5, 10, "step"), [0, 1, 2, 3]);
  assert.deepEqual(positionTicks(0, 1000, 4, "time"), [0, 300, 600, 900]);
  assert.deepEqual(positionTicks(0, 3 * 86_400, 3, "time"), [0, 86_400, 172_800, 259_200]);
});
