import assert from "node:assert/strict";
import { test } from "node:test";
import { courseOf } from "../../../src/cli/runs/course.ts";
import { decadesOf, layerBars, scaleOf } from "../../../src/cli/watch/bars.ts";
import { drawRun, type PictureOptions } from "../../../src/cli/watch/picture.ts";
import { placesOf } from "../../../src/cli/watch/resample.ts";
import { drawLine, type Line } from "../../../src/cli/watch/spans.ts";
import { sparkline } from "../../../src/cli/watch/sparkline.ts";
import { speedOf } from "../../../src/cli/watch/speed.ts";
import { displayWidth, shown } from "../../../src/core/terminal-text.ts";
import type { Finding } from "../../../src/doctor/finding.ts";
import type { RunReader } from "../../../src/runs/types.ts";
import { BEGAN, fakeRun, usualRun } from "./fake-run.ts";

process.env.NO_COLOR = "1";

const plainText = (lines: readonly Line[]) => lines.map((line) => line.map(({ text }) => text).join(""));

function picture(
  reader: RunReader,
  options: Partial<PictureOptions> = {},
  findings: readonly Finding[] = [],
): string[] {
  const all: PictureOptions = { columns: 79, rows: 24, language: "en", now: BEGAN + 40_000, ...options };
  return drawRun(reader, findings, all).map((line) => shown(drawLine(process.stdout, line, all.columns)));
}

const FINDING: Finding = {
  problem: "vanishing-gradient",
  layer: "4",
  since: 3,
  weight: 0.9,
  source: "",
  evidence: [{ measure: "gradient-ratio", value: 1e-9, threshold: 1e-3 }],
};

test("a picture has status, progress, time left, curves, score, layers and findings", () => {
  const text = picture(usualRun(400), {}, [FINDING]).join("\n");
  assert.match(text, /^spirals {2}running$/m);
  assert.match(text, /38 % {2}epoch 16\/40 {2}step 400\/1,040 {2}1 min 04 s left/);
  assert.match(text, /rate 0\.00823 {2}320 samples\/s {2}trained for 40 s/);
  assert.match(text, /^loss of each step {2}0\.2199/m);
  assert.match(text, /^validation accuracy {2}90\.33 % .*best 90\.33 % in epoch 15/m);
  assert.match(text, /^norm of the gradient by layer {3}log scale 1e-4 … 1$/m);
  assert.match(text, /^0 linear +█+ +1\.000$/m);
  assert.match(text, /^! Vanishing gradient · in layer 4 \(linear\), since step 3$/m);
});

test("it fits every terminal, in both languages, and never loses its head", () => {
  for (const language of ["en", "ko"] as const) {
    for (const columns of [30, 59, 79, 109, 110, 159, 300]) {
      for (const rows of [6, 12, 24, 60]) {
        const lines = picture(usualRun(400), { columns, rows, language }, [FINDING]);
        assert.ok(lines.length <= rows, `${lines.length} lines on ${rows} rows`);
        for (const line of lines)
          assert.ok(displayWidth(line) <= columns, `${displayWidth(line)} > ${columns}: ${line}`);
        assert.match(lines[0] ?? "", /^spirals/);
      }
    }
  }
});

test("on a wide terminal the layers stand beside the curves", () => {
  const lines = picture(usualRun(400), { columns: 159, rows: 40 });
  const title = lines.find((line) => line.startsWith("loss of each step")) ?? "";
  assert.match(title, /norm of the gradient by layer/);
});

