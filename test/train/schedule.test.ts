import assert from "node:assert/strict";
import { test } from "node:test";
import { fit } from "../../src/train/fit.ts";
import { createRunSchedule, type RunSchedule } from "../../src/train/schedule.ts";
import { classifier, clouds, tiny } from "./tiny.ts";

const RUN = { step: 100, epoch: 10 };
const rateAt = (config: RunSchedule, step: number, epoch = Math.floor(step / 10)) =>
  createRunSchedule(config, 1, RUN).valueAt(step, epoch);
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, ${expected}`);

test("a schedule over the whole run has the run's length, in its unit", () => {
  for (const type of ["cosine", "polynomial"] as const) {
    near(rateAt(type, 0), 1);
    near(rateAt(type, 50), 0.5);
    near(rateAt(type, 100), 0);
    near(rateAt({ type, unit: "epoch" }, 0, 5), 0.5);
    near(rateAt({ type, length: undefined }, 50), 0.5);
    near(rateAt({ type, length: 20 }, 10), 0.5);
  }
  near(rateAt("linear", 100), 1);
  near(rateAt({ type: "oneCycle" }, 99), 1 / 25 / 1e4);
});

test("after a warm-up it has the rest of the run", () => {
  for (const after of ["cosine", "polynomial", { type: "cosine" }] as const) {
    const warm = { type: "warmup", length: 20, after } as const;
    near(rateAt(warm, 10), 0.05 + 0.95 / 2);
    near(rateAt(warm, 20), 1);
    near(rateAt(warm, 60), 0.5);
    near(rateAt(warm, 100), 0);
  }
  // in epochs
  const epochs = { type: "warmup", length: 2, unit: "epoch", after: { type: "cosine", unit: "epoch" } } as const;
  near(rateAt(epochs, 0, 2), 1);
  near(rateAt(epochs, 0, 6), 0.5);
  near(rateAt(epochs, 0, 10), 0);
  // a warm-up in steps does not shift a schedule of epochs
  const mixed = { type: "warmup", length: 20, after: { type: "cosine", unit: "epoch" } } as const;
  near(rateAt(mixed, 50, 5), 0.5);
  near(rateAt(mixed, 100, 10), 0);
  // one warm-up in another
  const twice = {
    type: "warmup",
    length: 20,
    after: { type: "warmup", length: 40, startFactor: 0.5, after: "cosine" },
  } as const;
  near(rateAt(twice, 20), 0.5);
  near(rateAt(twice, 60), 1);
  near(rateAt(twice, 80), 0.5);
  near(rateAt(twice, 100), 0);
  // longer than the run
  near(rateAt({ type: "warmup", length: 200, startFactor: 0, after: "cosine" }, 100), 0.5);
  // a given length is kept
  near(rateAt({ type: "warmup", length: 20, after: { type: "cosine", length: 10 } }, 25), 0.5);
});

test("a warm-up before a cosine, as one writes it for fit", async () => {
  const seen: number[] = [];
  await fit(classifier(), {
    ...tiny,
    data: clouds(30),
    batchSize: 10,
    epochs: 4,
    optimizer: { type: "sgd", learningRate: 0.1 },
    schedule: { type: "warmup", length: 4, startFactor: 0, after: "cosine" },
    onEvent: (event) => void (event.type === "stepEnded" && seen.push(event.learningRate as number)),
  });
  assert.equal(seen.length, 12);
  assert.deepEqual(
    seen.slice(0, 5).map((rate) => Math.round(rate * 1e9) / 1e9),
    [0, 0.025, 0.05, 0.075, 0.1],
  );
  near(seen[8] as number, 0.05);
});
