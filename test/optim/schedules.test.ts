import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createSchedule, SCHEDULES, type ScheduleConfig, type ScheduleType } from "../../src/optim/schedules.ts";
import { assertClose, assertThrows } from "./helpers.ts";

/** Learning rates of the first steps. */
function rates(config: ScheduleConfig | ScheduleType, base: number, count: number): readonly number[] {
  const schedule = createSchedule(config, base);
  return Array.from({ length: count }, (_, t) => schedule.valueAt(t, 0));
}

const FALLING = {
  step: { type: "step", every: 3 },
  multiStep: { type: "multiStep", milestones: [9, 4], factor: 0.5 },
  exponential: { type: "exponential", factor: 0.9 },
  polynomial: { type: "polynomial", length: 15, power: 2 },
  cosine: { type: "cosine", length: 20, minimum: 1e-6 },
  linear: { type: "linear", length: 10, startFactor: 1, endFactor: 0.1 },
} as const satisfies Readonly<Record<string, ScheduleConfig>>;

for (const [name, config] of Object.entries(FALLING)) {
  test(`${name} begins at the base rate, never rises, never goes below 0, and scales with the base`, () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 10, noNaN: true }), (base) => {
        const found = rates(config, base, 20);
        assertClose([found[0] as number], [base]);
        found.forEach((rate, t) => {
          assert.ok(rate >= 0);
          if (t > 0) assert.ok(rate <= (found[t - 1] as number) * (1 + 1e-12), `rises at ${t}`);
        });
      }),
      { numRuns: 20 },
    );
  });
}

test("boundaries change the rate at their own step", () => {
  assertClose(rates({ type: "piecewise", boundaries: [2, 4], values: [3, 2, 1] }, 9, 6), [3, 3, 2, 2, 1, 1]);
  assertClose(rates({ type: "multiStep", milestones: [2], factor: 0.5 }, 1, 4), [1, 1, 0.5, 0.5]);
  assertClose(rates({ type: "step", every: 2, factor: 0.5 }, 1, 5), [1, 1, 0.5, 0.5, 0.25]);
  assertClose(rates("constant", 0.3, 3), [0.3, 0.3, 0.3]);
});

test("a finished schedule stays at its last value", () => {
  const ends: readonly (readonly [ScheduleConfig, number])[] = [
    [{ type: "cosine", length: 10, minimum: 0.01 }, 0.01],
    [{ type: "cosine", length: 10 }, 0],
    [{ type: "linear", length: 10, startFactor: 1, endFactor: 0.2 }, 0.2],
    [{ type: "polynomial", length: 10, power: 3, minimum: 0.01 }, 0.01],
    [{ type: "oneCycle", length: 10 }, 1 / 25 / 1e4],
    [{ type: "constant", length: 10, factor: 0.5 }, 1],
    [{ type: "multiStep", milestones: [3, 10] }, 0.01],
    [{ type: "piecewise", boundaries: [10], values: [1, 0.3] }, 0.3],
    [{ type: "warmup", length: 5, after: { type: "cosine", length: 5 } }, 0],
  ];
  for (const [config, end] of ends) {
    const schedule = createSchedule(config, 1);
    assertClose(
      [10, 11, 15, 20, 1000, 1e9].map((step) => schedule.valueAt(step, 0)),
      new Array(6).fill(end),
    );
    const momenta = [10, 11, 20, 1e9].map((step) => schedule.momentumAt?.(step, 0));
    assert.ok(momenta.every((momentum) => momentum === momenta[0]));
  }
});

test("the unit epoch counts epochs", () => {
  const schedule = createSchedule({ type: "step", every: 1, factor: 0.5, unit: "epoch" }, 1);
  assertClose([schedule.valueAt(0, 0), schedule.valueAt(99, 0), schedule.valueAt(100, 1)], [1, 1, 0.5]);
});

