import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RunSummary } from "gradus/dashboard-protocol";
import { matches, parseFilter } from "../../apps/dashboard/src/view/runs/filter.ts";
import { groupingChoices, groupRuns } from "../../apps/dashboard/src/view/runs/group.ts";
import { HEADING_HEIGHT, layRows, RUN_HEIGHT, rowsWithin } from "../../apps/dashboard/src/view/runs/rows.ts";
import { bestOf, directionOf, lossOf, scoreOf } from "../../apps/dashboard/src/view/runs/scores.ts";
import { sortRuns, usualDirection } from "../../apps/dashboard/src/view/runs/sort.ts";
import { keepOrder } from "../../apps/dashboard/src/view/runs/use-steady.ts";
import { measure, runOf } from "./runs.ts";

const ids = (runs: readonly RunSummary[]) => runs.map(({ id }) => id).join(" ");
const finds = (text: string, run: RunSummary) => matches(run, parseFilter(text));

describe("the filter of runs", () => {
  const run = runOf("sweep/a", {
    name: "Two Spirals",
    status: "running",
    tags: ["Night"],
    settings: {
      "optimizer.learningRate": 0.01,
      "optimizer.type": "adam",
      epochs: 10,
      shuffle: true,
      text: "two words",
      count: "12",
    },
  });
  const cases: readonly (readonly [string, boolean])[] = [
    ["", true],
    ["spirals", true],
    ["SPIRALS two", true],
    ["spirals moons", false],
    ["sweep/", true],
    ["night", true],
    ["adam", true],
    ["-moons", true],
    ["-spirals", false],
    ["run", true],
    ["status:running", true],
    ["status:failed", false],
    ["-status:failed", true],
    ["learningRate>0.001", true],
    ["learningrate<0.01", false],
    ["learningRate<=1e-2", true],
    ["optimizer.learningRate>=0.01", true],
    ["Rate>0", false],
    ["type=ADAM", true],
    ["type!=adam", false],
    ["epochs=10.0", true],
    ["epochs!=10", false],
    ["missing!=10", true],
    ["missing=10", false],
    ["shuffle=true", true],
    ["shuffle>0", false],
    ["count>11", true],
    ['text="two words"', true],
    ['"Two Spirals"', true],
    ["spirals learningRate=0.01 -moons", true],
  ];
  for (const [text, expected] of cases) {
    test(`${text || "nothing"}: ${expected ? "finds" : "does not find"} the run`, () => {
      assert.deepEqual(parseFilter(text).problems, []);
      assert.equal(finds(text, run), expected);
    });
  }

  test("what is no condition is named, and does not hide runs", () => {
    for (const text of ["rate>", "rate>fast", "<3", "a=", "!"]) {
      const filter = parseFilter(`spirals ${text}`);
      assert.deepEqual(filter.problems, [text]);
      assert.ok(matches(run, filter));
    }
  });

  test("any text is read, and names of the prototype are no settings", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { conditions, problems } = parseFilter(text);
        assert.ok(conditions.length + problems.length <= text.length);
        finds(text, run);
      }),
    );
    assert.equal(finds("constructor=1", run), false);
  });
});

describe("the order of runs", () => {
  const at = (id: string, createdAt: number | null, last: number | null) =>
    runOf(id, { createdAt, measures: [measure("loss", { last })] });
  const runs = [at("run-10", 3, 0.5), at("run-2", 1, null), at("run-1", null, 0.1)];

  test("runs without the value come last, in both directions", () => {
    assert.equal(ids(sortRuns(runs, { by: "created", isDescending: true })), "run-10 run-2 run-1");
    assert.equal(ids(sortRuns(runs, { by: "created", isDescending: false })), "run-2 run-10 run-1");
    assert.equal(ids(sortRuns(runs, { by: "loss", isDescending: false })), "run-1 run-10 run-2");
    assert.equal(ids(sortRuns(runs, { by: "loss", isDescending: true })), "run-10 run-1 run-2");
  });

  test("numbers in names count as numbers", () => {
    assert.equal(ids(sortRuns(runs, { by: "name", isDescending: false })), "run-1 run-2 run-10");
  });

  test("a score is sorted from the good end", () => {
    const scored = (id: string, name: string, last: number) => runOf(id, { measures: [measure(name, { last })] });
    assert.equal(usualDirection("score", [scored("a", "validation/accuracy", 1)]), true);
    assert.equal(usualDirection("score", [scored("a", "validation/loss", 1)]), false);
    assert.equal(usualDirection("loss", []), false);
    assert.equal(usualDirection("created", []), true);
  });

  test("rows do not move under a hand: known ones keep their places, new ones come after", () => {
    const places = new Map([
      ["b", 0],
      ["a", 1],
    ]);
    assert.equal(ids(keepOrder([runOf("new"), runOf("a"), runOf("b")], places)), "b a new");
  });
});

