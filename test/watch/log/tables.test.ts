import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { GradusError } from "../../../src/core/errors.ts";
import { examineLog } from "../../../src/doctor/examine.ts";
import { readLog } from "../../../src/files/logs/read-log.ts";
import { renderHtml } from "../../../src/telling/report/html.ts";
import { diagnosisJson } from "../../../src/telling/report/json.ts";
import { renderTerminal } from "../../../src/telling/report/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-logs-"));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const refused = (file: string, code: string, pattern: RegExp) =>
  assert.rejects(readLog(file), (error) => {
    assert.ok(error instanceof GradusError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, pattern);
    return true;
  });

const KERAS = `epoch,accuracy,learning_rate,loss,val_accuracy,val_loss
0,0.5,0.001,0.9,0.55,0.8
1,0.6,0.001,0.7,0.6,0.75
2,0.75,0.001,0.5,0.61,0.79
`;

test("Keras's CSVLogger: one row per epoch, counted from 0", async () => {
  const { record, format, ignored, warnings } = await readLog(written("keras.csv", KERAS));
  assert.equal(format, "csv");
  assert.deepEqual([ignored, warnings], [[], []]);
  assert.deepEqual(record.epochs[2], {
    epoch: 3,
    step: 3,
    trainLoss: 0.5,
    validationLoss: 0.79,
    trainAccuracy: 0.75,
    validationAccuracy: 0.61,
  });
  assert.deepEqual(
    record.readings.map(({ step, epoch, loss }) => [step, epoch, loss]),
    [
      [1, 1, 0.9],
      [2, 2, 0.7],
      [3, 3, 0.5],
    ],
  );
  assert.deepEqual([record.steps, record.validationLoss, record.failure], [3, 0.79, undefined]);
});

const LIGHTNING = `epoch,step,train_loss_epoch,train_loss_step,val_loss,grad_2.0_norm/a.weight,grad_2.0_norm/a.bias
0,9,,1.0,,3,4
0,19,,0.8,,0.3,0.4
0,19,,,0.95,,
0,19,0.9,,,,
1,29,,0.6,,,
1,39,,0.5,,,
1,39,,,0.7,,
1,39,0.55,,,,
`;

test("Lightning's metrics.csv: sparse rows, steps and epochs from 0, norms by parameter", async () => {
  const { record, warnings } = await readLog(written("metrics.csv", LIGHTNING));
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    record.epochs.map(({ epoch, step, trainLoss, validationLoss }) => [epoch, step, trainLoss, validationLoss]),
    [
      [1, 19, 0.9, 0.95],
      [2, 39, 0.55, 0.7],
    ],
  );
  assert.deepEqual(
    record.readings.map(({ step, epoch, loss }) => [step, epoch, loss]),
    [
      [9, 1, 1],
      [19, 1, 0.8],
      [29, 2, 0.6],
      [39, 2, 0.5],
    ],
  );
  // 3 and 4 in one layer give 5 together
  assert.equal(record.readings[0]?.layers.a?.gradientNorm, 5);
  assert.equal(record.readings[0]?.gradientNorm, 5);
});

test("steps between validations: their mean is the epoch's loss", async () => {
  const rows = ["step,loss,val_loss", "1,4,", "2,2,", "3,1,1.5", "4,1,", "5,0.5,", "6,0,0.75"];
  const { record } = await readLog(written("steps.csv", rows.join("\n")));
  assert.deepEqual(
    record.epochs.map(({ epoch, step, trainLoss, validationLoss }) => [epoch, step, trainLoss, validationLoss]),
    [
      [1, 3, 7 / 3, 1.5],
      [2, 6, 0.5, 0.75],
    ],
  );
  assert.equal(record.readings.length, 6);
});

test("a NaN is a failure from its row on", async () => {
  const { record } = await readLog(written("nan.csv", "epoch,loss,val_loss\n0,1,1.1\n1,nan,nan\n2,nan,nan\n"));
  assert.deepEqual(record.failure, { step: 2, epoch: 2, layer: undefined, tensor: "loss" });
  assert.equal(record.epochs.length, 1);
  for (const [text, step] of [
    ["epoch,loss\n0,inf\n1,inf\n", 1],
    ["epoch,loss\n0,3\n1,1e999\n", 2],
    ["epoch,loss\n0,nan\n1,nan\n", 1],
  ] as const) {
    const { record: other } = await readLog(written("inf.csv", text));
    assert.equal(other.failure?.step, step, text);
  }
});

