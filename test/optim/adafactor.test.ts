import assert from "node:assert/strict";
import { test } from "node:test";
import { adafactor } from "../../src/optim/adafactor.ts";
import { withoutGaps } from "../../src/optim/trees.ts";
import { compiledBackends } from "../engine/backends.ts";
import { array, assertClose, assertThrows, Run } from "./helpers.ts";

const rootMeanSquare = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

test("Adafactor's first step on a matrix by hand", async () => {
  const run = await Run.start(adafactor({ learningRate: 0.1, clipThreshold: 0.5 }), {
    w: array([1, 1, -1, 1], [2, 2]),
  });
  run.update({ w: array([1, 2, 3, 4], [2, 2]) });
  // squares 1 4 / 9 16: rows 2.5 and 12.5, of mean 7.5; columns 5 and 10
  const v = [2.5 * 5, 2.5 * 10, 12.5 * 5, 12.5 * 10].map((product) => product / 7.5);
  const u = v.map((value, i) => (i + 1) / Math.sqrt(value));
  const size = 0.1 / (rootMeanSquare(u) / 0.5);
  assertClose(
    await run.weight("w"),
    [1, 1, -1, 1].map((w, i) => w - size * (u[i] as number)),
  );
});

test("Adafactor's first two steps on a vector by hand", async () => {
  const run = await Run.start(adafactor({ learningRate: 0.1, decayPower: 0.5 }), { w: array([3, 4]) });
  run.update({ w: array([1, -2]) });
  // u = (1, -1), of root mean square 1; rms(w) = sqrt(12.5)
  const step = 0.1 * Math.sqrt(12.5);
  const first = [3 - step, 4 + step];
  assertClose(await run.weight("w"), first);
  run.update({ w: array([2, 1]) });
  // b = 1 - 2^-0.5
  const fresh = Math.SQRT1_2;
  const u = [2 / Math.sqrt(1 + fresh * (4 - 1)), 1 / Math.sqrt(4 + fresh * (1 - 4))];
  const size = (0.1 * rootMeanSquare(first)) / Math.max(1, rootMeanSquare(u));
  assertClose(
    await run.weight("w"),
    first.map((w, i) => w - size * (u[i] as number)),
  );
});

test("the relative step falls as 1 / sqrt(t) once that is below the rate", async () => {
  const steps = async (relativeStep: boolean): Promise<readonly number[]> => {
    const run = await Run.start(adafactor({ learningRate: 0.6, minimumScale: 100, relativeStep }), { w: array([0]) });
    const positions = [0];
    for (let step = 0; step < 4; step++) {
      run.update({ w: array([step % 2 === 0 ? 1 : -1]) }); // to and fro, so that w stays below minimumScale
      positions.push((await run.weight("w"))[0] as number);
    }
    return positions.slice(1).map((position, i) => Math.abs(position - (positions[i] as number)));
  };
  assertClose(await steps(true), [60, 60, 100 / Math.sqrt(3), 50]);
  assertClose(await steps(false), [60, 60, 60, 60]);
});

test("axes before the last two are batches of matrices", async () => {
  const options = { learningRate: 0.1, minimumScale: 1e3, clipThreshold: 1e9 };
  const g = [1, -2, 3, 0.5, 4, 1, -1, 7, 2, 2, 0.1, 3];
  const together = await Run.start(adafactor(options), { w: array(new Array(12).fill(0), [2, 2, 3]) });
  const apart = await Run.start(adafactor(options), {
    a: array(new Array(6).fill(0), [2, 3]),
    b: array(new Array(6).fill(0), [2, 3]),
  });
  for (let step = 0; step < 2; step++) {
    together.update({ w: array(g, [2, 2, 3]) });
    apart.update({ a: array(g.slice(0, 6), [2, 3]), b: array(g.slice(6), [2, 3]) });
  }
  assertClose(await together.weight("w"), [...(await apart.weight("a")), ...(await apart.weight("b"))]);
});

test("matrices keep rows and columns, vectors their squares, side by side", async () => {
  const initial = { a: array([1]), b: array([1, 2, 3, 4, 5, 6], [2, 3]), c: array([2, 2]), d: array([1, 2], [1, 2]) };
  const run = await Run.start(adafactor(), initial);
  const kept = run.statePaths.filter((path) => path.startsWith("optimizer."));
  assert.deepEqual(
    kept.map((path) => path.replace("optimizer.", "")),
    ["step", "rows.b", "rows.d", "columns.b", "columns.d", "squares.a", "squares.c"],
  );
  // each parameter moves as if it were alone
  for (const [name, value] of Object.entries(initial)) {
    const together = await Run.start(adafactor(), initial);
    const alone = await Run.start(adafactor(), { [name]: value });
    for (let step = 0; step < 3; step++) {
      together.update(initial);
      alone.update({ [name]: value });
    }
    assert.deepEqual(await together.weight(name), await alone.weight(name), name);
  }
});

test("a tree without gaps loses empty branches, not its order", () => {
  const tree = { a: { weight: 1, bias: undefined }, b: { bias: undefined }, c: [undefined, 2], d: [3] };
  assert.deepEqual(withoutGaps<number>(tree), { a: { weight: 1 }, c: { "1": 2 }, d: [3] });
  assert.deepEqual(withoutGaps<number>(undefined), {});
  assert.equal(withoutGaps<number>(7), 7);
});

for (const backend of compiledBackends({ threads: 1 }))
  test(`gradient matrices within float32 whose products exceed it: ${backend.description}`, async () => {
    const moved = async (size: number): Promise<readonly number[]> => {
      const run = await Run.start(adafactor({ learningRate: 0.1 }), { w: array([1, 1, -1, 1], [2, 2]) }, backend);
      run.update({
        w: array(
          [1, 2, 3, 4].map((value) => value * size),
          [2, 2],
        ),
      });
      return run.weight("w");
    };
    for (const size of [1e-12, 1e-6, 1e6, 1e12]) assertClose(await moved(size), await moved(1), 1e-6);
  });

test("decoupled decay shrinks the weights before their norm is computed", async () => {
  const run = await Run.start(adafactor({ learningRate: 0.1, decoupledWeightDecay: 0.5 }), { w: array([2]) });
  run.update({ w: array([3]) });
  assertClose(await run.weight("w"), [2 * 0.95 - 0.1 * 2 * 0.95]);
});

test("Adafactor rejects values out of range", () => {
  for (const name of ["epsilon", "clipThreshold", "decayPower"] as const) {
    assertThrows(() => adafactor({ [name]: 0 }), "bad-argument", { name });
  }
});
