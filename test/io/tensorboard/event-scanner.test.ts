import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { StoredDistribution } from "../../../src/io/tensorboard/distribution.ts";
import { evenBins } from "../../../src/io/tensorboard/even-bins.ts";
import type { EventContent } from "../../../src/io/tensorboard/event-content.ts";
import { EventScanner } from "../../../src/io/tensorboard/event-scanner.ts";
import { encodeEvent } from "../../../src/io/tensorboard/write-event.ts";

function scan(...events: readonly Uint8Array[]): EventScanner<StoredDistribution> {
  const scanner = new EventScanner<StoredDistribution>((distribution) => distribution);
  for (const bytes of events) scanner.read(bytes, 0, bytes.length);
  return scanner;
}

const scalars = fc.record({
  step: fc.oneof(fc.integer(), fc.maxSafeNat(), fc.constantFrom(127, 128, 16383, 16384, 2 ** 21, 2 ** 28, 2 ** 32, -1)),
  seconds: fc.double({ min: 0, max: 4e9, noNaN: true }),
  values: fc.dictionary(fc.string({ unit: "binary", maxLength: 30 }), fc.float(), { minKeys: 1, maxKeys: 5 }),
});

test("scalars of any tags, steps and values are read as they were written", () => {
  fc.assert(
    fc.property(fc.array(scalars, { maxLength: 8 }), (events) => {
      const scanner = scan(
        ...events.map(({ step, seconds, values }) => encodeEvent(step, seconds, { kind: "scalars", values })),
      );
      const expected = new Map<string, unknown[]>();
      for (const { step, seconds, values } of events) {
        for (const [tag, value] of Object.entries(values)) {
          // a leading byte order mark is no part of a text, and a lone surrogate has no UTF-8
          const name = new TextDecoder().decode(new TextEncoder().encode(tag));
          expected.set(name, [...(expected.get(name) ?? []), [step, 1000 * seconds, value]]);
        }
      }
      const found = [...(scanner.segments[0]?.tags ?? [])].map(([tag, { scalars: column }]) => [
        tag,
        Array.from({ length: column?.length ?? 0 }, (_, row) => [
          column?.steps[row],
          column?.times[row],
          column?.values[row],
        ]),
      ]);
      assert.deepEqual(new Map(found as [string, unknown[]][]), expected);
      assert.equal(scanner.undecoded, 0);
    }),
  );
});

test("histograms come back with their bins, texts and hyper-parameters with their values", () => {
  const bins = { low: -2, high: 3, counts: [1, 0, 4, 0, 5] };
  const first: readonly EventContent[] = [
    { kind: "histogram", tag: "h", bins, isFirst: true },
    { kind: "histogram", tag: "h", bins: { low: 1, high: 1, counts: [2, 3] }, isFirst: false },
    { kind: "text", tag: "t", text: "한글\n\u0000", isFirst: true },
    { kind: "hyperparameters", data: { kind: "start", values: { a: 1, b: "x", c: true }, group: "", seconds: 1 } },
    { kind: "hyperparameters", data: { kind: "end", status: "success", seconds: 2 } },
  ];
  const scanner = scan(...first.map((content, step) => encodeEvent(step, 1, content)));
  const [even, single] = scanner.segments[0]?.tags.get("h")?.distributions?.values ?? [];
  assert.ok(even && single);
  assert.deepEqual(evenBins(even), bins);
  assert.deepEqual(evenBins(single), { low: 1, high: 1, counts: [5] });
  assert.deepEqual([even.count, even.sum], [10, 1 * -1.5 + 4 * 0.5 + 5 * 2.5]);
  assert.deepEqual([...scanner.texts], [["t", "한글\n\u0000"]]);
  assert.deepEqual([...scanner.hyperparameters], Object.entries({ a: 1, b: "x", c: true }));
  assert.equal(scanner.status, "success");
});

test("any bytes, and any change of an event, are read or counted as no event, and leave the rest as it is", () => {
  const whole = encodeEvent(3, 1, {
    kind: "histogram",
    tag: "h",
    bins: { low: 0, high: 1, counts: [1, 2] },
    isFirst: true,
  });
  const good = encodeEvent(4, 1, { kind: "scalars", values: { loss: 1 } });
  const damaged = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = whole.slice();
      bytes[at] = byte;
      return bytes;
    }),
    fc.nat(whole.length).map((length) => whole.slice(0, length)),
  );
  fc.assert(
    fc.property(damaged, (bytes) => {
      const scanner = scan(bytes, good);
      const column = scanner.segments.at(-1)?.tags.get("loss")?.scalars;
      assert.equal(column?.values[column.length - 1], 1);
      assert.equal(scanner.records, 2);
    }),
    { numRuns: 2000 },
  );
});

test("an event that is damaged at its end gives none of its values", () => {
  const bytes = encodeEvent(1, 1, { kind: "scalars", values: { a: 1, b: 2 } });
  const scanner = scan(bytes.slice(0, -1));
  assert.deepEqual([scanner.undecoded, scanner.segments[0]?.tags.size], [1, 0]);
});

test("even bins: each bucket is divided by its width, and nothing is lost", () => {
  const edges = fc.uniqueArray(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(edges, fc.array(fc.nat(50), { minLength: 40, maxLength: 40 }), (given, given2) => {
      const sorted = Float64Array.from(given).sort();
      const counts = Float64Array.from(given2.slice(0, sorted.length - 1));
      const total = counts.reduce((sum, count) => sum + count, 0);
      const low = sorted[0] as number;
      const high = sorted.at(-1) as number;
      const lows = sorted.slice(0, -1);
      const highs = sorted.slice(1);
      const bins = evenBins({ low, high, lows, highs, counts } as StoredDistribution);
      const sum = bins.counts.reduce((all, count) => all + count, 0);
      assert.ok(Math.abs(sum - total) <= 1e-6 * total, `${sum} of ${total}`);
      assert.ok(bins.counts.every((count) => count >= 0));
    }),
  );
});