test("names, tags and layers with escape sequences and line breaks are shown harmless, on one line", () => {
  const hostile = "evil\u001b[2J\n\u202ename";
  const reader = usualRun(30, {
    name: hostile,
    tags: [hostile],
    layers: [{ path: "0", type: hostile }],
    warnings: [hostile],
    measures: { loss: [[1, 1]], [`layers/${hostile}/gradientNorm`]: [[1, 1]], "layers/0/gradientNorm": [[1, 1]] },
  });
  const lines = picture(reader, { columns: 159 }, [{ ...FINDING, layer: hostile }]);
  for (const line of lines) for (const bad of ["\u001b", "\n", "\u202e"]) assert.ok(!line.includes(bad), line);
  assert.match(lines[0] ?? "", /^evil\\u001b\[2J\\n\\u202ename {2}running/);
});

test("runs without steps, without layers, of another tool, and with nothing but NaN can be drawn", () => {
  assert.deepEqual(picture(fakeRun({})), ["spirals  running", "no step yet"]);
  const other = fakeRun({
    status: "unknown",
    measures: {
      loss: [
        [5, 1],
        [9, 0.5],
      ],
    },
  });
  assert.match(picture(other).join("\n"), /^loss of each step {2}0\.5000/m);
  const broken = fakeRun({
    measures: {
      loss: [
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
      ],
    },
  });
  assert.match(picture(broken).join("\n"), /loss of each step {2}Infinity {3}× 2 NaN or infinite\n[ \n]*× +× *\n/);
});

test("a sparkline shows least and largest, marks odd values, and repeats the last one where there is none", () => {
  const curve = { length: 5, steps: [1, 2, 3, 4, 5], values: [0, 1, Number.NaN, 0.5, 0.25] };
  const { lines, isLog } = sparkline(placesOf(curve, 6, 1, 6), 1);
  assert.deepEqual(plainText(lines), ["▁█×▅▃▃"]);
  assert.equal(isLog, false);
  const two = sparkline(placesOf({ length: 2, steps: [1, 2], values: [1, 1000] }, 2, 1, 2), 2);
  assert.deepEqual([plainText(two.lines), two.isLog], [[" █", "▁█"], true]);
});

test("places hold the mean, least and largest of their steps, however many there are", () => {
  const length = 10_000;
  const values = Array.from({ length }, (_, index) => (index === 5000 ? 99 : index % 2));
  const places = placesOf({ length, steps: values.map((_, index) => index + 1), values }, 10, 1, length);
  assert.equal(
    places.reduce((sum, { count }) => sum + count, 0),
    length,
  );
  assert.equal(places[5]?.high, 99);
  assert.ok(Math.abs((places[0]?.mean ?? 0) - 0.5) < 1e-9);
  assert.ok(places.every(({ low }) => low === 0));
});

test("bars have a log scale of whole decades; zero has none, and what is not finite stands out", () => {
  assert.deepEqual(decadesOf([3e-6, 0.4, 0, Number.NaN]), [-6, 0]);
  assert.deepEqual(decadesOf([1]), [0, 1]);
  assert.equal(decadesOf([0]), undefined);
  const layers = [1e-4, 1e-2, 1, 0, Number.NaN].map((value, index) => ({ path: String(index), type: "linear", value }));
  assert.equal(scaleOf(layers), "1e-4 … 1");
  const lengths = plainText(layerBars(layers, 60, 10)).map((line) => [...line].filter((each) => each === "█").length);
  const [, half = 0, whole = 0] = lengths;
  assert.ok(Math.abs(whole - 2 * half) <= 1, `${half} is not half of ${whole}`);
  assert.deepEqual([lengths[0], lengths[3]], [0, 0]);
  const many = Array.from({ length: 50 }, (_, index) => ({ path: String(index), type: "linear", value: 1 }));
  const few = plainText(layerBars(many, 60, 5));
  assert.deepEqual(
    few.map((line) => line.split(" ")[0]),
    ["0", "1", "…", "48", "49"],
  );
  assert.match(few[2] ?? "", /^… 46 more$/);
});

test("the time left follows the last steps, and a training that makes no step is said to wait", () => {
  const reader = usualRun(400);
  const course = courseOf(reader);
  assert.equal(speedOf(reader, course, BEGAN + 40_000).leftMs, 64_000);
  assert.equal(speedOf(reader, course, BEGAN + 40_000).stillMs, undefined);
  assert.equal(speedOf(reader, course, BEGAN + 100_000).stillMs, 60_000);
  assert.match(picture(reader, { now: BEGAN + 100_000 })[0] ?? "", /no step for 1 min 00 s/);
  const ended = usualRun(400, { status: "stopped" });
  assert.equal(speedOf(ended, courseOf(ended), BEGAN + 100_000).leftMs, undefined);
});

test("epochs that a resumption took back do not count", () => {
  const run = usualRun(100);
  const events = [...run.events];
  const [started] = events;
  assert.ok(started?.type === "started");
  events.push({ ...started, type: "resumed", step: 52, changes: {} });
  const course = courseOf({ events, measures: new Map() });
  assert.deepEqual([course.epoch, course.step, course.resumptions, course.epochs.length], [2, 52, 1, 2]);
});
