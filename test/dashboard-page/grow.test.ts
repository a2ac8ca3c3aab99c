import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { growingPlaces, thinned } from "../../apps/dashboard/src/data/grow.ts";
import { NO_PLACES, type Places, placeAt } from "../../apps/dashboard/src/data/places.ts";
import { columnsOf, type Point, placesFrom, series } from "./places.ts";

/** What a place must hold: the finite values of the points from after the step before to its own. */
function checkPlaces(places: Places, points: readonly Point[]): void {
  let before = -Infinity;
  let seen = 0;
  for (let place = 0; place < places.length; place++) {
    const step = places.steps[place] ?? Number.NaN;
    const own = points.filter((point) => point.step > before && point.step <= step);
    const finite = own.map(({ value }) => value).filter(Number.isFinite);
    assert.equal(own.at(-1)?.step, step);
    assert.equal(own.at(-1)?.time, places.times[place]);
    assert.equal(places.lows[place], finite.length === 0 ? Number.NaN : Math.min(...finite));
    assert.equal(places.highs[place], finite.length === 0 ? Number.NaN : Math.max(...finite));
    assert.equal(places.lasts[place], finite.at(-1) ?? Number.NaN);
    before = step;
    seen += own.length;
  }
  assert.equal(seen, points.length);
}

test("thinning keeps the least, the largest and the last value of each place, and no more places than wanted", () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 60 }), (points, most) => {
      const result = thinned(placesFrom(points), most);
      assert.ok(result.length <= Math.max(most, 0));
      checkPlaces(result, points);
    }),
  );
});

test("few places stay as they are", () => {
  const places = placesFrom([{ step: 3, time: 1, value: 2 }]);
  assert.equal(thinned(places, 1), places);
});

test("a curve that grows point by point holds every value, within twice the places", () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 30 }), (points, most, each) => {
      const places = growingPlaces(NO_PLACES, most);
      for (let start = 0; start < points.length; start += each) {
        const part = points.slice(start, start + each);
        places.append({
          steps: part.map(({ step }) => step),
          times: part.map(({ time }) => time),
          values: part.map(({ value }) => value),
        });
        assert.ok(places.length <= 2 * most);
      }
      checkPlaces(places, points);
    }),
  );
});

test("a growing curve does not change the places that it began with", () => {
  const start = placesFrom([
    { step: 1, time: 1, value: 5 },
    { step: 2, time: 2, value: 6 },
  ]);
  const before = columnsOf(start);
  const places = growingPlaces(start, 2);
  places.append({ steps: [3, 4, 5], times: [3, 4, 5], values: [7, 8, 9] });
  assert.deepEqual(columnsOf(start), before);
  assert.equal(places.length, 2);
  assert.deepEqual([places.lows[0], places.highs[1]], [5, 9]);
});

test("a place is found by its step", () => {
  const places = placesFrom([2, 4, 8].map((step) => ({ step, time: 0, value: 0 })));
  assert.deepEqual(
    [0, 2, 3, 8, 9].map((step) => placeAt(places, step)),
    [0, 0, 1, 2, 3],
  );
});
