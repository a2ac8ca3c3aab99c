import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";
import { continueRun } from "../../src/runs/continue-run.ts";
import { openRun } from "../../src/runs/open-run.ts";
import type { RunReader } from "../../src/runs/types.ts";
import { STARTED, scratchFolder, tinyModel, tinyRun } from "./scratch.ts";

const refuses = (code: string, work: () => unknown) =>
  assert.throws(work, (error) => error instanceof GradusError && error.code === code);

/** A measure as pairs of step and value. */
function points(run: RunReader, name: string): readonly (readonly [number, number])[] {
  const series = run.measures.get(name);
  if (series === undefined) return [];
  return Array.from({ length: series.length }, (_, row) => [series.steps[row], series.values[row]] as [number, number]);
}

test("a run is described, and measures, events and histograms come back as they were written", (context) => {
  const root = scratchFolder(context);
  const name = 'a/"b"\u001b[31m\n한글';
  const run = tinyRun(root, "one", { name, settings: { optimizer: { type: "adam" } }, tags: ["first"] });
  run.writeEvent(STARTED);
  for (let step = 1; step <= 5; step++) run.add(step, { loss: 1 / step, rate: step === 3 ? Number.NaN : -step });
  run.add(5, { "validation/loss": Number.POSITIVE_INFINITY });
  run.addHistogram("layers/1/activations", 5, { low: 0, high: 2, counts: [3, 0, 1] });
  run.writeEvent({
    type: "epoch",
    epoch: 1,
    step: 5,
    train: { loss: Number.NaN, accuracy: 0.5 },
    samplesPerSecond: Number.POSITIVE_INFINITY,
  });
  run.close();

  const read = openRun(join(root, "one"), root);
  assert.deepEqual([read.id, read.kind, read.name, read.notes, read.warnings], ["one", "gradus", name, "", []]);
  assert.deepEqual(read.settings, { optimizer: { type: "adam" } });
  assert.deepEqual(read.description?.tags, ["first"]);
  assert.deepEqual(
    read.description?.layers,
    tinyModel.layers.map(({ path, type }) => ({ path, type })),
  );
  assert.deepEqual(
    points(read, "loss"),
    [1, 2, 3, 4, 5].map((step) => [step, 1 / step]),
  );
  assert.deepEqual(
    points(read, "rate"),
    [1, 2, 3, 4, 5].map((step) => [step, step === 3 ? Number.NaN : -step]),
  );
  assert.deepEqual(points(read, "validation/loss"), [[5, Number.POSITIVE_INFINITY]]);
  const histogram = read.histograms.get("layers/1/activations")?.[0];
  assert.deepEqual([histogram?.step, histogram?.low, histogram?.high, histogram?.counts], [5, 0, 2, [3, 0, 1]]);
  const [started, epoch] = read.events;
  assert.equal(started?.type, "started");
  assert.ok(epoch?.type === "epoch" && Number.isNaN(epoch.train.loss) && epoch.samplesPerSecond === Infinity);
  assert.equal(openRun(join(root, "one")).id, ".");
});

test("a run is read while it is written, and looking again costs nothing new", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root);
  const read = openRun(run.folder, root);
  assert.deepEqual([read.status, read.refresh(), read.measures.size], ["running", false, 0]);
  run.writeEvent(STARTED);
  run.add(1, { loss: 3 });
  assert.deepEqual([read.refresh(), read.refresh(), points(read, "loss")], [true, false, []]);
  run.flush();
  assert.deepEqual([read.refresh(), read.refresh(), points(read, "loss")], [true, false, [[1, 3]]]);
  run.add(2, { loss: 2 });
  run.add(3, { loss: 1 });
  run.flush();
  assert.equal(read.refresh(), true);
  assert.deepEqual(points(read, "loss"), [
    [1, 3],
    [2, 2],
    [3, 1],
  ]);
  assert.equal(read.measures.get("loss")?.generation, 0);
  run.writeEvent({ type: "stopped", reason: "finished", epoch: 1, step: 3 });
  assert.deepEqual([read.refresh(), read.status], [true, "finished"]);
  run.close();
  assert.equal(read.refresh(), false);
});

test("the state of a run follows from its last word and its lock", (context) => {
  const root = scratchFolder(context);
  const reasons = { finished: "finished", "early-stopping": "finished", interrupted: "stopped", callback: "stopped" };
  for (const [reason, status] of Object.entries({ ...reasons, "not-finite": "failed", "out-of-memory": "failed" })) {
    const run = tinyRun(root, reason);
    run.writeEvent(STARTED);
    assert.equal(openRun(run.folder).status, "running");
    run.writeEvent({ type: "stopped", reason, epoch: 1, step: 1 });
    run.close();
    assert.equal(openRun(run.folder).status, status);
    const again = continueRun(run.folder);
    again.writeEvent({ ...STARTED, type: "resumed", step: 1 });
    assert.equal(openRun(run.folder).status, "running");
    again.close();
    assert.equal(openRun(run.folder).status, "killed");
  }
});

