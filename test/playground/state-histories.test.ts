import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NetworkFrame } from "../../apps/playground/src/lab/protocol.ts";
import { History, MOST_EPOCHS, MOST_LOSSES, MOST_READINGS } from "../../apps/playground/src/state/histories.ts";
import { thin } from "../../apps/playground/src/state/thin.ts";

const VIEW = { layers: [], parameterCount: 0, stepsPerEpoch: 10 };

function frame(step: number, fields: Partial<NetworkFrame> = {}): NetworkFrame {
  return { step, epoch: 0, losses: [], epochs: [], readings: [], stepsPerSecond: 1, hasFinished: false, ...fields };
}

/** A run of so many steps, ten of them in each frame. */
function longRun(steps: number, lossAt: (step: number) => number): History {
  const history = new History(VIEW);
  for (let end = 10; end <= steps; end += 10) {
    const own = Array.from({ length: 10 }, (_, index) => end - 9 + index);
    history.append(
      frame(end, {
        losses: own.map((step) => ({ step, loss: lossAt(step) })),
        epochs: [{ epoch: end / 10, step: end, trainLoss: lossAt(end) }],
        readings: own.map((step) => ({ step, epoch: 0, loss: lossAt(step), layers: {} })),
      }),
    );
  }
  return history;
}

describe("thin", () => {
  const points = Array.from({ length: 1000 }, (_, at) => ({ at, value: Math.sin(at / 7) }));
  const thinned = (items: typeof points, parts: number) =>
    thin(
      items,
      parts,
      ({ at }) => at,
      ({ value }) => value,
    );

  test("keeps the first, the last and the extremes, in order", () => {
    const kept = thinned(
      points.map((point) => (point.at === 503 ? { at: 503, value: 40 } : point)),
      20,
    );
    assert.ok(kept.length <= 3 * 20 + 2);
    assert.equal(kept[0]?.at, 0);
    assert.equal(kept.at(-1)?.at, 999);
    assert.ok(kept.some(({ value }) => value === 40));
    assert.deepEqual(
      kept.map(({ at }) => at),
      kept.map(({ at }) => at).toSorted((a, b) => a - b),
    );
  });

  test("keeps the first value of a part that is not finite", () => {
    const kept = thinned(
      points.map((point) => (point.at > 700 ? { at: point.at, value: Number.NaN } : point)),
      20,
    );
    assert.equal(kept.find(({ value }) => Number.isNaN(value))?.at, 701);
  });

  test("leaves nothing and one point as they are, and points at one place", () => {
    assert.deepEqual(thinned([], 5), []);
    assert.deepEqual(thinned([{ at: 3, value: 1 }], 5), [{ at: 3, value: 1 }]);
    assert.equal(thinned([...points.slice(0, 1), ...points.slice(0, 1)], 5).length, 2);
  });
});

describe("histories", () => {
  test("of a long run are as small as those of a short one, and keep its ends and its worst step", () => {
    const history = longRun(60_000, (step) => (step === 12_345 ? 99 : 1 / step));
    assert.ok(history.losses.length <= MOST_LOSSES);
    assert.equal(history.losses.length, history.lossSteps.length);
    assert.ok(history.readings.length <= MOST_READINGS);
    assert.ok(history.epochs.length <= MOST_EPOCHS);
    assert.equal(history.lossSteps[0], 1);
    assert.equal(history.lossSteps.at(-1), 60_000);
    assert.equal(history.losses[history.lossSteps.indexOf(12_345)], 99);
    assert.equal(history.readings.at(-1)?.step, 60_000);
    assert.equal(history.epochs[0]?.epoch, 1);
    assert.equal(history.epochs.at(-1)?.epoch, 6000);
  });

  test("keep where a loss became infinite", () => {
    const history = longRun(9000, (step) => (step === 4321 ? Infinity : 1));
    assert.equal(history.losses[history.lossSteps.indexOf(4321)], Infinity);
  });

  test("begin anew when the run does", () => {
    const history = longRun(100, () => 1);
    history.append(frame(1, { losses: [{ step: 1, loss: 2 }] }));
    assert.deepEqual(history.lossSteps, [1]);
    assert.deepEqual(history.epochs, []);
    assert.equal(history.step, 1);
  });

  test("count every frame and keep what a later frame does not have", () => {
    const history = new History(VIEW);
    const output = { kind: "values", targets: new Float32Array(1), predictions: new Float32Array(1) } as const;
    history.append(frame(1, { output }));
    history.append(frame(2));
    assert.equal(history.version.value, 2);
    assert.equal(history.output, output);
  });
});
