import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GradusError } from "../../src/core/errors.ts";
import { createEventWriter, type EventWriterCalls, openEventWriter } from "../../src/files/event-writer.ts";
import { readEventLog } from "../../src/files/logs/event-files.ts";
import { eventFileName } from "../../src/io/tensorboard/event-file-name.ts";
import { flatHyperparameters } from "../../src/io/tensorboard/flat-hyperparameters.ts";
import { scratchFolder } from "../io/scratch.ts";
import { valuesOf } from "../io/tensorboard/values-of.ts";

const scratch = scratchFolder();
let folders = 0;
const newFolder = () => join(scratch, `logs-${folders++}`);

const rowsIn = (path: string) =>
  valuesOf(readEventLog(path)).map(({ tag, step, value }) => [tag, step, value] as const);

test("what is written is read by our reader: every kind of number, any tag, large steps", () => {
  const writer = createEventWriter(newFolder());
  const odd = 'a/b "c" \u001b[31m 한글 \u{1f600}';
  writer.addScalars(0, { loss: 0.5, [odd]: -0 }, 100.5);
  writer.addScalars(2 ** 40, { loss: Number.NaN });
  writer.addScalars(2 ** 40 + 1, { loss: Number.NEGATIVE_INFINITY });
  writer.close();
  const log = readEventLog(writer.file);
  assert.deepEqual(log.warnings, []);
  assert.deepEqual(
    valuesOf(log).map(({ tag, step, value }) => [tag, step, value]),
    [
      ["loss", 0, 0.5],
      ["loss", 2 ** 40, Number.NaN],
      ["loss", 2 ** 40 + 1, Number.NEGATIVE_INFINITY],
      [odd, 0, -0],
    ],
  );
  assert.equal(valuesOf(log)[0]?.seconds, 100.5);
});

test("a reader made from the published formats alone finds every event as it was meant", (context: TestContext) => {
  const python = spawnSync("python3", ["--version"]);
  if (python.status !== 0) {
    context.skip("this machine has no python3, in which the independent reader is written");
    return;
  }
  const writer = createEventWriter(newFolder());
  writer.restartAt(5);
  writer.addScalars(5, { loss: 0.25, rate: 1e-3 });
  writer.addText("notes", 5, "한글\nsecond line");
  writer.addText("notes", 6, "later");
  writer.addHistogram("layers/0/activations", 6, { low: -1, high: 1, counts: [1, 0, 2, 5] });
  writer.addHistogram("constant", 6, { low: 2, high: 2, counts: [3, 4] });
  writer.addHyperparameters({ "optimizer.rate": 0.1, on: false, name: "x" }, { metrics: ["loss"], group: "seeds" });
  writer.endRun("failure");
  writer.close();
  const script = fileURLToPath(new URL("../io/tensorboard/read-events.py", import.meta.url));
  const lines = execFileSync("python3", [script, writer.file], { encoding: "utf8" }).trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as PrintedEvent);
  const values = events.flatMap(({ step = 0, summary }) => (summary?.value ?? []).map((value) => ({ step, ...value })));
  const [version, restart] = events;
  assert.deepEqual([version?.file_version, version?.source_metadata], ["brain.Event:2", { writer: "gradus" }]);
  assert.deepEqual([restart?.step, restart?.session_log], [5, { status: 1 }]);
  const hparams = (content: object) => ({ plugin_data: { plugin_name: "hparams", content }, data_class: 2 });
  const found = values.map((value) => ({ ...value, tensor: contentOf(value.tensor) }));
  assert.deepEqual(found.slice(0, 6), [
    { step: 5, tag: "loss", simple_value: 0.25, tensor: undefined },
    { step: 5, tag: "rate", simple_value: Math.fround(1e-3), tensor: undefined },
    { step: 5, tag: "notes", tensor: [[], ["한글\nsecond line"]], metadata: plugin("text") },
    { step: 6, tag: "notes", tensor: [[], ["later"]] },
    {
      step: 6,
      tag: "layers/0/activations",
      tensor: [
        [4, 3],
        [-1, -0.5, 1, -0.5, 0, 0, 0, 0.5, 2, 0.5, 1, 5],
      ],
      metadata: plugin("histograms"),
    },
    {
      step: 6,
      tag: "constant",
      tensor: [
        [1, 3],
        [2, 2, 7],
      ],
      metadata: plugin("histograms"),
    },
  ]);
  const settings = values.slice(6).map(({ tag, metadata }) => [tag, withoutTimes(metadata)]);
  assert.deepEqual(settings, [
    [
      "_hparams_/experiment",
      hparams({
        experiment: {
          hparam_infos: [
            { name: "optimizer.rate", type: 3 },
            { name: "on", type: 2 },
            { name: "name", type: 1 },
          ],
          metric_infos: [{ name: { tag: "loss" } }],
        },
      }),
    ],
    [
      "_hparams_/session_start_info",
      hparams({
        session_start_info: {
          hparams: [
            { key: "optimizer.rate", value: { number_value: 0.1 } },
            { key: "on", value: { bool_value: false } },
            { key: "name", value: { string_value: "x" } },
          ],
          group_name: "seeds",
        },
      }),
    ],
    ["_hparams_/session_end_info", hparams({ session_end_info: { status: 2 } })],
  ]);
});

interface PrintedEvent {
  readonly step?: number;
  readonly file_version?: string;
  readonly source_metadata?: unknown;
  readonly session_log?: unknown;
  readonly summary?: {
    readonly value: readonly { readonly tag: string; readonly tensor?: unknown; readonly metadata?: unknown }[];
  };
}