test("a resumed run takes back what came after its checkpoint", (context) => {
  const root = scratchFolder(context);
  const first = tinyRun(root);
  first.writeEvent(STARTED);
  for (let step = 1; step <= 8; step++) first.add(step, { loss: step });
  for (const step of [2, 6]) first.addHistogram("h", step, { low: 0, high: 1, counts: [step] });
  first.add(2, { other: 1 });
  first.close();
  const read = openRun(first.folder);
  const second = continueRun(first.folder);
  second.writeEvent({ ...STARTED, type: "resumed", step: 5 });
  second.add(6, { loss: 60 });
  second.close();
  assert.equal(read.refresh(), true);
  for (const run of [read, openRun(first.folder)]) {
    assert.deepEqual(
      points(run, "loss").map(([, value]) => value),
      [1, 2, 3, 4, 5, 60],
    );
    assert.deepEqual(points(run, "other"), [[2, 1]]);
    assert.deepEqual(
      run.histograms.get("h")?.map(({ step }) => step),
      [2],
    );
    assert.deepEqual(
      ["loss", "other"].map((name) => run.measures.get(name)?.generation),
      [1, 0],
    );
  }
});

test("cut at any byte, a run is read up to the cut, and continued from there", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root);
  run.writeEvent({ ...STARTED, at: 5 });
  for (let step = 1; step <= 3; step++) {
    run.add(step, { loss: step });
    run.flush();
  }
  run.writeEvent({ type: "stopped", reason: "한글", epoch: 1, step: 3, at: 6 });
  run.close();
  const [measures, events] = [join(run.folder, "measures.bin"), join(run.folder, "events.jsonl")];
  const [allMeasures, allEvents] = [readFileSync(measures), readFileSync(events)];
  for (const [file, all] of [
    [measures, allMeasures],
    [events, allEvents],
  ] as const) {
    for (let cut = 0; cut <= all.length; cut++) {
      writeFileSync(measures, allMeasures);
      writeFileSync(events, allEvents);
      truncateSync(file, cut);
      const before = openRun(run.folder);
      const [losses, happened] = [points(before, "loss").length, before.events.length];
      const again = continueRun(run.folder);
      again.add(9, { loss: 9 });
      again.writeEvent({ type: "test", metrics: {} });
      again.close();
      const after = openRun(run.folder);
      assert.deepEqual(after.warnings, []);
      assert.equal(points(after, "loss").length, losses + 1, `${file} cut at ${cut}`);
      // a last line that lacks only its end is whole
      const isWhole = file === events && (cut === all.length - 1 || all[cut] === 0x0a);
      assert.equal(after.events.length, happened + (isWhole ? 2 : 1), `${file} cut at ${cut}`);
    }
  }
});

test("a torn end is named when nobody writes any more", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root);
  run.writeEvent(STARTED);
  run.add(1, { loss: 1 });
  run.flush();
  const read = openRun(run.folder);
  appendFileSync(join(run.folder, "events.jsonl"), '{"at": 5, "ty');
  appendFileSync(join(run.folder, "measures.bin"), Buffer.from("89474d3100", "hex"));
  read.refresh();
  assert.deepEqual(read.warnings, []);
  run.close();
  read.refresh();
  assert.equal(read.status, "killed");
  assert.equal(read.warnings.length, 2);
  // cutting the torn end off takes nothing back
  const again = continueRun(run.folder);
  again.add(2, { loss: 2 });
  again.close();
  read.refresh();
  assert.deepEqual(
    [points(read, "loss"), read.measures.get("loss")?.generation, read.events.length],
    [
      [
        [1, 1],
        [2, 2],
      ],
      0,
      1,
    ],
  );
});

test("damaged lines and bytes are passed over, and counted", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root);
  run.writeEvent(STARTED);
  for (const step of [1, 2]) {
    run.add(step, { loss: step });
    run.flush();
  }
  const lines = [
    "nonsense",
    "{}",
    '{"at":1,"type":"epoch"}',
    '{"at":1,"type":"stopped","reason":3,"epoch":1,"step":1}',
    "",
  ];
  appendFileSync(join(run.folder, "events.jsonl"), `${lines.join("\n")}\n{"at":1,"type":"fromTheFuture"}\n`);
  run.writeEvent({ type: "test", metrics: { loss: 1 } });
  run.close();
  const file = join(run.folder, "measures.bin");
  const bytes = readFileSync(file);
  bytes[bytes.length - 60] = 0xaa;
  writeFileSync(file, bytes);
  const again = continueRun(run.folder);
  again.add(3, { loss: 3 });
  again.close();
  const read = openRun(run.folder);
  assert.deepEqual(
    read.events.map(({ type }) => type),
    ["started", "test"],
  );
  assert.deepEqual(points(read, "loss"), [
    [2, 2],
    [3, 3],
  ]);
  assert.match(read.warnings.join("\n"), /4 lines are damaged[\s\S]*1 lines are of a kind/);
});

