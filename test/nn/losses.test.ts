import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import type { ClassOptions } from "../../src/nn/losses/classes.ts";
import {
  computeLoss,
  LOSSES,
  type LossConfig,
  type LossInput,
  type LossType,
  lossPerSample,
  lossTerms,
  resolveLoss,
} from "../../src/nn/losses/losses.ts";
import { penalty, type RegularizerConfig } from "../../src/nn/regularizer.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { listed, positive, scattered } from "../autodiff/arrays.ts";
import { compiledBackends } from "../engine/backends.ts";
import { literal, numbersOf } from "./support.ts";

const LOGITS = scattered([4, 3]);
const PROBABILITIES = positive([4, 3]);
const LABELS = listed([4], [2, 0, 1, 2], "int32");
const ONE_HOT = listed([4, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
const SOFT = listed([4, 3], [0.1, 0.2, 0.7, 0.5, 0.25, 0.25, 0, 1, 0, 0.3, 0.3, 0.4]);
const VALUES = scattered([4, 3], 100);
const BINARY = listed([4, 3], [0, 1, 1, 0, 0.5, 1, 1, 0, 0, 1, 1, 0]);
const UNIT = { ...positive([4, 3]), data: positive([4, 3]).data.map((value) => value / 2.5) as Float64Array };
const WEIGHTS = [1, 2, 0.5];

type Case<T extends LossType> = readonly [Extract<LossConfig, { type: T }>, HostArray, HostArray];

function classCases<T extends "softmaxCrossEntropy" | "categoricalCrossEntropy" | "nll">(
  type: T,
  output: HostArray,
): readonly Case<T>[] {
  const config = (options: ClassOptions): Case<T>[0] => ({ ...options, type }) as unknown as Case<T>[0];
  return [
    [config({}), output, LABELS],
    [config({}), output, ONE_HOT],
    [config({ labelSmoothing: 0.1 }), output, LABELS],
    [config({ labelSmoothing: 0.1, classWeights: WEIGHTS }), output, LABELS],
    [config({ classWeights: WEIGHTS }), output, SOFT],
    [config({ ignoreIndex: 2, classWeights: WEIGHTS }), output, LABELS],
    [config({ reduction: "sum" }), output, SOFT],
    [config({ reduction: "none" }), output, LABELS],
    [config({ axis: 1 }), { ...output, shape: [2, 3, 2] }, { ...LABELS, shape: [2, 2] }],
    [config({}), { ...output, shape: [2, 2, 3] }, { ...LABELS, shape: [2, 2] }],
    [config({ ignoreIndex: 2, labelSmoothing: 0.1 }), { ...output, shape: [2, 2, 3] }, { ...LABELS, shape: [2, 2] }],
    [config({}), { ...output, shape: [2, 2, 3] }, { ...ONE_HOT, shape: [2, 2, 3] }],
  ];
}

/** Every loss with each of its options, an output and a target. */
const CASES: { readonly [T in LossType]: readonly Case<T>[] } = {
  softmaxCrossEntropy: classCases("softmaxCrossEntropy", LOGITS),
  categoricalCrossEntropy: classCases("categoricalCrossEntropy", PROBABILITIES),
  nll: classCases("nll", LOGITS),
  binaryCrossEntropyWithLogits: [
    [{ type: "binaryCrossEntropyWithLogits" }, LOGITS, BINARY],
    [{ type: "binaryCrossEntropyWithLogits", reduction: "none" }, LOGITS, BINARY],
  ],
  binaryCrossEntropy: [
    [{ type: "binaryCrossEntropy" }, UNIT, BINARY],
    [{ type: "binaryCrossEntropy", reduction: "sum" }, UNIT, BINARY],
  ],
  mse: [
    [{ type: "mse" }, LOGITS, VALUES],
    [{ type: "mse", reduction: "none" }, LOGITS, VALUES],
  ],
  mae: [[{ type: "mae" }, LOGITS, VALUES]],
  huber: [
    [{ type: "huber" }, LOGITS, VALUES],
    [{ type: "huber", delta: 0.4 }, LOGITS, VALUES],
  ],
  smoothL1: [
    [{ type: "smoothL1" }, LOGITS, VALUES],
    [{ type: "smoothL1", beta: 0.4, reduction: "sum" }, LOGITS, VALUES],
  ],
};

for (const type of Object.keys(LOSSES) as LossType[]) {
  for (const [config, output, target] of CASES[type]) {
    test(`gradients of ${JSON.stringify(config)} with ${target.dtype} targets (${target.shape.join(", ")})`, () => {
      const { worst } = checkGradients((x) => computeLoss(config, x, literal(target)), [output], { tolerance: 1e-7 });
      assert.ok(worst <= 1e-7, `worst ${worst}`);
    });
  }
}

function loss(config: LossInput, output: HostArray, target: HostArray): number[] {
  return numbersOf(computeLoss(config, literal(output), literal(target)));
}

function assertNear(found: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, index) => {
    assert.ok(
      Math.abs(value - (expected[index] as number)) <= tolerance,
      `number ${index}: ${value}, expected ${expected[index]}`,
    );
  });
}