const plugin = (name: string) => ({ plugin_data: { plugin_name: name }, data_class: 2 });

/** Shape and elements of a tensor that the independent reader printed. */
function contentOf(tensor: unknown): unknown {
  if (tensor === undefined) return undefined;
  const { shape = [], numbers, string_val: texts } = tensor as Record<string, unknown>;
  return [shape, numbers ?? texts];
}

function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each: unknown) => (key.endsWith("_secs") ? undefined : each)));
}

test("values reach the file when the time is over, when many wait, and by flush; whole records alone", () => {
  const slow = createEventWriter(newFolder(), { flushSeconds: 3600 });
  slow.addScalars(1, { loss: 1 });
  assert.deepEqual(rowsIn(slow.file), []);
  slow.flush();
  assert.equal(rowsIn(slow.file).length, 1);
  for (let step = 2; step < 3000; step++) slow.addScalars(step, { loss: 1 });
  const waiting = rowsIn(slow.file).length;
  assert.ok(waiting > 1000 && waiting < 2999, `${waiting}`);
  assert.deepEqual(readEventLog(slow.file).warnings, []);
  slow.close();
  assert.equal(rowsIn(slow.file).length, 2999);
  const eager = createEventWriter(newFolder(), { flushSeconds: 0 });
  eager.addScalars(1, { loss: 1 });
  assert.equal(rowsIn(eager.file).length, 1);
  eager.close();
});

test("a run that goes on begins a file of its own, which makes the steps that are done again void", () => {
  const folder = newFolder();
  const first = createEventWriter(folder);
  for (let step = 1; step <= 6; step++) first.addScalars(step, { loss: 1 });
  first.close();
  const second = createEventWriter(folder);
  second.restartAt(4);
  second.addScalars(4, { loss: 2 });
  second.close();
  assert.deepEqual(
    rowsIn(folder).map(([, step, value]) => `${step}:${value}`),
    ["1:1", "2:1", "3:1", "4:2"],
  );
});

test("names: TensorBoard's mark, a host without odd characters, and later than all that are there", () => {
  const name = eventFileName(1_700_000_000.9, "my host/é", 42, 3, []);
  assert.equal(name, "events.out.tfevents.1700000000.my_host__.42.3");
  const before = ["events.out.tfevents.1800000000.h.1.0", "notes.txt", "events.out.tfevents.nonsense"];
  assert.equal(eventFileName(1_700_000_000, "h", 42, 0, before), "events.out.tfevents.1800000001.h.42.0");
  const folder = newFolder();
  const files = [1, 2, 3].map(() => {
    const writer = createEventWriter(folder);
    writer.close();
    return basename(writer.file);
  });
  assert.deepEqual(files.toSorted(), files);
});

test("a full disk: an error says so, the file stays whole, and the writer goes on when there is room", () => {
  let room = Number.POSITIVE_INFINITY;
  const calls: EventWriterCalls = {
    openSync: fs.openSync,
    ftruncateSync: fs.ftruncateSync,
    writeSync: ((handle: number, bytes: Uint8Array, from: number) => {
      if (room <= 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const count = Math.min(room, bytes.length - from);
      room -= count;
      return fs.writeSync(handle, bytes, from, count);
    }) as EventWriterCalls["writeSync"],
  };
  const writer = openEventWriter(newFolder(), { flushSeconds: 3600 }, calls);
  writer.addScalars(1, { loss: 1 });
  writer.addHistogram("h", 1, { low: 0, high: 1, counts: [1, 1] });
  writer.flush();
  for (const left of [0, 1, 13, 40]) {
    room = left;
    writer.addScalars(2, { loss: 2 });
    writer.addScalars(3, { loss: 3 });
    assert.throws(
      () => writer.flush(),
      (error) => error instanceof GradusError && error.code === "io-error" && /disk is full/.test(error.message),
    );
    assert.deepEqual([readEventLog(writer.file).warnings, rowsIn(writer.file).length], [[], 2]);
  }
  room = Number.POSITIVE_INFINITY;
  writer.addScalars(4, { loss: 4 });
  writer.addHistogram("h", 4, { low: 0, high: 1, counts: [1, 1] });
  writer.close();
  assert.deepEqual(
    rowsIn(writer.file).map(([tag, step]) => `${tag} ${step}`),
    ["loss 1", "loss 4", "h 1", "h 4"],
  );
});

test("wrong steps, a closed writer and places that cannot be written are refused", () => {
  const refused = (work: () => unknown, code: string) =>
    assert.throws(work, (error) => error instanceof GradusError && error.code === code);
  const writer = createEventWriter(newFolder());
  refused(() => writer.addScalars(1.5, { loss: 1 }), "bad-argument");
  refused(() => writer.addScalars(Number.NaN, { loss: 1 }), "bad-argument");
  writer.close();
  writer.close();
  refused(() => writer.addScalars(1, { loss: 1 }), "disposed");
  refused(() => createEventWriter(""), "bad-argument");
  const file = join(scratch, "a-file");
  fs.writeFileSync(file, "");
  refused(() => createEventWriter(join(file, "logs")), "io-error");
});

test("settings become hyper-parameters by dotted path", () => {
  assert.deepEqual(
    flatHyperparameters({
      optimizer: { type: "adam", learningRate: 1e-3 },
      layers: [1, { units: 2 }],
      none: null,
      on: true,
      long: "x".repeat(300),
    }),
    {
      "optimizer.type": "adam",
      "optimizer.learningRate": 1e-3,
      layers: '[1,{"units":2}]',
      on: true,
      long: `${"x".repeat(199)}…`,
    },
  );
  assert.deepEqual(flatHyperparameters(3), {});
});
