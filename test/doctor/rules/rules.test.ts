import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bar, learnsWell } from "../../../src/doctor/rules/learning.ts";
import { applyRules, RULES } from "../../../src/doctor/rules/rules.ts";
import type { Problem } from "../../../src/doctor/words.ts";
import type { RunRecord } from "../../../src/watch/record.ts";
import { census, epochs, healthyLayer, healthyRun, patient, readings, run, score } from "./records.ts";

const found = (...runs: readonly RunRecord[]) => applyRules(patient(...runs));
const problems = (...runs: readonly RunRecord[]): readonly Problem[] => found(...runs).map(({ problem }) => problem);

/** For each problem: a run that has it, the layer and the first step. */
const SICK: readonly {
  readonly problem: Problem;
  readonly run: RunRecord;
  readonly layer?: string;
  readonly since?: number;
}[] = [
  {
    problem: "vanishing-gradient",
    // from reading 3 on, each layer's gradient is a hundredth of the one above it
    run: run({
      readings: readings(40, (layer, depth, index) =>
        index < 3 ? layer : { ...layer, gradientNorm: 0.1 * 100 ** (depth - 3) },
      ),
    }),
    layer: "0",
    since: 31,
  },
  {
    problem: "vanishing-gradient",
    run: run({ readings: readings(40, (layer, depth) => (depth === 2 ? { ...layer, distinct: 1e-5 } : layer)) }),
    layer: "4",
    since: 1,
  },
  {
    problem: "vanishing-gradient",
    run: run({
      start: census(0, (depth) =>
        depth === 1 ? { throughTime: Array.from({ length: 30 }, (_, t) => 0.5 ** (29 - t)) } : {},
      ),
    }),
    layer: "1",
    since: 0,
  },
  {
    problem: "exploding-gradient",
    run: run({ readings: readings(40, undefined, (index) => ({ gradientNorm: index === 7 ? 5e4 : 0.2 })) }),
    since: 71,
  },
  {
    problem: "exploding-gradient",
    run: run({
      start: census(0, (depth) =>
        depth === 1 ? { throughTime: Array.from({ length: 20 }, (_, t) => 2 ** (19 - t)) } : {},
      ),
    }),
    layer: "1",
    since: 0,
  },
  {
    problem: "dead-units",
    run: run({
      readings: readings(40, (layer, depth, index) => (depth === 1 && index > 4 ? { ...layer, dead: 0.9 } : layer)),
      start: census(0, () => ({})),
      end: census(400, (depth) => (depth === 1 ? { dead: 0.9 } : {})),
    }),
    layer: "1",
  },
  {
    problem: "saturated-units",
    run: run({ start: census(0, (depth) => (depth === 3 ? { saturated: 0.8 } : {})) }),
    layer: "3",
    since: 0,
  },
  {
    problem: "learning-rate-too-high",
    run: run({ readings: readings(40, (layer) => ({ ...layer, updateNorm: 2 })) }),
    since: 1,
  },
  {
    problem: "learning-rate-too-high",
    run: run({ readings: readings(40, undefined, (index) => ({ loss: index === 0 ? 0.7 : 0.7 * (index + 1) })) }),
  },
  {
    problem: "learning-rate-too-low",
    run: run({ readings: readings(40, (layer) => ({ ...layer, updateNorm: 1e-6 })) }),
    since: 1,
  },
  {
    problem: "slow-convergence",
    run: run({
      epochs: epochs(Array.from({ length: 10 }, (_, index) => [2 - 0.1 * index, 2 - 0.1 * index, 0.6] as const)),
      score: score(0.6),
      trainScore: score(0.6),
    }),
    since: 320,
  },
  {
    problem: "oscillating-loss",
    run: run({
      epochs: epochs(
        Array.from({ length: 20 }, (_, index) => [0.5, 0.5 + 0.3 * (index % 2), 0.9 - 0.2 * (index % 2)] as const),
      ),
    }),
  },
  {
    problem: "overfitting",
    run: healthyRun({
      epochs: epochs([
        [1, 1, 0.8],
        [0.5, 0.6, 0.9],
        [0.2, 0.5, 0.91],
        [0.1, 0.6, 0.9],
        [0.01, 0.9, 0.9],
      ]),
      score: score(0.88),
      trainScore: score(1),
    }),
    since: 120,
  },
  {
    problem: "numerical-error",
    run: run({ failure: { step: 17, epoch: 1, layer: "4", tensor: "gradient of weight" } }),
    layer: "4",
    since: 17,
  },
  { problem: "underfitting", run: run({ score: score(0.55), trainScore: score(0.55) }), since: 1 },
];

