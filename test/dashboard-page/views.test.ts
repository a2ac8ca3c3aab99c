import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { language } from "gradus-parts/text/language.ts";
import { groupMeasures, keyOf, measureNames } from "../../apps/dashboard/src/state/measure-groups.ts";
import { formatAgo, formatBytes, formatDuration, formatMoment } from "../../apps/dashboard/src/text/time.ts";
import { compareRuns, orderBy } from "../../apps/dashboard/src/view/compare/compare-table.ts";
import { readDiagnosis, readFinding } from "../../apps/dashboard/src/view/run/diagnosis-data.ts";
import { flatten } from "../../apps/dashboard/src/view/run/flatten.ts";
import { fileName } from "../../apps/dashboard/src/view/run/save-file.ts";
import { settingNumber, settingText } from "../../apps/dashboard/src/view/setting-text.ts";
import { quoted } from "../../apps/dashboard/src/view/shell.ts";
import { measure, runOf } from "./runs.ts";

describe("measures in groups", () => {
  const names = [
    "loss",
    "gradientNorm",
    "train/loss",
    "validation/loss",
    "layers/0/dead",
    "layers/1/dead",
    "eval/a",
    "eval/b",
    "lonely/x",
    "plain",
  ];
  const shown = (search: string, pinned: readonly string[] = []) =>
    groupMeasures(names, { search, pinned }).map((group) => `${keyOf(group)} = ${group.measures.join(" ")}`);

  test("training, validation, others by their first part, layers by what is measured", () => {
    assert.deepEqual(shown(""), [
      "train = loss gradientNorm train/loss",
      "validation = validation/loss",
      "named:eval = eval/a eval/b",
      "other = lonely/x plain",
      "layers:dead = layers/0/dead layers/1/dead",
    ]);
  });

  test("pinned ones come first, in their order, and once", () => {
    assert.deepEqual(shown("loss", ["validation/loss", "loss", "gone"]), [
      "pinned = validation/loss loss",
      "train = train/loss",
    ]);
  });

  test("a search needs all of its words", () => {
    assert.deepEqual(shown("LAYERS 1"), ["layers:dead = layers/1/dead"]);
    assert.deepEqual(shown("nothing"), []);
  });

  test("names of all runs, once, training first", () => {
    const runs = [
      runOf("a", { measures: [measure("x"), measure("loss")] }),
      runOf("b", { measures: [measure("y"), measure("x")] }),
    ];
    assert.deepEqual(measureNames(runs), ["loss", "x", "y"]);
  });
});

describe("a comparison", () => {
  const scored = (id: string, accuracy: number | null, settings: Readonly<Record<string, number | string>>) =>
    runOf(id, {
      settings,
      measures: [
        measure("validation/accuracy", { most: accuracy, last: 0 }),
        measure("loss", { least: 1 - (accuracy ?? 0) }),
        measure("learningRate"),
      ],
    });
  const runs = [
    scored("a", 0.5, { rate: 0.1, seed: 1, name: "x" }),
    scored("b", 0.9, { rate: 0.2, seed: 1 }),
    scored("c", null, { rate: 0.1, seed: 1, name: "x" }),
  ];

  test("has the settings that differ, and the results with the best marked", () => {
    const lines = compareRuns(runs, false);
    assert.deepEqual(
      lines.map(({ kind, name }) => `${kind} ${name}`),
      ["score validation/accuracy", "score loss", "setting rate", "setting name"],
    );
    assert.deepEqual([...(lines[0]?.best ?? [])], [1]);
    assert.deepEqual(lines[0]?.values, [0.5, 0.9, undefined]);
    assert.deepEqual(lines[3]?.values, ["x", undefined, "x"]);
    assert.ok(compareRuns(runs, true).some(({ name, isEqual }) => name === "seed" && isEqual));
  });

  test("a log without settings does not make every setting differ", () => {
    const names = compareRuns([...runs, runOf("log", { settings: {} })], false).map(({ name }) => name);
    assert.ok(!names.includes("seed"));
  });

  test("nothing is the best where all are equal, or one alone has the measure", () => {
    const equal = [scored("a", 0.5, {}), scored("b", 0.5, {})];
    assert.equal(compareRuns(equal, false)[0]?.best.size, 0);
    assert.equal(compareRuns([scored("a", 0.5, {}), scored("b", null, {})], false)[0]?.best.size, 0);
  });

  test("is sorted with the best first, and runs without a value last", () => {
    const [accuracy] = compareRuns(runs, false);
    assert.ok(accuracy !== undefined);
    assert.deepEqual(orderBy(accuracy, false), [1, 0, 2]);
    assert.deepEqual(orderBy(accuracy, true), [0, 1, 2]);
  });
});

