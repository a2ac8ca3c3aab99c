import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomStream } from "../../../src/data/random-stream.ts";
import { comparePairs, type Decision, looksFor } from "../../../src/doctor/trial/statistics.ts";

const LOOKS = looksFor(7);
const stream = randomStream(11, "synthetic");
const uniform = () => stream.uniform();
const normal = () => stream.normal();
type Draw = () => number;

/** A simulated trial: three pairs, then two more at a time while undecided. */
function trial(control: Draw, treated: Draw, least: number, looks = LOOKS): Decision {
  const controls: number[] = [];
  const treatments: number[] = [];
  for (const look of looks) {
    while (controls.length < look) {
      controls.push(control());
      treatments.push(treated());
    }
    const { decision } = comparePairs(controls, treatments, least, looks);
    if (decision !== "undecided") return decision;
  }
  return "undecided";
}

function cures(control: Draw, treated: Draw, least: number, looks = LOOKS, trials = 6000): number {
  let count = 0;
  for (let index = 0; index < trials; index++) if (trial(control, treated, least, looks) === "better") count++;
  return count / trials;
}

/** Runs that fail with some probability: at chance instead of near 0.98. */
const failing = (probability: number) => () => (uniform() < probability ? 0.5 : 0.98) + 0.005 * normal();

describe("pairs of runs", () => {
  it("the first three pairs prove a cure from chance to 99 %", () => {
    const { decision, gain, pairs } = comparePairs([0.5, 0.51, 0.5], [0.99, 0.985, 0.99], 0.03, LOOKS);
    assert.deepEqual([decision, pairs], ["better", 3]);
    assert.ok(Math.abs(gain - 0.485) < 1e-3);
    assert.ok(cures(failing(1), failing(0), 0.03) > 0.999);
  });

  it("up to seven pairs prove a cure of a problem in only some runs", () => {
    const control = [0.5, 0.98, 0.5, 0.98, 0.98, 0.5, 0.98];
    const treated = control.map(() => 0.98);
    const decisions = LOOKS.map((look) => comparePairs(control.slice(0, look), treated.slice(0, look), 0.03, LOOKS));
    assert.deepEqual(
      decisions.map(({ decision }) => decision),
      ["undecided", "undecided", "better"],
    );
    // three failures of seven are the fewest that exceed chance; a mean of two in five gives them in six trials of ten
    assert.ok(cures(failing(0.4), failing(0), 0.02) > 0.4);
    assert.ok(cures(failing(0.6), failing(0), 0.02) > 0.75);
  });

  it("noise counts as a cure in at most one trial of twenty, in spite of three looks", () => {
    const nulls: Readonly<Record<string, Draw>> = {
      normal,
      "heavy tails": () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3),
      "skewed up": () => Math.exp(normal()),
      "skewed down": () => -Math.exp(normal()),
      ...Object.fromEntries([0.1, 0.3, 0.4, 0.5, 0.7, 0.9].map((share) => [`fails in ${share}`, failing(share)])),
    };
    for (const [name, draw] of Object.entries(nulls)) {
      for (const most of [3, 5, 7]) {
        const rate = cures(draw, draw, 0, looksFor(most), 4000);
        // two standard errors of 4000 trials: 0.7 %
        assert.ok(rate <= 0.05 + 0.007, `${name}, at most ${most} pairs: ${rate}`);
      }
    }
  });

  it("a remedy that harms, or gains less than the samples can show, is abandoned", () => {
    assert.equal(comparePairs([0.9, 0.91, 0.9], [0.5, 0.6, 0.5], 0.01, LOOKS).decision, "not-better");
    assert.equal(comparePairs([0.9, 0.9, 0.9], [0.905, 0.905, 0.905], 0.01, LOOKS).decision, "not-better");
    assert.equal(comparePairs([0.9, 0.9, 0.9], [0.915, 0.915, 0.915], 0.01, LOOKS).decision, "better");
  });

  it("runs that differ among themselves by more than they gain prove nothing", () => {
    const { decision, needed } = comparePairs([0.1, 0.5, 0.9], [0.3, 0.71, 1.1], 0.01, LOOKS);
    assert.ok(needed >= 0.4);
    assert.notEqual(decision, "better");
  });

  it("decides nothing between looks, nor with fewer than three pairs", () => {
    assert.equal(comparePairs([0, 0], [1, 1], 0.01, looksFor(2)).decision, "undecided");
    assert.equal(comparePairs([0, 0, 0, 0], [1, 1, 1, 1], 0.01, LOOKS).decision, "undecided");
    assert.deepEqual([1, 2, 3, 4, 5, 6, 9].map(looksFor), [[], [], [3], [3, 4], [3, 5], [3, 5, 6], [3, 5, 7]]);
  });
});