// three samples by hand: softmax of (log 1, log 2, log 5) is (1, 2, 5) / 8
const BY_HAND = listed([3, 3], [1, 2, 5, 2, 5, 1, 5, 1, 2].map(Math.log));
const HAND_LABELS = listed([3], [0, 1, 2], "int32");
const SURPRISES = [Math.log(8), Math.log(8 / 5), Math.log(4)] as const;

test("softmax cross-entropy is minus the log of the probability of the label", () => {
  assertNear(loss({ type: "softmaxCrossEntropy", reduction: "none" }, BY_HAND, HAND_LABELS), SURPRISES);
  assertNear(loss("softmaxCrossEntropy", BY_HAND, HAND_LABELS), [(SURPRISES[0] + SURPRISES[1] + SURPRISES[2]) / 3]);
  assertNear(loss("softmaxCrossEntropy", BY_HAND, listed([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])), [
    (SURPRISES[0] + SURPRISES[1] + SURPRISES[2]) / 3,
  ]);
  // a shift of all logits changes nothing, however large
  const shifted = { ...BY_HAND, data: BY_HAND.data.map((value) => value + 1000) as Float64Array };
  assertNear(
    loss("softmaxCrossEntropy", shifted, HAND_LABELS),
    loss("softmaxCrossEntropy", BY_HAND, HAND_LABELS),
    1e-12,
  );
});

test("class weights make a weighted mean, and ignored labels are left out of it", () => {
  const weighted = { type: "softmaxCrossEntropy", classWeights: [1, 2, 5] } as const;
  assertNear(loss(weighted, BY_HAND, HAND_LABELS), [(SURPRISES[0] + 2 * SURPRISES[1] + 5 * SURPRISES[2]) / 8]);
  assertNear(loss({ ...weighted, reduction: "sum" }, BY_HAND, HAND_LABELS), [
    SURPRISES[0] + 2 * SURPRISES[1] + 5 * SURPRISES[2],
  ]);
  assertNear(loss({ ...weighted, ignoreIndex: 1 }, BY_HAND, HAND_LABELS), [(SURPRISES[0] + 5 * SURPRISES[2]) / 6]);
  assertNear(loss({ type: "nll", ignoreIndex: -1 }, BY_HAND, listed([3], [-1, 1, 2], "int32")), [
    -(Math.log(5) + Math.log(2)) / 2,
  ]);
  // the mean over two batches, from their terms
  const { values, weights } = lossTerms(weighted, literal(BY_HAND), literal(HAND_LABELS));
  assertNear(numbersOf(weights as NonNullable<typeof weights>), [1, 2, 5]);
  assertNear(numbersOf(values), [SURPRISES[0], 2 * SURPRISES[1], 5 * SURPRISES[2]]);
});

