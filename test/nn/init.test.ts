import assert from "node:assert/strict";
import { test } from "node:test";
import { erf } from "../../src/core/erf.ts";
import { GradusError } from "../../src/core/errors.ts";
import { autoInit } from "../../src/nn/init/auto.ts";
import { fansOf } from "../../src/nn/init/fans.ts";
import { drawInitial, INITIALIZERS, type InitConfig, type InitType } from "../../src/nn/init/init.ts";
import { normalQuantile } from "../../src/nn/init/quantile.ts";
import { createModel } from "../../src/nn/model.ts";
import { resolveLayers } from "../../src/nn/validate.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const SHAPE = [400, 250] as const;
const FANS = fansOf(SHAPE);

function draw(init: InitConfig | InitType, seed = 1, name = "linear.0.weight"): Float64Array {
  return drawInitial(init, SHAPE, FANS, seed, name).data as Float64Array;
}

function moments(values: ArrayLike<number>): { mean: number; std: number; largest: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, std: Math.sqrt(variance), largest: list.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

const glorot = Math.sqrt(2 / (400 + 250));
const he = Math.sqrt(2 / 250);
const lecun = Math.sqrt(1 / 250);
const CUT = 0.8796256610342398;

/** Each random initialiser: the deviation that it must have, and the largest size that it may give. */
const EXPECTED: readonly { readonly init: InitConfig; readonly std: number; readonly bound?: number }[] = [
  { init: { type: "glorotNormal" }, std: glorot },
  { init: { type: "glorotNormal", gain: 5 / 3 }, std: (glorot * 5) / 3 },
  { init: { type: "glorotTruncatedNormal" }, std: glorot, bound: (2 * glorot) / CUT },
  { init: { type: "glorotUniform" }, std: glorot, bound: glorot * Math.sqrt(3) },
  { init: { type: "heNormal" }, std: he },
  { init: { type: "heNormal", slope: 0.5 }, std: he / Math.sqrt(1.25) },
  { init: { type: "heTruncatedNormal" }, std: he, bound: (2 * he) / CUT },
  { init: { type: "heUniform" }, std: he, bound: he * Math.sqrt(3) },
  { init: { type: "lecunNormal" }, std: lecun },
  { init: { type: "lecunTruncatedNormal" }, std: lecun, bound: (2 * lecun) / CUT },
  { init: { type: "lecunUniform" }, std: lecun, bound: lecun * Math.sqrt(3) },
  { init: { type: "normal", std: 2 }, std: 2 },
  { init: { type: "truncatedNormal", std: 2 }, std: 2, bound: 4 / CUT },
  { init: { type: "uniform", limit: 0.3 }, std: 0.3 / Math.sqrt(3), bound: 0.3 },
];

for (const { init, std, bound } of EXPECTED) {
  test(`${JSON.stringify(init)} has its mean, deviation and bounds`, () => {
    const found = moments(draw(init));
    // of 100,000 numbers: the mean deviates by std / 316, the deviation by at most std / 447; five of each
    assert.ok(Math.abs(found.mean) < (5 * std) / 316, `mean ${found.mean}`);
    assert.ok(Math.abs(found.std / std - 1) < 5 / 447, `deviation ${found.std}, expected ${std}`);
    if (bound === undefined)
      assert.ok(found.largest > 3.5 * std && found.largest < 7 * std, `largest ${found.largest}`);
    else assert.ok(found.largest <= bound && found.largest > 0.995 * bound, `largest ${found.largest}, bound ${bound}`);
  });
}

test("constants are constant", () => {
  assert.ok(
    draw("zeros").every((value) => value === 0),
    "zeros",
  );
  assert.ok(
    draw("ones").every((value) => value === 1),
    "ones",
  );
  assert.ok(
    draw({ type: "constant", value: -2.5 }).every((value) => value === -2.5),
    "constant",
  );
});

test("every initialiser is tested here", () => {
  const tested = new Set<string>([
    ...EXPECTED.map(({ init }) => init.type),
    "zeros",
    "ones",
    "constant",
    "orthogonal",
    "blocks",
  ]);
  assert.deepEqual([...tested].sort(), Object.keys(INITIALIZERS).sort());
});

test("orthogonal gives orthonormal rows, or columns if they are fewer, times the gain", () => {
  for (const [rows, columns] of [
    [6, 6],
    [4, 9],
    [9, 4],
    [1, 5],
  ] as const) {
    const gain = 1.5;
    const shape = [rows, columns];
    const { data } = drawInitial({ type: "orthogonal", gain }, shape, fansOf(shape), 3, "w");
    const count = Math.min(rows, columns);
    const vector = (k: number) =>
      Array.from(
        { length: Math.max(rows, columns) },
        (_, i) => data[rows <= columns ? k * columns + i : i * columns + k] as number,
      );
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const product = vector(a).reduce((sum, value, i) => sum + value * (vector(b)[i] as number), 0);
        assert.ok(
          Math.abs(product - (a === b ? gain ** 2 : 0)) < 1e-13,
          `(${rows}, ${columns}): rows ${a} and ${b} have product ${product}`,
        );
      }
    }
  }
  // a weight of higher rank counts as (first, all others)
  const { data } = drawInitial("orthogonal", [3, 2, 2], { fanIn: 4, fanOut: 12 }, 3, "w");
  assert.ok(
    Math.abs(Array.from(data.slice(0, 4)).reduce((sum, value) => sum + value ** 2, 0) - 1) < 1e-13,
    "rows of length 1",
  );
  // no preferred direction: the mean of many diagonals is 0, with signs as in PyTorch
  const corners = Array.from(
    { length: 400 },
    (_, seed) => drawInitial("orthogonal", [2, 2], fansOf([2, 2]), seed, "w").data[0] as number,
  );
  assert.ok(Math.abs(moments(corners).mean) < 5 * (Math.SQRT1_2 / 20), `mean of the corner ${moments(corners).mean}`);
});