test("warm-up is linear to the first rate of the next schedule, which then begins", () => {
  const after = { type: "exponential", factor: 0.5 } as const;
  assertClose(rates({ type: "warmup", length: 4, after }, 8, 7), [2, 3.5, 5, 6.5, 8, 4, 2]);
  assertClose(rates({ type: "warmup", length: 2, startFactor: 0 }, 1, 4), [0, 0.5, 1, 1]);
  // the momentum of the next schedule is shifted with its rate
  const cycle = createSchedule({ type: "warmup", length: 5, after: { type: "oneCycle", length: 10 } }, 1);
  assert.equal(cycle.momentumAt?.(5, 0), createSchedule({ type: "oneCycle", length: 10 }, 1).momentumAt?.(0, 0));
  // a warm-up in steps does not shift a schedule in epochs
  const mixed = createSchedule({ type: "warmup", length: 10, after: { ...after, unit: "epoch" } }, 1);
  assertClose([mixed.valueAt(50, 1)], [0.5]);
});

test("one cycle rises to its peak and falls to its end, with momentum the other way", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 200 }),
      fc.constantFrom("cosine" as const, "linear" as const),
      fc.boolean(),
      (length, shape, threePhase) => {
        const schedule = createSchedule({ type: "oneCycle", length, shape, threePhase, warmup: 0.25 }, 0.5);
        const found = Array.from({ length }, (_, t) => schedule.valueAt(t, 0));
        const momenta = Array.from({ length }, (_, t) => schedule.momentumAt?.(t, 0) ?? Number.NaN);
        const top = Math.floor(0.25 * length - 1);
        assertClose([found[0] as number, found.at(-1) as number], [0.5 / 25, 0.5 / 25 / 1e4]);
        assert.ok(Math.max(...found) <= 0.5 + 1e-12);
        found.forEach((rate, t) => {
          const before = found[t - 1];
          if (before === undefined) return;
          if (t <= top) assert.ok(rate >= before, `falls at ${t}`);
          if (t > top + 1) assert.ok(rate <= before * (1 + 1e-12), `rises at ${t}`);
        });
        assert.ok(momenta.every((momentum) => momentum >= 0.85 - 1e-12 && momentum <= 0.95 + 1e-12));
        assertClose([momenta[0] as number, momenta.at(-1) as number], [0.95, 0.95]);
        // after the cycle the last value stays
        assert.equal(schedule.valueAt(length + 50, 0), found.at(-1));
      },
    ),
    { numRuns: 50 },
  );
});

test("cycles: constant and halving triangles, and growing restarts", () => {
  const triangle = { type: "cyclic", low: 1, peak: 3, up: 2 } as const;
  assertClose(rates(triangle, 1, 6), [1, 2, 3, 2, 1, 2]);
  assertClose(rates({ ...triangle, mode: "halving" }, 1, 7), [1, 2, 3, 2, 1, 1.5, 2]);
  assertClose(rates({ ...triangle, up: 1, down: 2 }, 1, 4), [1, 3, 2, 1]);
  const restarts = rates({ type: "cosineRestarts", length: 2, growth: 2 }, 1, 7);
  assertClose([restarts[0] as number, restarts[2] as number, restarts[6] as number], [1, 1, 1]);
  assertClose([restarts[1] as number, restarts[4] as number], [0.5, 0.5]);
});

test("plateau falls after patience is used up, pauses while cooling, and stays above its minimum", () => {
  const schedule = createSchedule({ type: "plateau", factor: 0.5, patience: 1, cooldown: 2, minimum: 0.2 }, 1);
  const seen = [3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2].map((metric) => {
    schedule.onEpochEnd?.(metric);
    return schedule.valueAt(0, 0);
  });
  assert.deepEqual(seen, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.2]);
  const rising = createSchedule({ type: "plateau", factor: 0.5, patience: 0, mode: "max" }, 1);
  for (const accuracy of [0.5, 0.6, 0.7]) rising.onEpochEnd?.(accuracy);
  assert.equal(rising.valueAt(0, 0), 1);
  rising.onEpochEnd?.(0.7);
  assert.equal(rising.valueAt(0, 0), 0.5);
  rising.onEpochEnd?.(Number.NaN);
  assert.equal(rising.valueAt(0, 0), 0.25);
});

