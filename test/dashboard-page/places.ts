import fc from "fast-check";
import { type Places, placesOf } from "../../apps/dashboard/src/data/places.ts";

/** A point of a series. */
export interface Point {
  readonly step: number;
  readonly time: number;
  readonly value: number;
}

/** Places of points, one each. */
export function placesFrom(points: readonly Point[]): Places {
  const places = placesOf(points.length);
  points.forEach(({ step, time, value }, place) => {
    const finite = Number.isFinite(value) ? value : Number.NaN;
    places.steps[place] = step;
    places.times[place] = time;
    places.lows[place] = finite;
    places.highs[place] = finite;
    places.lasts[place] = finite;
  });
  return places;
}

/** Points of values at steps 1, 2, 3, …, a second apart. */
export const pointsOf = (values: readonly number[], every = 1): readonly Point[] =>
  values.map((value, index) => ({ step: (index + 1) * every, time: (index + 1) * 1000, value }));

/** Series whose steps rise by chance, with values that are not finite among them. */
export const series = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 50 }),
      value: fc.oneof(
        { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
      ),
    }),
    { maxLength: 300 },
  )
  .map((items) => {
    let step = 0;
    return items.map(({ gap, value }): Point => {
      step += gap;
      return { step, time: step * 100, value };
    });
  });

export const columnsOf = ({ length, steps, times, lows, highs, lasts }: Places) =>
  Object.fromEntries(
    Object.entries({ steps, times, lows, highs, lasts }).map(([name, column]) => [
      name,
      [...column.subarray(0, length)],
    ]),
  );
