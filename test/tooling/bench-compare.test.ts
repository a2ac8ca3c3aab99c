import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Figure } from "../../bench/child.ts";
import {
  bestForm,
  type Comparison,
  formsToMeasure,
  joinComparisons,
  type Round,
  requireSameNetwork,
} from "../../bench/compare/comparison.ts";
import { summarize } from "../../bench/compare/summary.ts";
import { comparisonText } from "../../bench/compare/table.ts";
import type { FormName } from "../../bench/compare/torch.ts";
import { median } from "../../bench/numbers.ts";
import { processorName } from "../../bench/processor.ts";
import { withFigures } from "../../bench/readme.ts";

const circumstances = {
  processor: "AMD EPYC (Zen 5)",
  backend: "native",
  description: "machine code",
  threads: 2,
  node: "20.20.2",
  torch: "2.13.0+cpu",
  libraries: ["MKL", "oneDNN"],
} as const;

const figure = (workload: string, ms: number, more: Partial<Figure> = {}): Figure => ({
  workload,
  ms,
  min_ms: ms * 0.9,
  ...more,
});

type Times = Partial<Record<FormName, number>>;

function round(workload: string, ours: number, peers: Times, more: Partial<Round> = {}): Round {
  const figures = Object.entries(peers).map(([form, ms]) => [form, figure(workload, ms, { peak_mb: 400 })]);
  return {
    ours: figure(workload, ours, { peak_mb: 130, first_step_ms: 200 }),
    peers: Object.fromEntries(figures),
    machine: { peak_gflops: 400, copy_gb_per_s: 60 },
    busy: 0,
    ...more,
  };
}

const comparison = (workload: string, rounds: readonly Round[], failed: Comparison["failed"] = {}): Comparison => ({
  workload,
  circumstances,
  rounds,
  failed,
});

describe("which forms of the peer are measured", () => {
  const name = "mlp-4x512";
  test("first all, and of a product those that can differ", () => {
    assert.equal(formsToMeasure(comparison(name, []), false).length, 4);
    assert.deepEqual(formsToMeasure(comparison("gemm-256", []), true), ["eager", "eager, memory kept"]);
  });
  test("later those that came within 1.3 of the best", () => {
    const first = round(name, 4, { eager: 20, compiled: 12.9, "eager, memory kept": 14, "compiled, memory kept": 10 });
    assert.deepEqual(formsToMeasure(comparison(name, [first]), false), ["compiled", "compiled, memory kept"]);
  });
  test("one disturbed run does not shut a form out", () => {
    const rounds = [round(name, 4, { eager: 10, compiled: 10 }), round(name, 4, { eager: 40, compiled: 10 })];
    assert.ok(formsToMeasure(comparison(name, rounds), false).includes("eager"));
  });
  test("a form that failed is left out", () => {
    const forms = formsToMeasure(comparison(name, [], { compiled: "no compiler" }), false);
    assert.ok(!forms.includes("compiled"));
  });
  test("the best form has the least median of those that took part throughout", () => {
    const rounds = [
      round(name, 4, { eager: 12, compiled: 13, "eager, memory kept": 5 }),
      round(name, 4, { eager: 12, compiled: 11 }),
      round(name, 4, { eager: 12, compiled: 11.5 }),
    ];
    assert.equal(bestForm(comparison(name, rounds)), "compiled");
    assert.equal(bestForm(comparison(name, [])), undefined);
  });
});