test("a nan that a writer puts into an empty cell is a gap", async () => {
  const text = "step,train_loss,val_loss\n1,1,nan\n1,nan,0.9\n2,0.8,nan\n2,nan,0.7\n";
  const { record } = await readLog(written("pandas.csv", text));
  assert.equal(record.failure, undefined);
  assert.deepEqual(
    record.epochs.map(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]),
    [
      [1, 0.9],
      [0.8, 0.7],
    ],
  );
  const broken = await readLog(written("pandas.csv", `${text}3,nan,nan\n`));
  assert.equal(broken.record.failure?.step, 3);
});

test("cells that are not numbers are reported and skipped", async () => {
  const { record, warnings } = await readLog(
    written("texts.csv", "epoch,loss,note\n0,1,a\n1,tensor(0.5),b\n2,???,c\n"),
  );
  assert.deepEqual(
    record.epochs.map(({ trainLoss }) => trainLoss),
    [1, 0.5],
  );
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /line 4, loss: "\?\?\?" is not a number; treated as missing/);
});

test("logs without a readable run are refused with a reason", async () => {
  await refused(written("empty.csv", ""), "empty-dataset", /the file is empty/);
  await refused(written("header.csv", "epoch,loss\n"), "empty-dataset", /no rows below the header/);
  await refused(written("bare.csv", "1,2\n3,4\n"), "bad-data", /expected a first line that names the columns/);
  await refused(written("other.csv", "x,y\n1,2\n"), "bad-data", /expected losses, .* found x, y/);
  await refused(written("text.csv", "epoch,loss\n0,a\n1,b\n"), "bad-data", /expected losses/);
  await refused(written("quote.csv", 'epoch,loss\n0,"1\n'), "bad-data", /line \d+: /);
  await refused(join(folder, "absent.csv"), "file-not-found", /no such file/);
  await refused(written("pretty.json", '{\n  "loss": 1\n}\n'), "bad-data", /not a JSON object/);
  await refused(written("empty.jsonl", "\n"), "empty-dataset", /the file is empty/);
});

const EVENTS = [
  { type: "runStarted", epochs: 3, stepsPerEpoch: 2, samples: 4 },
  { type: "epochStarted", epoch: 1 },
  {
    type: "stepEnded",
    epoch: 1,
    step: 1,
    samples: 2,
    loss: 2,
    gradientNorm: 5,
    layerGradientNorms: { "0": 3, "2.0": 4 },
  },
  {
    type: "stepEnded",
    epoch: 1,
    step: 2,
    samples: 2,
    loss: 1,
    gradientNorm: 1,
    layerGradientNorms: { "0": 0.6, "2.0": 0.8 },
  },
  {
    type: "epochEnded",
    epoch: 1,
    step: 2,
    train: { loss: 1.5, accuracy: 0.5 },
    validation: { loss: 1.25, accuracy: 0.75 },
    durationMs: 500,
  },
  { type: "stepEnded", epoch: 2, step: 3, samples: 2, loss: "NaN" },
  { type: "stopped", reason: "not-finite", epoch: 1, step: 3 },
];

const lines = EVENTS.map((event) => JSON.stringify(event)).join("\n");

test("the events of our own runs", async () => {
  const { record, ignored } = await readLog(written("run.jsonl", `${lines}\n`));
  assert.deepEqual(ignored, []);
  assert.deepEqual([record.steps, record.plannedSteps, record.seconds], [3, 6, 0.5]);
  assert.deepEqual(record.failure, { step: 3, epoch: 2, layer: undefined, tensor: "loss" });
  assert.deepEqual(record.epochs, [
    { epoch: 1, step: 2, trainLoss: 1.5, validationLoss: 1.25, trainAccuracy: 0.5, validationAccuracy: 0.75 },
  ]);
  assert.equal(record.readings[1]?.gradientNorm, 1);
  assert.deepEqual(Object.keys(record.readings[0]?.layers ?? {}), ["0", "2.0"]);
  assert.equal(record.readings[0]?.layers["2.0"]?.gradientNorm, 4);
});

test("one object per line from any other loop, with the NaN that Python writes", async () => {
  const text = '{"epoch": 0.5, "loss": 2.0}\n{"epoch": 1.0, "loss": NaN}\n{"epoch": 1.5, "lo';
  const { record, warnings } = await readLog(written("trainer.log", text));
  assert.deepEqual(record.failure && [record.failure.epoch, record.failure.tensor], [1, "loss"]);
  assert.match(warnings[0] ?? "", /ends within line 3; 2 lines were read/);
});

