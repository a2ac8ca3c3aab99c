import { type HistogramFrame, SERIES_FRAME } from "../../../src/dashboard/protocol.ts";
import { everyOf, type FakeRun, measured, noise, timeOf } from "./runs.ts";

/** One frame of an answer, as numbers. @param last step that the run has come to. */
export function frameOf(
  run: FakeRun,
  measure: string,
  last: number,
  { from = 0, to = Infinity, points }: { readonly from?: number; readonly to?: number; readonly points: number },
): readonly number[] {
  const every = everyOf(measure);
  const first = Math.max(1, Math.ceil(from / every));
  const end = Math.floor(Math.min(last, to) / every);
  const total = Math.max(0, end - first + 1);
  const parts = Math.min(points, total);
  const places: number[] = [];
  const odd: number[] = [];
  let oddCount = 0;
  for (let part = 0; part < parts; part++) {
    const [start, stop] = [
      first + Math.floor((part * total) / parts),
      first + Math.floor(((part + 1) * total) / parts),
    ];
    let [low, high, latest] = [Number.NaN, Number.NaN, Number.NaN];
    for (let index = start; index < stop; index++) {
      const value = measured(run, measure, index * every);
      if (!Number.isFinite(value)) {
        oddCount++;
        if (odd.length < SERIES_FRAME.odd * SERIES_FRAME.mostOdd) odd.push(index * every, value);
        continue;
      }
      if (!(low <= value)) low = value;
      if (!(high >= value)) high = value;
      latest = value;
    }
    const step = (stop - 1) * every;
    places.push(step, timeOf(run, step), low, high, latest);
  }
  return [parts, total, Math.floor(last / every), 0, oddCount, ...places, ...odd];
}

/** Histograms that become narrower. */
export function histogramsOf(run: FakeRun, last: number, most: number): readonly HistogramFrame[] {
  const count = Math.min(most, Math.floor(last / 100));
  return Array.from({ length: count }, (_, index) => {
    const step = Math.round(((index + 1) * last) / count);
    const width = 3 * Math.exp(-step / 5000);
    const counts = Array.from({ length: 32 }, (_bin, bin) =>
      Math.round(1000 * Math.exp(-(((bin - 16) / 6) ** 2)) * (0.8 + 0.4 * noise(run.place, step, bin))),
    );
    return { step, time: timeOf(run, step), low: -width, high: width + step / 10_000, counts };
  });
}