test("plateau: progress depends on the size of the metric, not on its sign", () => {
  type Plateau = Extract<ScheduleConfig, { type: "plateau" }>;
  const rateAfter = (options: Omit<Plateau, "type">, metrics: readonly number[]) => {
    const schedule = createSchedule({ type: "plateau", factor: 0.5, patience: 1, ...options }, 1);
    for (const metric of metrics) schedule.onEpochEnd?.(metric);
    return schedule.valueAt(0, 0);
  };
  for (const level of [-5, -1e-3, 0, 1e-3, 5]) {
    for (const mode of ["min", "max"] as const) {
      const better = mode === "min" ? -1 : 1;
      const flat = [level, level, level];
      assert.equal(rateAfter({ mode }, flat), 0.5, `flat at ${level}, ${mode}`);
      const steps = (size: number) => [0, 1, 2, 3].map((step) => level + better * step * size);
      // a tenth of the level per step is progress, a millionth is not
      const size = Math.abs(level) || 1;
      assert.equal(rateAfter({ mode }, steps(0.1 * size)), 1, `better than ${level}, ${mode}`);
      if (level !== 0)
        assert.equal(rateAfter({ mode }, steps(1e-6 * size)), 0.5, `hardly better than ${level}, ${mode}`);
      assert.equal(rateAfter({ mode }, steps(-0.1 * size)), 0.5, `worse than ${level}, ${mode}`);
      const absolute = { mode, thresholdMode: "absolute", threshold: 0.1 } as const;
      assert.equal(rateAfter(absolute, steps(0.2)), 1);
      assert.equal(rateAfter(absolute, [level, level + better * 0.05, level + better * 0.09]), 0.5);
    }
  }
  // through 0, from infinity, and past NaN
  assert.equal(rateAfter({}, [0.2, 0.1, 0, -0.1, -0.2]), 1);
  assert.equal(rateAfter({}, [Infinity, 5, 4, 3]), 1);
  assert.equal(rateAfter({}, [NaN, NaN, 5]), 0.5);
  assert.equal(rateAfter({}, [NaN, 5, NaN, 4]), 1);
});

test("plateau resumes from a snapshot, through JSON, as if it had never stopped", () => {
  const config = { type: "plateau", factor: 0.5, patience: 2 } as const;
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 12 }),
      fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 12 }),
      (before, after) => {
        const whole = createSchedule(config, 1);
        for (const metric of before) whole.onEpochEnd?.(metric);
        const resumed = createSchedule(config, 1);
        resumed.restore(JSON.parse(JSON.stringify(whole.snapshot())));
        for (const metric of after) {
          whole.onEpochEnd?.(metric);
          resumed.onEpochEnd?.(metric);
          assert.equal(resumed.valueAt(0, 0), whole.valueAt(0, 0));
        }
      },
    ),
  );
  assertThrows(() => createSchedule(config, 1).restore({}), "bad-argument");
  // also through a warm-up
  const warm = createSchedule({ type: "warmup", length: 1, after: config }, 1);
  for (let epoch = 0; epoch < 4; epoch++) warm.onEpochEnd?.(1);
  assert.equal(warm.valueAt(9, 4), 0.5);
  assert.equal(warm.snapshot().rate, 0.5);
});

test("configurations: every type has an entry, errors say what to do", () => {
  assert.deepEqual(Object.keys(SCHEDULES).length, 13);
  assertThrows(() => createSchedule({ type: "cosin", length: 3 } as unknown as ScheduleConfig, 1), "unknown-field");
  assertThrows(() => createSchedule({ type: "cosine", lenght: 3 } as unknown as ScheduleConfig, 1), "unknown-field", {
    suggestion: "length",
  });
  assertThrows(() => createSchedule({ type: "cosine" } as unknown as ScheduleConfig, 1), "bad-argument", {
    name: "length",
  });
  for (const base of [0, -1, Number.NaN]) assertThrows(() => createSchedule("constant", base), "bad-argument");
  assertThrows(() => createSchedule({ type: "piecewise", boundaries: [4, 2], values: [1, 2, 3] }, 1), "bad-argument");
  assertThrows(() => createSchedule({ type: "piecewise", boundaries: [2], values: [1] }, 1), "bad-argument");
  assertThrows(() => createSchedule({ type: "step", every: 1.5 }, 1), "bad-argument", { name: "every" });
});