test("steps of sequences have equal weights, with the classes last or on axis 1, and padding is left out of the mean", () => {
  // (N, T, C) = (1, 3, 3), and (N, C, T)
  const sequence = { ...BY_HAND, shape: [1, 3, 3] };
  const stepLabels = { ...HAND_LABELS, shape: [1, 3] };
  const mean = (SURPRISES[0] + SURPRISES[1] + SURPRISES[2]) / 3;
  assertNear(loss("softmaxCrossEntropy", sequence, stepLabels), [mean]);
  const at = (row: number, column: number) => BY_HAND.data[3 * row + column] as number;
  const turned = listed(
    [1, 3, 3],
    [0, 1, 2].flatMap((column) => [0, 1, 2].map((row) => at(row, column))),
  );
  assertNear(loss({ type: "softmaxCrossEntropy", axis: 1 }, turned, stepLabels), [mean]);
  assertNear(loss({ type: "softmaxCrossEntropy", ignoreIndex: 0 }, sequence, stepLabels), [
    (SURPRISES[1] + SURPRISES[2]) / 2,
  ]);
  assertNear(numbersOf(lossPerSample("softmaxCrossEntropy", literal(sequence), literal(stepLabels))), [mean]);
});

test("label smoothing mixes in the uniform distribution", () => {
  const e = 0.3;
  const uniform = (Math.log(8) + Math.log(4) + Math.log(8 / 5)) / 3;
  const expected = SURPRISES.map((surprise) => (1 - e) * surprise + e * uniform);
  assertNear(
    loss({ type: "softmaxCrossEntropy", labelSmoothing: e, reduction: "none" }, BY_HAND, HAND_LABELS),
    expected,
  );
});

test("the three cross-entropies agree on the same distribution", () => {
  const probabilities = listed(
    [3, 3],
    [1, 2, 5, 2, 5, 1, 5, 1, 2].map((value) => value * 3),
  );
  const logarithms = listed(
    [3, 3],
    [1, 2, 5, 2, 5, 1, 5, 1, 2].map((value) => Math.log(value / 8)),
  );
  const expected = loss("softmaxCrossEntropy", BY_HAND, HAND_LABELS);
  assertNear(loss("categoricalCrossEntropy", probabilities, HAND_LABELS), expected);
  assertNear(loss("nll", logarithms, HAND_LABELS), expected);
});

test("logits too large for a probability still have an exact loss", () => {
  const extreme = listed([1, 2], [200, -200]);
  assertNear(loss("softmaxCrossEntropy", extreme, listed([1], [1], "int32")), [400]);
  assertNear(loss("binaryCrossEntropyWithLogits", extreme, listed([1, 2], [0, 1])), [200]);
  // for probabilities the loss is limited to -log(1e-7), as in Keras
  assertNear(loss("categoricalCrossEntropy", listed([1, 2], [1, 0]), listed([1], [1], "int32")), [-Math.log(1e-7)]);
  assertNear(loss("binaryCrossEntropy", listed([1, 1], [1]), listed([1, 1], [0])), [-Math.log(1 - (1 - 1e-7))]);
  // a log-probability of minus infinity counts only for the label
  assertNear(loss("nll", listed([1, 2], [Number.NEGATIVE_INFINITY, -0.5]), listed([1], [1], "int32")), [0.5]);
});

test("binary cross-entropy is that of the sigmoid", () => {
  const x = [-2, 0, 1.5];
  const y = [1, 0.25, 0];
  const p = x.map((value) => 1 / (1 + Math.exp(-value)));
  const expected = p.map(
    (value, i) => -(y[i] as number) * Math.log(value) - (1 - (y[i] as number)) * Math.log(1 - value),
  );
  assertNear(
    loss({ type: "binaryCrossEntropyWithLogits", reduction: "none" }, listed([3], x), listed([3], y)),
    expected,
  );
  assertNear(loss({ type: "binaryCrossEntropy", reduction: "none" }, listed([3], p), listed([3], y)), expected);
  // bool and integer targets work too
  assertNear(loss("binaryCrossEntropyWithLogits", listed([2], [1, -1]), listed([2], [1, 0], "bool")), [
    Math.log1p(Math.exp(-1)),
  ]);
});

test("losses of values by hand", () => {
  const output = listed([2, 2], [1, 2, -1, 4]);
  const target = listed([2, 2], [0.5, 2, 1, 1]);
  // r = 0.5, 0, -2, 3
  assertNear(loss("mse", output, target), [(0.25 + 4 + 9) / 4]);
  assertNear(loss({ type: "mse", reduction: "sum" }, output, target), [13.25]);
  assertNear(loss("mae", output, target), [5.5 / 4]);
  assertNear(loss({ type: "huber", delta: 2, reduction: "none" }, output, target), [0.125, 0, 2, 4]);
  assertNear(loss({ type: "smoothL1", beta: 2, reduction: "none" }, output, target), [0.0625, 0, 1, 2]);
  assertNear(numbersOf(lossPerSample("mse", literal(output), literal(target))), [0.125, 6.5]);
  assertNear(numbersOf(lossPerSample("softmaxCrossEntropy", literal(BY_HAND), literal(HAND_LABELS))), SURPRISES);
});