describe("groups of runs", () => {
  const runs = [
    runOf("a", { settings: { rate: 0.1, seed: 1, same: 1 } }),
    runOf("b", { settings: { rate: 0.01, seed: 2, same: 1 } }),
    runOf("c", { settings: { rate: 0.1, same: 1 } }),
    runOf("d", { settings: { same: 1 } }),
  ];

  test("are offered for settings that differ", () => {
    assert.deepEqual(groupingChoices(runs), ["rate", "seed"]);
  });

  test("stand in the order of the values; runs without it are the last", () => {
    assert.deepEqual(
      groupRuns(runs, "rate").map(({ value, runs: members }) => `${value}: ${ids(members)}`),
      ["0.01: b", "0.1: a c", "undefined: d"],
    );
  });

  test("no run is lost, whatever the values are", () => {
    const value = fc.option(fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null)), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (values) => {
        const many = values.map((each, index) =>
          runOf(String(index), { settings: each === undefined ? {} : { x: each } }),
        );
        const found = groupRuns(many, "x").flatMap((group) => group.runs);
        assert.equal(found.length, many.length);
        assert.equal(new Set(found).size, many.length);
      }),
    );
  });
});

describe("rows of the list", () => {
  const groups = [
    { value: 1, runs: [runOf("a"), runOf("b")] },
    { value: 2, runs: [runOf("c")] },
  ];

  test("stand one below the other, with headings", () => {
    const { rows, runs, height } = layRows(groups, true);
    assert.equal(height, 2 * HEADING_HEIGHT + 3 * RUN_HEIGHT);
    assert.deepEqual(
      rows.map(({ kind, place, top }) => [kind, place, top]),
      [
        ["heading", 1, 0],
        ["run", 2, HEADING_HEIGHT],
        ["run", 3, HEADING_HEIGHT + RUN_HEIGHT],
        ["heading", 4, HEADING_HEIGHT + 2 * RUN_HEIGHT],
        ["run", 5, 2 * HEADING_HEIGHT + 2 * RUN_HEIGHT],
      ],
    );
    assert.equal(ids(runs), "a b c");
  });

  test("a window has all rows that touch it, and no more than a row beyond", () => {
    const many = layRows(
      [{ value: undefined, runs: Array.from({ length: 500 }, (_, index) => runOf(`${index}`)) }],
      false,
    );
    fc.assert(
      fc.property(fc.integer({ min: -100, max: many.height }), fc.integer({ min: 1, max: 2000 }), (from, size) => {
        const found = rowsWithin(many, from, from + size);
        const touching = many.rows.filter(({ top }) => top + RUN_HEIGHT > from && top < from + size);
        for (const row of touching) assert.ok(found.includes(row));
        assert.ok(found.length <= touching.length + 1);
      }),
    );
  });
});

describe("better and worse", () => {
  test("are told by the name of a measure", () => {
    for (const name of ["loss", "validation/loss", "val_loss", "eval/error", "testRmse", "perplexity"]) {
      assert.equal(directionOf(name), "less", name);
    }
    for (const name of ["validation/accuracy", "val_acc", "f1", "eval/top5", "testAuc", "train/r2"]) {
      assert.equal(directionOf(name), "more", name);
    }
    for (const name of ["learningRate", "gradientNorm", "samplesPerSecond", "glossary", "layers/loss/dead", "stops"]) {
      assert.equal(directionOf(name), undefined, name);
    }
  });

  test("the best is the least or the largest, else the last", () => {
    const values = { least: 1, most: 3, last: 2 };
    assert.equal(bestOf(measure("loss", values)), 1);
    assert.equal(bestOf(measure("accuracy", values)), 3);
    assert.equal(bestOf(measure("rate", values)), 2);
  });

  test("a run shows its step loss, and its validation score before its validation loss", () => {
    const run = runOf("a", {
      measures: ["train/loss", "validation/loss", "train/accuracy", "validation/accuracy", "loss"].map((name) =>
        measure(name),
      ),
    });
    assert.equal(lossOf(run)?.name, "loss");
    assert.equal(scoreOf(run)?.name, "validation/accuracy");
    const keras = runOf("b", { measures: [measure("epoch"), measure("val_loss")] });
    assert.equal(lossOf(keras)?.name, "val_loss");
    assert.equal(scoreOf(keras)?.name, "val_loss");
    assert.equal(scoreOf(runOf("c", { measures: [] })), undefined);
  });
});