test("what is written in any order and portions is read, whenever one looks", (context) => {
  const root = scratchFolder(context);
  const names = ["a", "b", "c/d", ""];
  const action = fc.oneof(
    fc.record({ type: fc.constant("add" as const), names: fc.subarray(names, { minLength: 1 }), value: fc.double() }),
    fc.record({ type: fc.constant("flush" as const) }),
    fc.record({ type: fc.constant("look" as const) }),
    fc.record({ type: fc.constant("resume" as const), back: fc.nat(6) }),
  );
  let count = 0;
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      let run = tinyRun(root, `run-${count++}`);
      const read = openRun(run.folder);
      const expected = new Map<string, [number, number][]>();
      let step = 0;
      for (const each of actions) {
        if (each.type === "flush") run.flush();
        else if (each.type === "look") read.refresh();
        else if (each.type === "resume") {
          run.close();
          step = Math.max(0, step - each.back);
          run = continueRun(run.folder);
          run.writeEvent({ ...STARTED, type: "resumed", step });
          for (const [name, all] of expected)
            expected.set(
              name,
              all.filter(([at]) => at <= step),
            );
        } else {
          step++;
          run.add(step, Object.fromEntries(each.names.map((name) => [name, each.value])));
          for (const name of each.names) expected.set(name, [...(expected.get(name) ?? []), [step, each.value]]);
        }
      }
      run.close();
      read.refresh();
      for (const reader of [read, openRun(run.folder)]) {
        for (const name of names) assert.deepEqual(points(reader, name), expected.get(name) ?? []);
        assert.deepEqual(reader.warnings, []);
      }
    }),
    { numRuns: 40 },
  );
});

test("long series are read in parts that do not match their blocks", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root);
  const table = run.table(Array.from({ length: 20 }, (_, index) => `m${index}`));
  const row = new Float64Array(20);
  for (let step = 1; step <= 12_000; step++) run.addRow(table, step, row.fill(step));
  run.close();
  const read = openRun(run.folder);
  const last = read.measures.get("m19");
  assert.equal(last?.length, 12_000);
  assert.ok(last.values.subarray(0, 12_000).every((value, index) => value === index + 1));
  assert.equal(read.measures.get("m0")?.steps, last.steps);
});

test("a run that is removed while it is read says so, and one that is replaced is read anew", (context) => {
  const root = scratchFolder(context);
  const run = tinyRun(root);
  run.add(1, { loss: 1 });
  run.close();
  const read = openRun(run.folder);
  rmSync(run.folder, { recursive: true });
  assert.deepEqual([read.refresh(), read.status, read.refresh()], [true, "unknown", false]);
  assert.match(read.warnings.join(), /is gone/);
  assert.deepEqual(points(read, "loss"), [[1, 1]]);
  const other = tinyRun(root);
  other.add(1, { loss: 7 });
  other.flush();
  assert.deepEqual([read.refresh(), read.status, points(read, "loss")], [true, "running", [[1, 7]]]);
  assert.equal(read.measures.get("loss")?.generation, 1);
  other.close();
});

test("what is no run, or not any more, is refused with its path", (context) => {
  const root = scratchFolder(context);
  refuses("file-not-found", () => openRun(join(root, "nothing")));
  refuses("file-not-found", () => openRun(root));
  refuses("file-not-found", () => continueRun(root));
  const run = tinyRun(root);
  run.close();
  refuses("bad-argument", () => tinyRun(root));
  refuses("disposed", () => run.add(1, { loss: 1 }));
  refuses("disposed", () => run.writeEvent(STARTED));
  const file = join(run.folder, "run.json");
  const text = readFileSync(file, "utf8");
  for (let cut = 0; cut < text.trimEnd().length; cut += 197) {
    writeFileSync(file, text.slice(0, cut));
    refuses("bad-data", () => openRun(run.folder));
  }
  for (const other of ["[]", "3", '{"format":"gradus-run","version":2}', '{"format":"other","version":1}']) {
    writeFileSync(file, other);
    refuses("bad-data", () => openRun(run.folder));
    refuses("bad-data", () => continueRun(run.folder));
  }
  // a description without its details still shows its run
  writeFileSync(file, '{"format":"gradus-run","version":1,"layers":[3,{}],"environment":[],"tags":{}}');
  const { name, description } = openRun(run.folder);
  assert.deepEqual([name, description?.layers, description?.environment.host], ["", [{ path: "", type: "" }], ""]);
});