test("targets (N,) fit an output (N, 1), and never broadcast", () => {
  assertNear(loss("mse", listed([2, 1], [1, 2]), listed([2], [0, 0])), [2.5]);
  for (const shape of [[1, 2], [2, 2], [1]]) {
    const target = listed(shape, [0, 0, 0, 0]);
    assert.throws(
      () => loss("mse", listed([2, 1], [1, 2]), target),
      (error: unknown) => error instanceof GradusError && error.code === "shape-mismatch",
    );
  }
});

const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];

/** Loss and gradient of a step with fed output and target. */
async function fed(backend: Backend, config: LossInput, output: HostArray, target: HostArray) {
  const step = await compile<Record<string, Tensor>, { x: Tensor; y: Tensor }, { value: Tensor; gradient: Tensor }>(
    (_, { x, y }) => {
      const { value, gradient } = valueAndGrad((given: Tensor) => computeLoss(config, given, y))(x);
      return { outputs: { value, gradient } };
    },
    { state: {}, backend },
  );
  const { value, gradient } = step.runSync({ x: output, y: target });
  return { value: value.data[0] as number, gradient: [...gradient.data] };
}

test("if all weights are 0, so are the loss and its gradient", async () => {
  const logits = listed([2, 3], [1, 2, 3, -1, 0, 1e3]);
  const none = listed([2], [2, 2], "int32");
  for (const options of [{ ignoreIndex: 2 }, { classWeights: [1, 1, 0] }, { ignoreIndex: 2, labelSmoothing: 0.1 }]) {
    const config = { type: "softmaxCrossEntropy", ...options } as const;
    assert.deepEqual(loss(config, logits, none), [0]);
    for (const backend of backends) {
      const { value, gradient } = await fed(backend, config, logits, none);
      assert.equal(Math.abs(value), 0);
      assert.deepEqual(gradient.map(Math.abs), [0, 0, 0, 0, 0, 0]);
    }
  }
  const steps = listed([2, 2], [1, 2, 2, 2], "int32");
  const perSample = { type: "softmaxCrossEntropy", ignoreIndex: 2 } as const;
  const [first, second] = numbersOf(
    lossPerSample(perSample, literal(listed([2, 2, 3], new Array(12).fill(0))), literal(steps)),
  );
  assertNear([first as number, second as number], [Math.log(3), 0]);
});

test("labels that are not classes are refused if known, and make the loss NaN if fed", async () => {
  const output = listed([2, 2], [0, 0, 1, -1]);
  const refused = (config: LossInput, x: HostArray, values: readonly number[], dtype: "int32" | "float32" = "int32") =>
    assert.throws(
      () => computeLoss(config, literal(x), tensor([...values], dtype)),
      (error: unknown) => error instanceof GradusError && error.code === "label-out-of-range",
      `${JSON.stringify(config)} ${values}`,
    );
  for (const type of ["softmaxCrossEntropy", "categoricalCrossEntropy", "nll"] as const) {
    refused(type, output, [5, 0]);
    refused(type, output, [0, 2]);
    refused(type, output, [-1, 0]);
    refused({ type, ignoreIndex: -1 }, output, [-1, 2]);
    refused({ type, ignoreIndex: 5, axis: 1 }, output, [-1, 5]);
    computeLoss({ type, ignoreIndex: 7 }, literal(output), tensor([7, 1], "int32"));
    assert.throws(() => lossPerSample(type, literal(output), tensor([[5, 0]], "int32").reshape([2])));
    assert.throws(() => lossPerSample(type, literal(output), tensor([0, 2.5]).cast("int32")));
    for (const backend of backends) {
      for (const labels of [
        [5, 0],
        [0, -1],
      ]) {
        const { value } = await fed(backend, type, listed([2, 2], [0.2, 0.8, 0.5, 0.5]), listed([2], labels, "int32"));
        assert.ok(Number.isNaN(value), `${type} ${labels}`);
      }
      const { value } = await fed(
        backend,
        { type, ignoreIndex: -1 },
        listed([2, 2], [0.5, 0.5, 0.5, 0.5]),
        listed([2], [-1, 1], "int32"),
      );
      assert.ok(Number.isFinite(value));
    }
  }
  for (const type of ["binaryCrossEntropy", "binaryCrossEntropyWithLogits"] as const) {
    refused(type, listed([2], [0.5, 0.5]), [0, 5]);
    refused(type, listed([2], [0.5, 0.5]), [-1, 1], "float32");
    refused(type, listed([2], [0.5, 0.5]), [Number.NaN, 1], "float32");
  }
});

