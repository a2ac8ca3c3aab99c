import { SERIES_FRAME } from "gradus/dashboard-protocol";
import { type Odd, type Places, placesOf } from "./places.ts";
import { ServerError } from "./server-error.ts";

/** A part of a series as the server sent it. */
export interface Frame {
  readonly places: Places;
  /** Points of the series in the range that was asked for. */
  readonly total: number;
  /** Points of the series altogether. */
  readonly cursor: number;
  /** Grows when points were taken back. */
  readonly generation: number;
  /** Values that are NaN or infinite; `odd` has the first of them. */
  readonly oddCount: number;
  readonly odd: readonly Odd[];
}

/** Reads an answer to a request for series.
 *  @param count of series that were asked for.
 *  @throws ServerError "bad-answer" if the bytes do not hold so many frames. */
export function decodeFrames(bytes: ArrayBuffer, count: number): readonly Frame[] {
  if (bytes.byteLength % Float64Array.BYTES_PER_ELEMENT !== 0) throw badAnswer(bytes, count);
  const numbers = new Float64Array(bytes);
  const frames: Frame[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const [length = -1, total = 0, cursor = 0, generation = 0, oddCount = -1] = numbers.subarray(
      at,
      at + SERIES_FRAME.header,
    );
    at += SERIES_FRAME.header;
    const listed = Math.min(oddCount, SERIES_FRAME.mostOdd);
    const end = at + length * SERIES_FRAME.place + listed * SERIES_FRAME.odd;
    if (!isCount(length) || !isCount(oddCount) || end > numbers.length) throw badAnswer(bytes, count);
    const places = placesOf(length);
    for (let place = 0; place < length; place++, at += SERIES_FRAME.place) {
      places.steps[place] = numbers[at] ?? Number.NaN;
      places.times[place] = numbers[at + 1] ?? Number.NaN;
      places.lows[place] = numbers[at + 2] ?? Number.NaN;
      places.highs[place] = numbers[at + 3] ?? Number.NaN;
      places.lasts[place] = numbers[at + 4] ?? Number.NaN;
    }
    const odd: Odd[] = [];
    for (; at < end; at += SERIES_FRAME.odd)
      odd.push({ step: numbers[at] ?? Number.NaN, value: numbers[at + 1] ?? Number.NaN });
    frames.push({ places, total, cursor, generation, oddCount, odd });
  }
  if (at !== numbers.length) throw badAnswer(bytes, count);
  return frames;
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

function badAnswer({ byteLength }: ArrayBuffer, count: number): ServerError {
  return new ServerError("bad-answer", `The server's answer of ${byteLength} bytes does not hold ${count} series.`, {
    bytes: byteLength,
    series: count,
  });
}
