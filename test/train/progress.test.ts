import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventListener } from "../../src/train/events.ts";
import { formatDuration, formatMetrics, formatNumber, progress, renderBar } from "../../src/train/progress.ts";

/** Two epochs of four steps, one second each. */
async function play(listen: EventListener, tick: () => void): Promise<void> {
  await listen({
    type: "runStarted",
    epochs: 2,
    stepsPerEpoch: 4,
    samples: 400,
    validationSamples: 10,
    parameterCount: 7,
    backend: "reference",
    threads: 1,
  });
  for (const epoch of [1, 2]) {
    await listen({ type: "epochStarted", epoch });
    for (const stepInEpoch of [1, 2, 3, 4]) {
      tick();
      await listen({
        type: "stepEnded",
        epoch,
        step: 4 * (epoch - 1) + stepInEpoch,
        stepInEpoch,
        samples: 100,
        loss: 0.5,
      });
    }
    await listen({
      type: "epochEnded",
      epoch,
      step: 4 * epoch,
      train: { loss: 0.5, accuracy: 0.75 },
      validation: { loss: 0.6 },
      samplesPerSecond: 100,
      durationMs: 4000,
      isBest: epoch === 1,
    });
  }
  await listen({ type: "stopped", reason: "early-stopping", epoch: 2, step: 8, restoredEpoch: 1 });
}

function recorder(isTTY: boolean) {
  let now = 0;
  const parts: string[] = [];
  return {
    stream: { isTTY, columns: 100, write: (part: string) => parts.push(part) },
    clock: () => now,
    tick: () => {
      now += 1000;
    },
    text: () => parts.join(""),
  };
}

test("on a pipe: plain lines, one per epoch, and the reason for the stop", async () => {
  const { stream, clock, tick, text } = recorder(false);
  await play(progress(stream, { now: clock, label: "demo" }), tick);
  assert.deepEqual(text().trimEnd().split("\n"), [
    "demo  epoch 1/2  train loss 0.5000, accuracy 75.00 %  validation loss 0.6000  100 samples/s  best so far",
    "demo  epoch 2/2  train loss 0.5000, accuracy 75.00 %  validation loss 0.6000  100 samples/s",
    "demo  stopped early: the validation metric no longer improves (epoch 2, step 8; weights of epoch 1 restored)",
  ]);
});

test("on a pipe there are few lines for any number and length of epochs", async () => {
  const lines = async (epochs: number, stepsPerEpoch: number, stepMs: number, isTTY = false) => {
    const parts: string[] = [];
    let time = 0;
    const listen = progress({ isTTY, write: (part) => parts.push(part) }, { now: () => time });
    const shared = { samples: 1, validationSamples: 0, parameterCount: 1, backend: "reference", threads: 1 } as const;
    await listen({ type: "runStarted", epochs, stepsPerEpoch, ...shared });
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await listen({ type: "epochStarted", epoch });
      for (let stepInEpoch = 1; stepInEpoch <= stepsPerEpoch; stepInEpoch++) {
        time += stepMs;
        const step = (epoch - 1) * stepsPerEpoch + stepInEpoch;
        await listen({ type: "stepEnded", epoch, step, stepInEpoch, samples: 1, loss: 1 });
      }
      const train = { loss: 1 };
      await listen({ type: "epochEnded", epoch, step: epoch, train, samplesPerSecond: 1, durationMs: 1 });
    }
    return parts.join("").trimEnd().split("\n");
  };
  assert.equal((await lines(150, 1, 1)).length, 150);
  const many = await lines(20_000, 1, 1);
  assert.equal(many.length, 560);
  assert.match(many.at(-1) ?? "", /^epoch 20000\/20000 /);
  // a week of steps of 30 seconds
  const long = await lines(1, 20_160, 30_000);
  assert.ok(long.length > 50 && long.length < 250, `${long.length} lines`);
  assert.equal((await lines(300, 1, 1, true)).filter((text) => text.includes("train loss")).length, 300);
});

test("on a terminal: a bar, samples per second and the remaining time, redrawn in place", async () => {
  const { stream, clock, tick, text } = recorder(true);
  await play(progress(stream, { now: clock }), tick);
  const frames = text().split("\r\u001b[2K").slice(1);
  assert.ok(frames[0]?.startsWith("\u2588\u2588\u2588\u2588\u2588\u2588\u00b7"), frames[0]);
  assert.match(frames[0] ?? "", /epoch 1\/2 {2}step 1\/4 {2}loss 0\.5000 {2}100 samples\/s {2}7 s left$/);
  assert.match(frames[3] ?? "", /step 4\/4 .* 4 s left$/);
  assert.match(frames[4] ?? "", /^epoch 1\/2 {2}train loss .*\n$/);
  assert.ok(frames.every((frame) => frame.length < 120));
});

test("bars, numbers, durations", () => {
  assert.equal(renderBar(0, 4), "\u00b7\u00b7\u00b7\u00b7");
  assert.equal(renderBar(0.5, 4), "\u2588\u2588\u00b7\u00b7");
  assert.equal(renderBar(0.53125, 4), "\u2588\u2588\u258f\u00b7");
  assert.equal(renderBar(2, 4), "\u2588\u2588\u2588\u2588");
  assert.deepEqual([0.08321, 12.345, 1e-7, 1234.5, Number.NaN].map(formatNumber), [
    "0.0832",
    "12.3",
    "1.0e-7",
    "1235",
    "NaN",
  ]);
  assert.deepEqual([4900, 65_000, 7_380_000].map(formatDuration), ["5 s", "1 min 05 s", "2 h 03 min"]);
  assert.equal(formatMetrics({ loss: 0.25, top5: 0.999 }), "loss 0.2500, top5 99.90 %");
});