test("a label to ignore needs labels", () => {
  for (const type of ["softmaxCrossEntropy", "categoricalCrossEntropy", "nll"] as const)
    assert.throws(
      () => loss({ type, ignoreIndex: 0 }, LOGITS, ONE_HOT),
      (error: unknown) =>
        error instanceof GradusError && error.code === "bad-argument" && /ignoreIndex/.test(error.message),
    );
});

test("targets that do not fit classes are refused", () => {
  const refused = (code: string, target: HostArray, config: LossInput = "softmaxCrossEntropy") =>
    assert.throws(
      () => loss(config, LOGITS, target),
      (error: unknown) => error instanceof GradusError && error.code === code,
    );
  refused("shape-mismatch", listed([3], [0, 1, 2], "int32"));
  refused("shape-mismatch", listed([4, 1], [0, 1, 2, 0], "int32"));
  refused("dtype-mismatch", listed([4], [0, 1, 2, 0]));
  refused("bad-argument", LABELS, { type: "softmaxCrossEntropy", classWeights: [1, 2] });
});

test("a misspelt loss or field is reported with the correct one", () => {
  const refused = (code: string, values: Record<string, unknown>, config: unknown) =>
    assert.throws(
      () => resolveLoss(config as LossInput),
      (error: unknown) =>
        error instanceof GradusError &&
        error.code === code &&
        Object.entries(values).every(([name, value]) => error.values[name] === value),
    );
  refused("unknown-field", { field: "softmaxCrossEntropie" }, "softmaxCrossEntropie");
  refused(
    "unknown-field",
    { field: "labelSmothing", suggestion: "labelSmoothing" },
    { type: "softmaxCrossEntropy", labelSmothing: 0.1 },
  );
  refused("bad-argument", { field: "labelSmoothing" }, { type: "softmaxCrossEntropy", labelSmoothing: 1.5 });
  refused("bad-argument", { field: "delta" }, { type: "huber", delta: 0 });
  refused("unknown-field", {}, {});
  assert.deepEqual(resolveLoss("huber"), { type: "huber", delta: 1, reduction: "mean" });
});

test("the penalty counts weights, not biases", () => {
  const parameters = {
    "0": { weight: literal(listed([2, 2], [1, -2, 3, 0])), bias: literal(listed([2], [9, 9])) },
    "1": { weight: literal(listed([2], [5, 5])) },
  };
  assertNear(numbersOf(penalty(parameters, { l1: 0.1, l2: 0.01 })), [0.6 + 0.14]);
  assertNear(numbersOf(penalty(parameters, {})), [0]);
  checkGradients((w) => penalty({ w }, { l1: 0.1, l2: 0.01 }), [scattered([2, 3])], { tolerance: 1e-7 });
});

test("the innermost named layer determines the penalty", () => {
  const weight = (value: number) => ({ weight: literal(listed([1, 1], [value])) });
  const parameters = { "0": weight(1), "1": { "0": weight(2), "1": weight(3) }, "10": weight(4) };
  const of = (layers: NonNullable<RegularizerConfig["layers"]>) => numbersOf(penalty(parameters, { l2: 0.1, layers }));
  assertNear(of({ "1": {} }), [0.1 * (1 + 16)]);
  assertNear(of({ "1": { l2: 1 }, "1.0": { l1: 1 } }), [0.1 * (1 + 16) + 9 + 2]);
  assert.throws(() => of({ "2": {} }), { code: "bad-argument" });
});
