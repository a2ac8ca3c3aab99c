import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RunFolder } from "../../src/dashboard/folder/run-folder.ts";
import type { MeasureSummary, RunChange, RunSummary } from "../../src/dashboard/protocol.ts";
import type { RunStatus } from "../../src/runs/types.ts";
import { FakeRun } from "./fake-run.ts";

/** What a client does with a change, as the protocol says. */
function merged(run: RunSummary | undefined, { isWhole, ...change }: RunChange): RunSummary {
  if (isWhole) return change as RunSummary;
  assert.ok(run !== undefined, "a run that the client does not know comes whole");
  const measures = new Map<string, MeasureSummary>(run.measures.map((measure) => [measure.name, measure]));
  for (const each of change.measures ?? []) {
    measures.set(each.name, { ...measures.get(each.name), ...each } as MeasureSummary);
  }
  return { ...run, ...change, measures: [...measures.values()] };
}

const NAMES = ["loss", "accuracy", "__proto__", "layers/0/gradientNorm"];
const IDS = ["a", "b/c", "__proto__"];

const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));

type Change = (runs: FakeRun[]) => void;

const change: fc.Arbitrary<{ readonly id: string; readonly apply: (run: FakeRun) => void }> = fc.record({
  id: fc.constantFrom(...IDS),
  apply: fc.oneof(
    fc
      .record({ name: fc.constantFrom(...NAMES), values: fc.array(value, { minLength: 1, maxLength: 5 }) })
      .map(({ name, values }) => (run: FakeRun) => {
        const from = run.measures.get(name)?.length ?? 0;
        run.add(name, ...values.map((each, index): [number, number] => [from + index, each]));
      }),
    fc.nat(5).map((step) => (run: FakeRun) => run.takeBack(step)),
    fc.constantFrom<RunStatus>("running", "finished", "failed").map((status) => (run: FakeRun) => {
      run.status = status;
      run.touch();
    }),
    fc.nat(3).map((rate) => (run: FakeRun) => {
      run.settings = { rate };
      run.touch();
    }),
    fc.constantFrom(...NAMES).map((name) => (run: FakeRun) => run.remove(name)),
  ),
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: change.map(
      ({ id, apply }): Change =>
        (runs) => {
          const run = runs.find((each) => each.id === id);
          if (run !== undefined) apply(run);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...IDS).map(
      (id): Change =>
        (runs) => {
          const index = runs.findIndex((run) => run.id === id);
          if (index >= 0) runs.splice(index, 1);
          else runs.push(new FakeRun(id));
        },
    ),
  },
);

describe("changes of runs", () => {
  it("lead from what a client has seen, at any time, to what is", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: "max" }), fc.nat(40), (steps, seenAt) => {
        const runs = IDS.map((id) => new FakeRun(id));
        const folder = new RunFolder(() => runs.map(({ found }) => found));
        let seen = new Map<string, RunSummary>();
        let revision = 0;
        for (const [index, apply] of [...steps, () => {}].entries()) {
          if (index === Math.min(seenAt, steps.length)) {
            seen = new Map(folder.summaries().map((run) => [run.id, run]));
            revision = folder.revision;
          }
          apply(runs);
          folder.refresh({ isThorough: true });
          if (index % 3 === 0) folder.openSome(1000);
        }
        const changes = folder.changesSince(revision);
        assert.ok(changes !== undefined);
        for (const id of changes.gone) seen.delete(id);
        for (const each of changes.changed) seen.set(each.id, merged(seen.get(each.id), each));
        const now = new Map(folder.summaries().map((run) => [run.id, run]));
        assert.deepEqual(seen, now);
        // as it is sent
        assert.deepEqual(JSON.parse(JSON.stringify([...now.values()])), [...now.values()]);
      }),
      { numRuns: 300 },
    );
  });
});
