import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  type AxisRun,
  positionOf,
  positions,
  stepsIn,
  stepsPerEpoch,
} from "../../apps/dashboard/src/charts/curves/axis.ts";
import { bandOf, groupLines, medianOf } from "../../apps/dashboard/src/charts/curves/band.ts";
import { extentOf, type Line, type LineRun, lineOf, nearest } from "../../apps/dashboard/src/charts/curves/lines.ts";
import { valueRange } from "../../apps/dashboard/src/charts/curves/range.ts";
import { reachOf, smooth } from "../../apps/dashboard/src/charts/curves/smooth.ts";
import type { Curve } from "../../apps/dashboard/src/state/curve.ts";
import { type Point, placesFrom, pointsOf, series } from "./places.ts";

const RUN: LineRun = {
  id: "a",
  name: "a",
  look: { colour: 0, dash: 0 },
  group: "g",
  steps: 100,
  epochs: 10,
  createdAt: 500,
};

function curveOf(points: readonly Point[], close?: Curve["close"]): Curve {
  const odd = points.filter(({ value }) => !Number.isFinite(value));
  const whole = { places: placesFrom(points), total: points.length, oddCount: odd.length, odd };
  return { run: "a", measure: "loss", state: "ready", whole, close };
}

function lineFrom(points: readonly Point[], smoothing = 0, run: LineRun = RUN): Line {
  const line = lineOf(run, curveOf(points), { axis: "step", smoothing });
  assert.ok(line !== undefined);
  return line;
}

describe("the horizontal axis", () => {
  const places = placesFrom(pointsOf([1, 2, 3], 10));

  test("steps, epochs and seconds since the run began", () => {
    assert.deepEqual([...(positions(places, "step", RUN) ?? [])], [10, 20, 30]);
    assert.deepEqual([...(positions(places, "epoch", RUN) ?? [])], [1, 2, 3]);
    assert.deepEqual([...(positions(places, "time", RUN) ?? [])], [0.5, 1.5, 2.5]);
    assert.equal(positionOf(25, "time", RUN, places), 2);
    assert.equal(positionOf(25, "epoch", RUN, places), 2.5);
  });

  test("a run without epochs or without times is not on that axis", () => {
    const without: AxisRun = { steps: null, epochs: null, createdAt: null };
    assert.equal(stepsPerEpoch({ ...without, steps: 100, epochs: 0 }), undefined);
    assert.equal(positions(places, "epoch", without), undefined);
    const timeless = placesFrom(pointsOf([1, 2]).map((point) => ({ ...point, time: Number.NaN })));
    assert.equal(positions(timeless, "time", without), undefined);
  });

  test("a clock that goes back stands still; a folder that was copied does not begin after its first measure", () => {
    const times = [1000, 5000, 2000, 6000];
    const jumping = placesFrom(times.map((time, index) => ({ step: index, time, value: 0 })));
    assert.deepEqual([...(positions(jumping, "time", { ...RUN, createdAt: 1e12 }) ?? [])], [0, 4, 4, 5]);
  });

  test("a zoom asks for the steps in it, and a little more", () => {
    assert.deepEqual(stepsIn({ from: 12, to: 22 }, "step", RUN, places), { from: 11, to: 23 });
    assert.deepEqual(stepsIn({ from: 1, to: 2 }, "epoch", RUN, places), { from: 9, to: 21 });
    // seconds 1.5 to 2.5 are steps 20 to 30
    assert.deepEqual(stepsIn({ from: 1.6, to: 2 }, "time", RUN, places), { from: 20, to: 30 });
    assert.equal(stepsIn({ from: 2, to: 100 }, "time", RUN, places)?.to, Number.MAX_SAFE_INTEGER);
    assert.equal(stepsIn({ from: 400, to: 500 }, "step", RUN, places), undefined);
  });

  test("what lies in the zoom is in the steps that are asked for", () => {
    fc.assert(
      fc.property(
        series.filter(({ length }) => length > 0),
        fc.constantFrom("step" as const, "epoch" as const, "time" as const),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (points, axis, start, length) => {
          const all = placesFrom(points);
          const xs = positions(all, axis, { ...RUN, createdAt: 0 });
          assert.ok(xs !== undefined);
          const span = (xs.at(-1) ?? 0) + 1;
          const zoom = { from: start * span, to: start * span + length * span };
          const range = stepsIn(zoom, axis, { ...RUN, createdAt: 0 }, all);
          xs.forEach((x, place) => {
            if (x < zoom.from || x > zoom.to) return;
            const step = points[place]?.step ?? 0;
            assert.ok(range !== undefined && range.from <= step && range.to >= step);
          });
        },
      ),
    );
  });
});