test("blocks draw each part of the rows separately, and are refused if they do not divide the rows", () => {
  const init = {
    type: "blocks",
    blocks: [{ type: "orthogonal", gain: 2 }, "zeros", { type: "orthogonal", gain: 2 }],
  } as const;
  const { data } = drawInitial(init, [6, 2], { fanIn: 2, fanOut: 2 }, 3, "w");
  const block = (index: number): number[] => Array.from(data.slice(4 * index, 4 * index + 4));
  for (const index of [0, 2]) {
    const [a, b, c, d] = block(index) as [number, number, number, number];
    assert.ok(
      Math.abs(a * a + b * b - 4) < 1e-13 && Math.abs(a * c + b * d) < 1e-13,
      `block ${index}: ${block(index)}`,
    );
  }
  assert.deepEqual(block(1), [0, 0, 0, 0]);
  assert.notDeepEqual(block(0), block(2));
  const refused = (wrong: unknown, shape: readonly number[], says: RegExp): void =>
    assert.throws(
      () => drawInitial(wrong as InitConfig, shape, { fanIn: 2, fanOut: 2 }, 3, "w"),
      (error: unknown) => error instanceof GradusError && says.test(error.message),
    );
  refused(init, [4, 2], /3 blocks must divide the 4 rows of \(4, 2\)/);
  refused({ type: "blocks", blocks: ["auto"] }, [4, 2], /blocks must be a list of initialisers/);
  refused({ type: "blocks", blocks: [{ type: "normal", sdd: 1 }] }, [4, 2], /Did you mean "std"/);
});

test("the normal quantile inverts the distribution function", () => {
  for (const p of [1e-10, 1e-5, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.9251, 0.99, 0.99999]) {
    const back = 0.5 * (1 + erf(normalQuantile(p) / Math.SQRT2));
    assert.ok(Math.abs(back - p) < 1e-15, `P(Z < ${normalQuantile(p)}) = ${back}, expected ${p}`);
  }
  // well-known points
  assert.ok(Math.abs(normalQuantile(0.975) - 1.9599639845400545) < 1e-15, "97.5 %");
  assert.ok(Math.abs(normalQuantile(1e-9) + 5.99780701500769) < 1e-12, "1e-9");
});

test("fans count inputs and outputs", () => {
  assert.deepEqual(fansOf([100, 784]), { fanIn: 784, fanOut: 100 });
  assert.deepEqual(fansOf([32, 16, 3, 5]), { fanIn: 240, fanOut: 480 });
  // 32 outputs and 16 inputs in 4 groups: PyTorch's layout has 4 inputs per filter
  assert.deepEqual(fansOf([32, 4, 3, 3], { groups: 4 }), { fanIn: 36, fanOut: 72 });
  assert.deepEqual(fansOf([7]), { fanIn: 7, fanOut: 7 });
  assert.deepEqual(fansOf([]), { fanIn: 1, fanOut: 1 });
  assert.throws(
    () => fansOf([32, 4], { groups: 5 }),
    (error: unknown) => error instanceof GradusError && error.code === "bad-argument",
  );
});