describe("settings as text", () => {
  test("are flattened by path; lists of plain values stay on one line", () => {
    assert.deepEqual(flatten({ a: { b: 1, c: "x" }, layers: [{ units: 3 }], shape: [1, 2], none: null, empty: {} }), [
      { path: "a.b", text: "1" },
      { path: "a.c", text: "x" },
      { path: "layers.0.units", text: "3" },
      { path: "shape", text: "1, 2" },
      { path: "none", text: "null" },
      { path: "empty", text: "{}" },
    ]);
    assert.deepEqual(flatten({}), []);
  });

  test("numbers as they were chosen, texts without what acts on what stands around", () => {
    assert.equal(settingNumber(0.0001), "0.0001");
    assert.equal(settingNumber(-1e-7), "\u22121e-7");
    assert.equal(settingNumber(1 / 300), "0.0033333333");
    assert.equal(settingNumber(60_000), "60,000");
    assert.equal(settingNumber(Number.NaN), "NaN");
    assert.equal(settingText("a\u001b[31m\u202e"), "a\u241b[31m\ufffd");
    assert.equal(settingText(null), "null");
  });

  test("paths as a shell takes them", () => {
    assert.equal(quoted("runs/a-1_b.c"), "runs/a-1_b.c");
    assert.equal(quoted("it's; rm -rf $HOME"), `'it'\\''s; rm -rf $HOME'`);
  });

  test("names of files that every system takes", () => {
    assert.equal(fileName('a/b\\c:d*e?"<>|\u0000f.html'), "a-b-c-d-e-f.html");
    assert.equal(fileName("x".repeat(300)).length, 120);
  });
});

describe("times and sizes", () => {
  test("durations have two units", () => {
    language.value = "en";
    const plain = (ms: number) => formatDuration(ms).replaceAll("\u00a0", " ");
    assert.deepEqual([0, 85, 1234, 12_345, 65_000, 3_660_000, 200_000_000, Number.NaN, -1].map(plain), [
      "0 ms",
      "85 ms",
      "1.23 s",
      "12.3 s",
      "1 min 5 s",
      "1 h 1 min",
      "2 d 7 h",
      "–",
      "–",
    ]);
    language.value = "ko";
    assert.equal(plain(65_000), "1 분 5 초");
    language.value = "en";
  });

  test("sizes in thousands", () => {
    const plain = (bytes: number) => formatBytes(bytes).replaceAll("\u00a0", " ");
    assert.deepEqual([0, 999, 1000, 1_500_000, 200e6, -1].map(plain), [
      "0 B",
      "999 B",
      "1.0 kB",
      "1.5 MB",
      "200 MB",
      "–",
    ]);
  });

  test("moments: what no calendar has is a dash", () => {
    assert.equal(formatMoment(Number.NaN), "–");
    assert.equal(formatMoment(1e300), "–");
    assert.equal(formatAgo(0, 180_000), "3 minutes ago");
  });
});

describe("a diagnosis from the server", () => {
  const finding = {
    problem: "vanishing-gradient",
    layer: "0",
    since: 5,
    evidence: [{ measure: "relative-gradient", value: "NaN", threshold: 0.001, values: {} }],
    weight: 1,
    source: "somebody",
  };

  test("is put into words; what this version does not know is left out", () => {
    const known = readDiagnosis(
      { verdict: "not-tried", findings: [finding, { problem: "unheard-of" }], runs: [{ steps: 7 }] },
      new Map(),
    );
    assert.equal(known.verdict?.name, "Sick, no cure tried");
    assert.equal(known.step, 7);
    assert.ok(known.findings.length <= 1);
    assert.equal(readDiagnosis({ verdict: "unheard-of" }, new Map()).verdict, undefined);
    assert.deepEqual(readDiagnosis(null, new Map()).findings, []);
  });

  test("a finding that is none is none", () => {
    for (const each of [null, 1, "x", {}, []]) assert.equal(readFinding(each), undefined);
  });
});