describe("smoothing", () => {
  const xs = (values: readonly number[]) => Float64Array.from(values, (_, index) => index);

  test("a constant stays, and an average lies between least and largest", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 }), (values) => {
        const mean = smooth(xs(values), Float64Array.from(values), 5);
        let [low, high] = [Infinity, -Infinity];
        values.forEach((value, index) => {
          [low, high] = [Math.min(low, value), Math.max(high, value)];
          const own = mean[index] ?? Number.NaN;
          assert.ok(own >= low - 1e-9 && own <= high + 1e-9);
        });
        assert.equal(mean[0], values[0]);
      }),
    );
  });

  test("NaN stays NaN, and the average goes on after it", () => {
    const mean = smooth(xs([1, 1, 1]), Float64Array.from([1, Number.NaN, 1]), 5);
    assert.deepEqual([...mean], [1, Number.NaN, 1]);
  });

  test("it reaches as far where there are fewer points", () => {
    const every = Float64Array.from({ length: 1001 }, (_, index) => index);
    const tenth = Float64Array.from({ length: 101 }, (_, index) => index * 10);
    const step = (x: number) => (x >= 500 ? 1 : 0);
    const fine = smooth(every, every.map(step), 100);
    const coarse = smooth(tenth, tenth.map(step), 100);
    assert.ok(Math.abs((fine[600] ?? 0) - (coarse[60] ?? 0)) < 0.05);
    assert.equal(reachOf(0, 100), 0);
    assert.ok(reachOf(0.5, 100) > reachOf(0.1, 100));
  });

  test("a closer look goes on from the average before it", () => {
    const points = pointsOf(Array.from({ length: 100 }, (_, index) => (index < 50 ? 0 : 1)));
    const part = points.slice(60);
    const close = { places: placesFrom(part), total: part.length, oddCount: 0, odd: [], from: 61, to: 100 };
    const whole = lineOf(RUN, curveOf(points), { axis: "step", smoothing: 0.7 });
    const line = lineOf(RUN, curveOf(points, close), { axis: "step", smoothing: 0.7 }, { from: 61, to: 100 });
    assert.equal(line?.xs[0], 61);
    assert.ok(Math.abs((line?.smooth?.[5] ?? 0) - (whole?.smooth?.[65] ?? 1)) < 1e-12);
  });
});

describe("lines", () => {
  test("a closer look is drawn only where it covers what is in sight", () => {
    const points = pointsOf([1, 2, 3, 4]);
    const close = { places: placesFrom(points.slice(1, 3)), total: 2, oddCount: 0, odd: [], from: 2, to: 3 };
    const curve = curveOf(points, close);
    const settings = { axis: "step", smoothing: 0 } as const;
    assert.equal(lineOf(RUN, curve, settings)?.xs.length, 4);
    assert.equal(lineOf(RUN, curve, settings, { from: 2, to: 3 })?.xs.length, 2);
    assert.equal(lineOf(RUN, curve, settings, { from: 1, to: 3 })?.xs.length, 4);
  });

  test("values that are not finite are marks, also those that are not listed", () => {
    const points = pointsOf([1, Number.NaN, Infinity, Number.NaN]);
    const line = lineFrom(points);
    assert.deepEqual(
      line.odd.map(({ x, value }) => [x, value]),
      [
        [2, Number.NaN],
        [3, Infinity],
        [4, Number.NaN],
      ],
    );
    const curve = curveOf(points);
    const cut = { ...curve, whole: { ...curve.whole, odd: curve.whole.odd.slice(0, 1) } };
    assert.deepEqual(
      lineOf(RUN, cut, { axis: "step", smoothing: 0 })?.odd.map(({ x }) => x),
      [2, 3, 4],
    );
  });

  test("the nearest point is read, if it is near", () => {
    const line = lineFrom(pointsOf([1, 2, 3], 10));
    assert.equal(nearest(line, 14, 5), 0);
    assert.equal(nearest(line, 16, 5), 1);
    assert.equal(nearest(line, 99, 5), undefined);
    assert.equal(nearest(line, -3, 5), undefined);
    assert.deepEqual(extentOf([line, lineFrom([])]), [10, 30]);
    assert.equal(extentOf([]), undefined);
  });
});

