import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Bench, SMALL } from "./lab-support.ts";

const benches: Bench[] = [];
function bench(): Bench {
  const made = new Bench();
  benches.push(made);
  return made;
}
after(() => Promise.all(benches.map(({ lab }) => lab.dispose())));

describe("lab", () => {
  test("sets up, steps one by one, trains to the end of an epoch, and to the end", async () => {
    const lab = bench();
    const ready = await lab.setUp(SMALL);
    assert.equal(ready.backend, "wasm");
    assert.equal(ready.data.plane?.train.length, 180);
    assert.equal(ready.networks[0]?.stepsPerEpoch, 3);
    assert.deepEqual(
      ready.networks[0]?.layers.map(({ type, block }) => [type, block]),
      [
        ["linear", 0],
        ["relu", 0],
        ["linear", undefined],
      ],
    );
    let [frame] = await lab.rest({ type: "step", count: 1 });
    assert.equal(frame?.step, 1);
    assert.equal(lab.joined().readings.length, 1);
    [frame] = await lab.rest({ type: "step", count: 1 });
    assert.equal(frame?.step, 2);
    [frame] = await lab.rest({ type: "epoch" });
    assert.deepEqual([frame?.step, frame?.epoch], [3, 1]);
    const [over] = await lab.rest({ type: "play" });
    assert.deepEqual([over?.step, over?.epoch, over?.hasFinished], [18, 6, true]);
    const { losses, epochs, readings } = lab.joined();
    assert.deepEqual(
      losses.map(({ step }) => step),
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      epochs.map(({ epoch }) => epoch),
      [1, 2, 3, 4, 5, 6],
    );
    assert.ok(epochs.every(({ validationAccuracy }) => validationAccuracy !== undefined));
    assert.deepEqual(Object.keys(readings[0]?.layers ?? {}), ["0", "1", "2"]);
    // nothing is left to do
    const [still] = await lab.rest({ type: "play" });
    assert.equal(still?.step, 18);
  });
});