test("the same seed and name give the same numbers; others give others", () => {
  assert.deepEqual(draw("heNormal"), draw("heNormal"));
  const first = draw("heNormal");
  for (const other of [draw("heNormal", 2), draw("heNormal", 1, "linear.1.weight"), draw("heNormal", 1 + 2 ** 32)]) {
    const correlation = first.reduce((sum, value, i) => sum + value * (other[i] as number), 0) / first.length / he ** 2;
    assert.ok(Math.abs(correlation) < 5 / 316, `correlation ${correlation}`);
  }
  for (const seed of [-1, 0.5, 2 ** 53, Number.NaN]) {
    assert.throws(
      () => draw("heNormal", seed),
      (error: unknown) => error instanceof GradusError && error.code === "bad-argument",
    );
  }
});

test("adding or removing layers does not redraw the others", async () => {
  const weights = async (layers: Parameters<typeof createModel>[0]["layers"]): Promise<number[][]> => {
    const model = createModel({ inputShape: [4], layers });
    const { parameters } = model.initialize(5);
    const linear = model.layers.filter(({ type }) => type === "linear");
    return Promise.all(
      linear.map(async ({ path }) =>
        Array.from(await ((parameters[path] as Record<string, Tensor>).weight as Tensor).data()),
      ),
    );
  };
  const plain = await weights([{ type: "linear", units: 3 }, "relu", { type: "linear", units: 2 }]);
  const normalised = await weights([
    { type: "linear", units: 3 },
    "batchNorm",
    "relu",
    { type: "dropout", rate: 0.5 },
    { type: "linear", units: 2 },
  ]);
  const longer = await weights([
    { type: "linear", units: 3 },
    "relu",
    { type: "linear", units: 2 },
    { type: "linear", units: 2 },
  ]);
  assert.deepEqual(normalised, plain);
  assert.deepEqual(longer.slice(0, 2), plain);
  assert.notDeepEqual(longer[2], longer[1]);
});

test("auto chooses by the activation that follows", () => {
  const chosen = (...layers: unknown[]): InitConfig => autoInit(resolveLayers("layers", layers));
  assert.deepEqual(chosen("relu"), { type: "heNormal", slope: 0 });
  assert.deepEqual(chosen({ type: "leakyRelu", slope: 0.2 }), { type: "heNormal", slope: 0.2 });
  assert.deepEqual(chosen("prelu"), { type: "heNormal", slope: 0.25 });
  assert.deepEqual(chosen("rrelu"), { type: "heNormal", slope: 11 / 48 });
  assert.deepEqual(chosen("gelu"), { type: "heNormal", slope: 0 });
  assert.deepEqual(chosen("selu"), { type: "lecunNormal", gain: 1 });
  for (const bounded of ["tanh", "sigmoid", "softmax", "identity"])
    assert.deepEqual(chosen(bounded), { type: "glorotUniform", gain: 1 });
  assert.deepEqual(chosen(), { type: "glorotUniform", gain: 1 });
  // through layers that only rescale or mask
  assert.deepEqual(chosen("batchNorm", { type: "dropout", rate: 0.5 }, "layerNorm", "flatten", "relu"), {
    type: "heNormal",
    slope: 0,
  });
  const images = [
    { type: "zeroPadding", padding: 1 },
    { type: "upsampling", factor: 2 },
    { type: "groupNorm", groups: 2 },
  ];
  const pools = [{ type: "maxPool2d", window: 2 }, { type: "adaptiveAvgPool2d", size: 3 }, "globalMaxPool"];
  for (const layer of [...images, ...pools, "globalAvgPool", "sequencePool"])
    assert.deepEqual(chosen(layer, "relu"), { type: "heNormal", slope: 0 }, JSON.stringify(layer));
  // but not through another layer with weights
  assert.deepEqual(chosen({ type: "linear", units: 3 }, "relu"), { type: "glorotUniform", gain: 1 });
  // into containers
  assert.deepEqual(chosen({ type: "sequential", layers: ["batchNorm"] }, { type: "skip", layers: ["selu", "relu"] }), {
    type: "lecunNormal",
    gain: 1,
  });
});

test("auto inside a container sees what follows the container", () => {
  const model = createModel({
    inputShape: [4],
    layers: [{ type: "skip", layers: [{ type: "linear", units: 4 }] }, "selu", { type: "linear", units: 2 }],
  });
  const inits = model.layers.map(({ initialization }) => initialization.weight?.init.type);
  assert.deepEqual(inits, [undefined, "lecunNormal", undefined, "glorotUniform"]);
});

test("four million weights are drawn in well under a second", () => {
  const start = process.cpuUsage();
  drawInitial("heNormal", [2000, 2000], fansOf([2000, 2000]), 1, "w");
  // 0.3 s on one slow core; time of other programs on the core does not count
  const milliseconds = process.cpuUsage(start).user / 1000;
  assert.ok(milliseconds < 3000, `took ${milliseconds} ms`);
});