describe("what a comparison says", () => {
  test("ratios are of the same round; above 1 ours is faster", () => {
    const rounds = [
      round("resnet20", 100, { eager: 200 }),
      round("resnet20", 200, { eager: 300 }),
      round("resnet20", 100, { eager: 250 }),
    ];
    const summary = summarize(comparison("resnet20", rounds));
    assert.deepEqual([summary.ratio, summary.ratio_min, summary.ratio_max], [2, 1.5, 2.5]);
    assert.equal(summary.ms, 100);
    assert.equal(summary.peer_ms, 250);
    assert.equal(summary.best_ratio, 2);
    assert.equal(summary.pairs, 3);
    assert.deepEqual([summary.peak_mb, summary.peer_peak_mb], [130, 400]);
  });
  test("a product's floor is its arithmetic at the peak", () => {
    // 2 1024^3 / 400e9 s
    const { floor_ms, share_of_floor } = summarize(comparison("gemm-1024", [round("gemm-1024", 6, { eager: 12 })]));
    assert.equal(floor_ms, 5.369);
    assert.equal(share_of_floor, 0.8948);
  });
  test("without any form that ran, the reasons are named", () => {
    const failed = { compiled: "no compiler" };
    assert.throws(() => summarize(comparison("resnet20", [round("resnet20", 100, {})], failed)), /no compiler/);
  });
  test("the table names processor, threads, versions and the peer's form, and a busy machine", () => {
    const rounds = [round("resnet20", 100, { "compiled, memory kept": 150 }, { busy: 0.5 })];
    const summaries = [
      summarize(comparison("resnet20", rounds)),
      summarize(comparison("gemm-512", [round("gemm-512", 1, { eager: 2 })])),
    ];
    const text = comparisonText(circumstances, summaries);
    assert.match(
      text,
      /AMD EPYC \(Zen 5\), 2 threads, 1 round\. .*Node 20\.20\.2.*PyTorch 2\.13\.0\+cpu \(MKL, oneDNN\)/,
    );
    assert.match(text, /other programs used up to 50 %/);
    assert.match(text, /\| `resnet20` \| 100 ms \(90\.0\) \| compiled, memory kept \| 150 ms \(135\) \| \*\*1\.50\*\*/);
    assert.match(text, /\| product \|/);
  });
});

describe("lines of several runs", () => {
  const name = "mlp-4x512";
  test("rounds of one workload are joined in their order", () => {
    const lines = [
      comparison(name, [round(name, 4, {})]),
      comparison(name, [round(name, 5, {})], { compiled: "none" }),
    ];
    const joined = joinComparisons(lines).get(name);
    assert.deepEqual(
      joined?.rounds.map(({ ours }) => ours.ms),
      [4, 5],
    );
    assert.deepEqual(joined?.failed, { compiled: "none" });
  });
  test("figures of two processors do not come into one table", () => {
    const other = { ...comparison("resnet20", []), circumstances: { ...circumstances, processor: "Intel Xeon (AMX)" } };
    assert.throws(() => joinComparisons([comparison(name, []), other]), { code: "bad-data" });
  });
  test("losses of another order are another network's", () => {
    requireSameNetwork(name, figure(name, 1, { first_loss: 3.1 }), figure(name, 1, { first_loss: 2.4 }));
    assert.throws(
      () => requireSameNetwork(name, figure(name, 1, { first_loss: 300 }), figure(name, 1, { first_loss: 2.4 })),
      { code: "bad-data" },
    );
  });
});

test("the median of an even number is the upper of the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 3);
  assert.ok(Number.isNaN(median([])));
});

describe("figures go by the kind of processor", () => {
  const names: readonly [model: string, family: number | undefined, flags: string, name: string][] = [
    ["AMD EPYC", 26, "avx2 avx512f", "AMD EPYC (Zen 5)"],
    ["AMD EPYC 9654 96-Core Processor", 25, "avx2 avx512f", "AMD EPYC (Zen 4)"],
    ["AMD Ryzen 7 5800X 8-Core Processor", 25, "avx2", "AMD Ryzen (Zen 3)"],
    ["Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", 6, "avx2 avx512f amx_tile", "Intel Xeon (AMX)"],
    ["Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", 6, "avx2", "Intel Core (AVX2)"],
    ["Apple M3", undefined, "", "Apple M3"],
  ];
  for (const [model, family, flags, name] of names) {
    test(`${model} is ${name}`, () => {
      const facts = { model, flags: flags.split(" "), ...(family === undefined ? {} : { family }) };
      assert.equal(processorName(facts), name);
    });
  }
});

describe("the README's figures", () => {
  const text = "a\n<!-- comparison: A -->\nold\n<!-- /comparison: A -->\nb\n<!-- end of comparison -->\nc";
  test("those of this processor are replaced", () => {
    const written = withFigures(text, "comparison", "A", "new");
    assert.match(written, /a\n<!-- comparison: A -->\n\nnew\n\n<!-- \/comparison: A -->\nb/);
    assert.doesNotMatch(written, /old/);
    assert.equal(withFigures(written, "comparison", "A", "new"), written);
  });
  test("those of another processor stay, and its own come last", () => {
    const written = withFigures(text, "comparison", "B", "new");
    assert.match(
      written,
      /old[\s\S]*<!-- comparison: B -->\n\nnew\n\n<!-- \/comparison: B -->\n\n<!-- end of comparison -->\nc/,
    );
  });
  test("without a place they are refused", () => {
    assert.throws(() => withFigures(text, "wasm", "A", "new"), { code: "bad-data" });
  });
});
