import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addingProblem, readAddingProblem, varianceOf } from "../../examples/adding-problem/data.ts";
import { type Contestant, contestants, type Outcome, train } from "../../examples/adding-problem/main.ts";
import { tableOf } from "../../examples/adding-problem/table.ts";
import { GradusError } from "../../src/index.ts";

const named = (name: string, units: number): Contestant =>
  contestants(units).find((contestant) => contestant.name === name) as Contestant;

test("each sequence marks two numbers, and the target is their sum", () => {
  const steps = 9;
  const data = addingProblem(500, steps, 3);
  const { inputs, targets } = data.toArrays();
  const marked = new Set<number>();
  for (let sample = 0; sample < 500; sample++) {
    const at = Array.from({ length: steps }, (_, t) => t).filter(
      (t) => inputs.data[(sample * steps + t) * 2 + 1] === 1,
    );
    assert.equal(at.length, 2);
    for (const t of at) marked.add(t);
    const sum = at.reduce((total, t) => total + (inputs.data[(sample * steps + t) * 2] as number), 0);
    assert.ok(Math.abs(sum - (targets.data[sample] as number)) < 1e-6, `sample ${sample}`);
  }
  assert.equal(marked.size, steps);
  // two uniform numbers have variance 1/12 each
  assert.ok(Math.abs(varianceOf(data) - 1 / 6) < 0.02, `variance ${varianceOf(data)}`);
  assert.deepEqual(addingProblem(500, steps, 3).toArrays(), data.toArrays());
});

test("the problem is read from a file with its two parts", () => {
  const folder = mkdtempSync(join(tmpdir(), "adding-"));
  const file = join(folder, "adding.csv");
  const lines = [
    "x0,x1,x2,x3,x4,x5,y0,split",
    "0.5,1,0.25,0,0.125,1,0.625,train",
    "0.5,1,0.75,1,0.1,0,1.25,validation",
  ];
  try {
    writeFileSync(file, lines.join("\n"));
    const { train: first, validation } = readAddingProblem(file);
    assert.deepEqual(first.inputShape, [3, 2]);
    assert.deepEqual([...first.toArrays().inputs.data], [0.5, 1, 0.25, 0, 0.125, 1]);
    assert.deepEqual([...validation.toArrays().targets.data], [1.25]);
    writeFileSync(file, lines.slice(0, 2).join("\n"));
    assert.throws(
      () => readAddingProblem(file),
      (error) => error instanceof GradusError && /"validation"/.test(error.message),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an exploding network becomes infinite without clipping, and stays finite with it", async () => {
  const data = { train: addingProblem(128, 60, 1), validation: addingProblem(64, 60, 2) };
  const options = { epochs: 12, seed: 1, threads: 1 };
  const wild = await train(named("RNN that explodes", 32), data, options);
  assert.ok(wild.brokenAt !== undefined && wild.brokenAt <= 4, `broken at ${wild.brokenAt}`);
  assert.ok(wild.reach[0] > 30, `the gradient grows on its way to the first step: ${wild.reach[0]}`);
  const tamed = await train(named("RNN that explodes, clipped", 32), data, options);
  assert.equal(tamed.brokenAt, undefined);
  // clipping gives every large gradient the same length: the error is between one and fifty times the variance, depending on the seed
  assert.ok(tamed.error < 1000 * varianceOf(data.validation), `error ${tamed.error}`);
  const lines = tableOf([wild, tamed], varianceOf(data.validation)).join("\n");
  assert.match(lines, /RNN that explodes +infinite after step \d/);
});

test("a GRU learns short sums, and a simple network loses the first step's gradient over long sequences", async () => {
  const short = { train: addingProblem(400, 10, 1), validation: addingProblem(100, 10, 2) };
  const said: string[] = [];
  const learned: Outcome = await train(named("GRU", 16), short, {
    epochs: 30,
    seed: 1,
    threads: 1,
    say: (line) => said.push(line),
  });
  assert.ok(learned.error < 0.02, `error ${learned.error}, always saying the mean ${varianceOf(short.validation)}`);
  assert.match(said[0] ?? "", /^GRU: epoch 10, error [\d.e-]+, validation [\d.e-]+$/);
  const long = { train: addingProblem(200, 60, 1), validation: addingProblem(64, 60, 2) };
  const lost = await train(named("simple RNN", 16), long, { epochs: 4, seed: 1, threads: 1 });
  assert.ok(lost.error > 0.5 * varianceOf(long.validation), `error ${lost.error}`);
  assert.ok(lost.reach[1] < 0.01, `reach ${lost.reach[1]}`);
});