describe("rules on runs", () => {
  for (const { problem, run: sick, layer, since } of SICK) {
    it(`finds ${problem}${layer === undefined ? "" : ` in layer ${layer}`}${since === undefined ? "" : ` since step ${since}`}`, () => {
      const finding = found(sick).find((each) => each.problem === problem);
      assert.ok(finding, `found only ${problems(sick).join(", ") || "nothing"}`);
      if (layer !== undefined) assert.equal(finding.layer, layer);
      if (since !== undefined) assert.equal(finding.since, since);
      assert.ok(finding.evidence.length > 0 && finding.source.length > 0);
    });
  }

  it("finds nothing in a run that learns, regardless of single measures", () => {
    assert.deepEqual(problems(healthyRun()), []);
    // a ratio, dead units and saturation that do not prevent learning
    const odd = healthyRun({
      readings: readings(40, (layer, depth) => ({ ...layer, gradientNorm: 0.1 * 100 ** (depth - 3), dead: 0.8 })),
      start: census(0, () => ({ saturated: 0.9 })),
      end: census(400, () => ({ dead: 0.8, saturated: 0.9 })),
    });
    assert.deepEqual(problems(odd), []);
  });

  it("finds no unrelated problems in a failed but unremarkable run", () => {
    assert.deepEqual(problems(run({ readings: readings(40, () => healthyLayer) })), ["underfitting"]);
  });

  it("scale of gradients and weights does not matter", () => {
    for (const scale of [1e-12, 1e-3, 1e6]) {
      const scaled = (depthRatio: number) =>
        run({
          readings: readings(40, (layer, depth) => ({
            ...layer,
            gradientNorm: scale * depthRatio ** (depth - 3),
            weightNorm: 1,
            updateNorm: 1e-3,
          })),
        });
      assert.ok(problems(scaled(100)).includes("vanishing-gradient"), `scale ${scale}`);
      assert.ok(!problems(scaled(1)).includes("vanishing-gradient"), `scale ${scale}`);
    }
  });

  it("reports how many of the runs show a problem, and does not need all of them", () => {
    const sick = run({ failure: { step: 17, epoch: 1, layer: "4", tensor: "loss" } });
    const [finding] = found(healthyRun(), sick, healthyRun());
    assert.equal(finding?.problem, "numerical-error");
    const others = finding?.evidence.find(({ measure }) => measure === "other-seeds");
    assert.deepEqual(others?.values, { runs: 3, count: 1 });
  });

  it("every rule has its own name and states its source", () => {
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
    for (const { name, source } of RULES) assert.match(source, /\d{4}/, name);
  });
});

describe("the bar for a network that learns", () => {
  const attainable = { score: score(0.9), learner: "linear" } as const;

  it("nine tenths of the way from chance to simple learners, less two standard errors", () => {
    const margin = 2 * Math.sqrt((0.8 * 0.2) / 1000);
    assert.ok(Math.abs(bar(score(0.8), attainable) - (0.5 + 0.9 * 0.4 - margin)) < 1e-12);
    assert.ok(learnsWell(run({ score: score(0.85) }), attainable));
    assert.ok(!learnsWell(run({ score: score(0.8) }), attainable));
  });

  it("if simple learners learn nothing: clearly above chance", () => {
    const nothing = { score: score(0.5), learner: "linear" } as const;
    assert.ok(!learnsWell(run({ score: score(0.52) }), nothing));
    assert.ok(learnsWell(run({ score: score(0.6) }), nothing));
  });

  it("a run with NaN does not learn, whatever its score", () => {
    assert.ok(!learnsWell(healthyRun({ failure: { step: 3, epoch: 1, tensor: "loss" } }), attainable));
  });
});