test("a log truncated after any byte, plain or compressed, is read or refused, and nothing else", async () => {
  for (const [name, text] of [
    ["cut.csv", KERAS],
    ["cut.csv", LIGHTNING],
    ["cut.jsonl", lines],
  ] as const) {
    for (const bytes of [new TextEncoder().encode(text), gzipSync(text)]) {
      for (let length = 0; length < bytes.length; length++) {
        const file = written(bytes instanceof Buffer ? `${name}.gz` : name, bytes.subarray(0, length));
        try {
          const { record } = await readLog(file);
          assert.ok(record.epochs.length <= 3);
        } catch (error) {
          assert.ok(error instanceof GradusError, `${name} of ${length} bytes: ${(error as Error).stack}`);
          assert.ok(["bad-data", "empty-dataset"].includes(error.code), error.code);
        }
      }
    }
  }
});

test("names of object properties are ordinary names, as keys, as types of events and as columns", async () => {
  const names = ["constructor", "toString", "__proto__", "valueOf", "hasOwnProperty"];
  const events = names.map((name, step) => `{"type":"stepEnded","step":${step},"loss":1,"${name}":2}`);
  const types = names.map((name, step) => `{"type":"${name}","step":${step},"loss":1,"length":3}`);
  for (const rows of [events, types]) {
    const { ignored, understood } = await readLog(written("names.jsonl", rows.join("\n")));
    assert.ok(understood.some(({ meaning, points }) => meaning.kind === "loss" && points === names.length));
    const expected = rows === events ? names : ["length"];
    assert.deepEqual(ignored.toSorted(), expected.toSorted());
  }
  const cells = `loss,${names.join(",")}\n${[0, 1].map((row) => `1,${names.map(() => row).join(",")}`).join("\n")}\n`;
  const { ignored, warnings } = await readLog(written("names.csv", cells));
  assert.deepEqual([ignored, warnings], [names, []]);
  const odd = await readLog(written("cells.csv", `loss,accuracy\n1,constructor\n0.5,1\n`));
  assert.match(odd.warnings[0] ?? "", /"constructor" is not a number/);
});

test("a line of many spaces is read in linear time", async () => {
  const line = `{"loss": ${" ".repeat(200_000)}1, "note": "${" ".repeat(200_000)}", "grad_norm": NaN}\n{"loss": 2}\n`;
  const start = process.cpuUsage();
  const { understood } = await readLog(written("spaces.jsonl", line));
  // some milliseconds; quadratic time would be a minute
  assert.ok(process.cpuUsage(start).user < 3e6);
  assert.deepEqual(understood.map(({ name }) => name).sort(), ["grad_norm", "loss"]);
});

test("a log takes time proportional to its size: many different keys, many columns, nested words", async () => {
  const start = performance.now();
  const rows = 5_000;
  const lines = Array.from({ length: rows }, (_, row) => JSON.stringify({ loss: 1 / (row + 1), [`key${row}`]: row }));
  const many = await readLog(written("many.jsonl", lines.join("\n")));
  assert.equal(many.understood.find(({ name }) => name === "loss")?.points, rows);
  const header = Array.from({ length: 20_000 }, (_, column) => `c${column}`).join(",");
  const short = `loss,${header}\n${"0.5\n".repeat(2_000)}0.4,${"tensor(".repeat(50_000)}\n`;
  assert.equal((await readLog(written("short.csv", short))).understood[0]?.points, 2_001);
  assert.ok(performance.now() - start < 30_000);
});

test("a log of 150,000 rows, more than a call may have arguments", async () => {
  const rows = Array.from({ length: 150_000 }, (_, step) => [step + 1, 2 / (1 + step / 1000), 1 + (step % 3) / 10]);
  const csv = written("long.csv", `step,loss,grad_norm/dense\n${rows.map((row) => row.join(",")).join("\n")}\n`);
  const lines = rows.map(([step, loss, norm]) => JSON.stringify({ step, loss, "grad_norm/dense": norm }));
  for (const file of [csv, written("long.jsonl", lines.join("\n"))]) {
    const { record } = await readLog(file);
    assert.equal(record.steps, 150_000);
    const diagnosis = examineLog(record, "long");
    for (const told of [renderTerminal(diagnosis), renderHtml(diagnosis), JSON.stringify(diagnosisJson(diagnosis))]) {
      assert.match(told, /long/);
    }
  }
});
