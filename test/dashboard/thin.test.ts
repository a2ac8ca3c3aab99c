import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SERIES_FRAME } from "../../src/dashboard/protocol.ts";
import { encodeSeries } from "../../src/dashboard/series/encode-series.ts";
import { type Columns, type Thinned, thin } from "../../src/dashboard/series/thin.ts";

const { place: PLACE, odd: ODD, header: HEADER, mostOdd: MOST_ODD } = SERIES_FRAME;

const columns = (points: readonly (readonly [step: number, value: number])[]): Columns => ({
  length: points.length,
  steps: Float64Array.from(points, ([step]) => step),
  times: Float64Array.from(points, ([step]) => 1000 + step),
  // room for more, as a series that grows has
  values: Float64Array.from([...points.map(([, value]) => value), 1e9]),
});

const placesOf = ({ places }: Thinned) =>
  Array.from({ length: places.length / PLACE }, (_, index) => {
    const [step, time, low, high, last] = places.subarray(index * PLACE) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { step, time, low, high, last };
  });

const oddOf = ({ odd }: Thinned) =>
  Array.from({ length: odd.length / ODD }, (_, index) => [odd[index * ODD], odd[index * ODD + 1]] as const);

const value = fc.oneof(
  { weight: 10, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0),
);

/** Points with ascending steps, some of them equal. */
const points = fc.array(fc.tuple(fc.nat(20), value), { maxLength: 200 }).map((gaps) => {
  let step = 0;
  return gaps.map(([gap, each]): readonly [number, number] => {
    step += gap;
    return [step, each];
  });
});

const most = fc.integer({ min: 1, max: 60 });

describe("thinning", () => {
  it("keeps least, largest and last of each place, and passes over no point", () => {
    fc.assert(
      fc.property(points, most, (all, count) => {
        const thinned = thin(columns(all), count);
        const places = placesOf(thinned);
        assert.equal(thinned.total, all.length);
        assert.ok(places.length <= Math.max(count, 0));
        let from = 0;
        for (const { step, time, low, high, last } of places) {
          // the place ends with the last point of its step that is in it
          const end = thinned.total <= count ? from + 1 : 1 + all.findLastIndex(([each]) => each <= step);
          const inside = all
            .slice(from, end)
            .map(([, each]) => each)
            .filter(Number.isFinite);
          assert.equal(time, 1000 + step);
          assert.equal(low, inside.length === 0 ? Number.NaN : inside.reduce((a, b) => (b < a ? b : a)));
          assert.equal(high, inside.length === 0 ? Number.NaN : inside.reduce((a, b) => (b > a ? b : a)));
          assert.equal(last, inside.at(-1) ?? Number.NaN);
          from = end;
        }
        assert.equal(from, all.length);
      }),
    );
  });

  it("is exact where the places are enough", () => {
    fc.assert(
      fc.property(points, (all) => {
        const thinned = thin(columns(all), Math.max(1, all.length));
        assert.deepEqual(
          placesOf(thinned).map(({ step, last }) => [step, last]),
          all.map(([step, each]) => [step, Number.isFinite(each) ? each : Number.NaN]),
        );
        assert.ok(placesOf(thinned).every(({ low, high, last }) => Object.is(low, last) && Object.is(high, last)));
      }),
    );
  });

  it("takes the range as it is said, both ends with it", () => {
    fc.assert(
      fc.property(points, most, fc.nat(2000), fc.nat(2000), (all, count, from, to) => {
        const inside = all.filter(([step]) => step >= from && step <= to);
        const ranged = thin(columns(all), count, from, to);
        const alone = thin(columns(inside), count);
        assert.deepEqual(ranged, alone);
      }),
    );
  });

  it("lists NaN and infinity", () => {
    fc.assert(
      fc.property(points, most, (all, count) => {
        assert.deepEqual(
          oddOf(thin(columns(all), count)),
          all.filter(([, each]) => !Number.isFinite(each)),
        );
      }),
    );
  });

  it("lists some of very many, the first and the last among them", () => {
    const all = Array.from({ length: 5 * MOST_ODD }, (_, step): [number, number] => [
      step,
      step % 2 ? Number.NaN : step,
    ]);
    const odd = oddOf(thin(columns(all), 10)).map(([step]) => step as number);
    assert.equal(odd.length, MOST_ODD);
    assert.equal(odd[0], 1);
    assert.equal(odd.at(-1), all.length - 1);
    assert.ok(odd.every((step, index) => index === 0 || step > (odd[index - 1] as number)));
  });

  it("never loses a spike", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 5000 }), fc.nat(4999), most, (length, at, count) => {
        const all = Array.from({ length }, (_, step): [number, number] => [step, step === at % length ? 1e6 : 1]);
        assert.equal(placesOf(thin(columns(all), count)).filter(({ high }) => high === 1e6).length, 1);
      }),
    );
  });

  it("divides the steps, not the points: a place is as wide as another", () => {
    const all = [...Array.from({ length: 1000 }, (_, step) => [step / 1000, 1] as const), [99, 2] as const];
    const places = placesOf(thin(columns(all), 100));
    assert.ok(places.length <= 3);
    assert.equal(places.at(-1)?.step, 99);
  });
});

describe("frames of series", () => {
  it("have a header, places and odd values, one after the other", () => {
    const parts = [
      {
        ...thin(
          columns([
            [1, 2],
            [3, Number.NaN],
          ]),
          10,
        ),
        cursor: 2,
        generation: 5,
      },
      { ...thin(columns([]), 10), cursor: 0, generation: 0 },
    ];
    const bytes = encodeSeries(parts);
    const numbers = Array.from({ length: bytes.length / 8 }, (_, index) =>
      new DataView(bytes.buffer, bytes.byteOffset).getFloat64(index * 8, true),
    );
    const { NaN: none } = Number;
    assert.equal(numbers.length, HEADER + 2 * PLACE + ODD + HEADER);
    assert.deepEqual(numbers, [2, 2, 2, 5, 1, 1, 1001, 2, 2, 2, 3, 1003, none, none, none, 3, none, 0, 0, 0, 0, 0]);
  });
});
