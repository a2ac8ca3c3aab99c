import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadingClock } from "../../src/runs/reading-clock.ts";

/** A run of equal steps, of which the first compiles, as do the first readings. */
interface Course {
  readonly steps: number;
  readonly stepMs: number;
  readonly compileMs: number;
  readonly readingMs: number;
  /** Steps until somebody stops the run. Default: all. */
  readonly stopAfter?: number;
}

/** The steps before which a reading was due, the time that all readings but the first took, the time of the whole run after the first, and
 *  the number of readings with histograms. */
function play({ steps, stepMs, compileMs, readingMs, stopAfter = steps }: Course) {
  let now = 1000;
  const clock = new ReadingClock(() => now);
  clock.start(steps);
  const read: number[] = [];
  let readFor = 0;
  let since = now;
  let histograms = 0;
  for (let step = 1; step <= stopAfter; step++) {
    const isDue = clock.isDue();
    if (isDue) {
      now += read.length === 0 ? 2 * compileMs + readingMs : readingMs;
      if (read.length > 0) readFor += readingMs;
      read.push(step);
    }
    now += stepMs + (step === 1 ? compileMs : 0);
    clock.stepped(isDue);
    if (isDue && clock.isHistogramDue()) histograms++;
    if (read.length === 1 && isDue) since = now;
  }
  return { read, share: readFor / (now - since), seconds: (now - 1000) / 1000, histograms };
}

test("readings take at most half a percent of the time, whatever they cost", () => {
  for (const stepMs of [0.1, 1.7, 40, 3000]) {
    for (const factor of [0.5, 2, 10]) {
      const course = { steps: 60_000, stepMs, compileMs: 300, readingMs: factor * stepMs };
      const { read, share } = play(course);
      assert.ok(read.length > 10, `${read.length} readings of steps of ${stepMs} ms`);
      // a reading may be under way when the run ends
      assert.ok(share <= 0.0051, `${share} for steps of ${stepMs} ms and readings of ${factor} steps`);
    }
  }
});

test("a long run is read early, a tiny one not at all, one that takes longer than thought after a while", () => {
  const tiny = { stepMs: 1, compileMs: 100, readingMs: 3 };
  assert.deepEqual(play({ ...tiny, steps: 200 }).read, []);
  assert.equal(play({ ...tiny, steps: 100_000, stopAfter: 100 }).read[0], 5);
  // more steps than it was told of
  const [first] = play({ ...tiny, steps: 100, stopAfter: 5000 }).read;
  assert.ok(first !== undefined && first > 800 && first < 1100, String(first));
});

test("a run of a day has some thousands of readings, and some hundreds of histograms", () => {
  const { read, histograms, seconds } = play({ steps: 860_000, stepMs: 100, compileMs: 300, readingMs: 50 });
  assert.ok(seconds > 86_000);
  assert.ok(read.length > 2000 && read.length < 8000, String(read.length));
  assert.ok(histograms > 200 && histograms < 800, String(histograms));
});