describe("the vertical axis", () => {
  const all = { isLog: false, ignoresOutliers: false, from: -Infinity, to: Infinity };

  test("all values in sight are inside, spikes too", () => {
    fc.assert(
      fc.property(series, fc.boolean(), (points, isLog) => {
        const line = lineFrom(points);
        const { low, high, notPositive } = valueRange([line], { ...all, isLog });
        assert.ok(low < high);
        const finite = points.map(({ value }) => value).filter(Number.isFinite);
        const shown = isLog ? finite.filter((value) => value > 0) : finite;
        for (const value of shown) assert.ok(value >= low * (1 - 1e-9) - 1e-9 && value <= high * (1 + 1e-9) + 1e-9);
        assert.equal(notPositive, finite.length - shown.length);
        if (isLog) assert.ok(low > 0);
      }),
    );
  });

  test("outliers are left out, and counted", () => {
    const values = Array.from({ length: 1000 }, (_, index) => 1 + (index % 10) / 10);
    values[500] = 1e6;
    const line = lineFrom(pointsOf(values));
    assert.ok(valueRange([line], all).high >= 1e6);
    const { high, outliers } = valueRange([line], { ...all, ignoresOutliers: true });
    assert.ok(high < 3);
    assert.equal(outliers, 1);
  });

  test("an average that lags behind is inside too", () => {
    const line = lineFrom(pointsOf([9, 9, 9, 1, 1, 1]), 0.8);
    const { high } = valueRange([line], { ...all, from: 5, to: 6 });
    assert.ok(high > (line.smooth?.[4] ?? Infinity) && high < 9);
  });

  test("what is not in sight does not count", () => {
    const line = lineFrom(pointsOf([1000, 1, 2, 3]));
    assert.ok(valueRange([line], { ...all, from: 2, to: 4 }).high < 4);
  });
});

describe("bands", () => {
  const lineNamed = (id: string, values: readonly number[], every = 1, smoothing = 0) =>
    lineFrom(pointsOf(values, every), smoothing, { ...RUN, id });

  test("the median and the range of runs that lie between", () => {
    const band = bandOf([lineNamed("a", [1, 2, 3]), lineNamed("b", [3, 4, 9]), lineNamed("c", [2, 3, 4])]);
    assert.deepEqual([...band.medians], [2, 3, 4]);
    assert.deepEqual([...band.lows], [1, 2, 3]);
    assert.deepEqual([...band.highs], [3, 4, 9]);
  });

  test("a run counts while it lasts, with its last value", () => {
    const band = bandOf([lineNamed("a", [10, 20, 30, 40]), lineNamed("b", [0], 2)]);
    assert.deepEqual([...band.medians], [10, 10, 30, 40]);
    assert.equal(medianOf([]), Number.NaN);
    assert.equal(medianOf([3, 1]), 2);
  });

  test("every value lies in the band, spikes too", () => {
    fc.assert(
      fc.property(fc.array(series, { minLength: 2, maxLength: 4 }), fc.constantFrom(0, 0.5), (all, smoothing) => {
        const lines = all.map((points, index) => lineFrom(points, smoothing, { ...RUN, id: String(index) }));
        const { xs, lows, highs, medians } = bandOf(lines);
        for (const points of all)
          for (const { step, value } of points) {
            if (!Number.isFinite(value)) continue;
            const place = xs.findIndex((x) => x >= step);
            assert.ok(place >= 0);
            assert.ok((lows[place] ?? Number.NaN) <= value && (highs[place] ?? Number.NaN) >= value);
          }
        if (smoothing === 0)
          medians.forEach((median, place) => {
            if (Number.isNaN(median)) return;
            assert.ok(median >= (lows[place] ?? 0) && median <= (highs[place] ?? 0));
          });
      }),
    );
  });

  test("many positions become fewer, and no spike is lost", () => {
    const values = Array.from({ length: 5000 }, () => 1);
    values[1234] = 99;
    const band = bandOf([
      lineNamed("a", values),
      lineNamed(
        "b",
        values.map(() => 1),
      ),
    ]);
    assert.ok(band.xs.length <= 600);
    assert.equal(Math.max(...band.highs), 99);
    assert.equal(band.xs.at(-1), 5000);
  });

  test("runs of one group are a band, a run alone is a line", () => {
    const lines = [
      lineNamed("a", [1]),
      lineNamed("b", [1]),
      lineFrom(pointsOf([1]), 0, { ...RUN, id: "c", group: "h" }),
    ];
    const { bands, singles } = groupLines(lines);
    assert.deepEqual(
      bands.map((band) => band.lines.map(({ run }) => run.id)),
      [["a", "b"]],
    );
    assert.deepEqual(
      singles.map(({ run }) => run.id),
      ["c"],
    );
  });
});
