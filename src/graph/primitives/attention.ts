import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { AttentionAttributes, Node } from "../node.ts";
import type { Primitive } from "./primitive.ts";

// N samples, T steps, F features, H heads, D = F / H features of a head

/** @throws `shape-mismatch` if the arrays do not fit each other or the heads. */
function checkShapes(where: string, qkv: Node, visible: Node | undefined, { heads }: AttentionAttributes): void {
  for (const input of visible ? [qkv, visible] : [qkv]) requireDType(where, input, "float32");
  const { shape } = qkv;
  if (shape.length !== 3 || (shape[2] as number) % (3 * heads) !== 0) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: expected queries, keys and values (N, T, 3 F) of ${heads} heads, got ${formatShape(shape)}.`,
      { shape, heads },
    );
  }
  requireShape(where, "the steps that are visible", visible?.shape ?? shape.slice(0, 2), shape.slice(0, 2));
}

function requireShape(where: string, what: string, shape: Shape, expected: Shape): void {
  if (sameShape(shape, expected)) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: expected ${what} with shape ${formatShape(expected)}, got ${formatShape(shape)}.`,
    { expected, got: shape },
  );
}

function requireInputs(where: string, inputs: readonly unknown[], least: number): void {
  if (inputs.length === least || inputs.length === least + 1) return;
  throw new GradusError("bad-argument", `${where}: expected ${least} or ${least + 1} inputs, got ${inputs.length}.`, {
    got: inputs.length,
  });
}

/** Rows of one head: element i of step t. */
type Rows = (t: number, i: number) => number;

interface Head {
  readonly steps: number;
  readonly size: number;
  readonly q: Rows;
  readonly k: Rows;
  readonly v: Rows;
  /** (T, T), the weight of each step's value for each step: row t of the query, column s of the key */
  readonly weights: Float64Array;
  /** place in (N, T, H D) of element i of step t */
  readonly place: (t: number, i: number) => number;
  /** place in (N, T, 3 F) */
  readonly packed: (third: number, t: number, i: number) => number;
}

/** Visits every head of every sample, with its attention weights. */
function eachHead(
  qkv: HostArray,
  visible: HostArray | undefined,
  { heads, causal }: AttentionAttributes,
  visit: (head: Head) => void,
): void {
  const [samples, steps, width] = qkv.shape as [number, number, number];
  const features = width / 3;
  const size = features / heads;
  for (let n = 0; n < samples; n++) {
    for (let head = 0; head < heads; head++) {
      const packed = (third: number, t: number, i: number) =>
        (n * steps + t) * width + third * features + head * size + i;
      const rows =
        (third: number): Rows =>
        (t, i) =>
          qkv.data[packed(third, t, i)] as number;
      const [q, k, v] = [rows(0), rows(1), rows(2)];
      const sees = (t: number, s: number) =>
        (!causal || s <= t) && (visible === undefined || visible.data[n * steps + s] !== 0);
      const weights = new Float64Array(steps * steps);
      for (let t = 0; t < steps; t++) {
        const scores = Array.from({ length: steps }, (_, s) =>
          sees(t, s)
            ? dot(
                size,
                (i) => q(t, i),
                (i) => k(s, i),
              ) / Math.sqrt(size)
            : Number.NEGATIVE_INFINITY,
        );
        const largest = scores.reduce((a, b) => (a > b || Number.isNaN(a) ? a : b), Number.NEGATIVE_INFINITY);
        const powers = scores.map((score, s) => (sees(t, s) ? Math.exp(score - largest) : 0));
        const total = powers.reduce((a, b) => a + b, 0);
        powers.forEach((power, s) => {
          weights[t * steps + s] = total === 0 ? 0 : power / total;
        });
      }
      const place = (t: number, i: number) => (n * steps + t) * features + head * size + i;
      visit({ steps, size, q, k, v, weights, place, packed });
    }
  }
}

function dot(count: number, a: (index: number) => number, b: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += a(index) * b(index);
  return sum;
}

export const attention: Primitive<"attention"> = {
  arity: -1,
  infer(inputs, attributes) {
    requireInputs("attention", inputs, 1);
    const [qkv, visible] = inputs as [Node, Node | undefined];
    checkShapes("attention", qkv, visible, attributes);
    const [samples, steps, width] = qkv.shape as [number, number, number];
    return { shape: [samples, steps, width / 3], dtype: "float32" };
  },
  evaluate([qkv, visible], attributes, output) {
    const data = referenceStorage("float32", sizeOf(output.shape));
    eachHead(qkv as HostArray, visible, attributes, ({ steps, size, v, weights, place }) => {
      // a_t = sum over s of w_ts v_s
      for (let t = 0; t < steps; t++)
        for (let i = 0; i < size; i++)
          data[place(t, i)] = dot(
            steps,
            (s) => weights[t * steps + s] as number,
            (s) => v(s, i),
          );
    });
    return { ...output, data };
  },
};

export const attentionGrad: Primitive<"attentionGrad"> = {
  arity: -1,
  infer(inputs, attributes) {
    requireInputs("attentionGrad", inputs, 2);
    const [qkv, g, visible] = inputs as [Node, Node, Node | undefined];
    checkShapes("attentionGrad", qkv, visible, attributes);
    requireDType("attentionGrad", g, "float32");
    const [samples, steps, width] = qkv.shape as [number, number, number];
    requireShape("attentionGrad", "a gradient", g.shape, [samples, steps, width / 3]);
    return { shape: qkv.shape, dtype: "float32" };
  },
  evaluate([qkv, gradient, visible], attributes, output) {
    const data = referenceStorage("float32", sizeOf(output.shape));
    const cotangent = (gradient as HostArray).data;
    eachHead(qkv as HostArray, visible, attributes, ({ steps, size, q, k, v, weights, place, packed }) => {
      const w = (t: number, s: number) => weights[t * steps + s] as number;
      const g: Rows = (t, i) => cotangent[place(t, i)] as number;
      // dw_ts = g_t . v_s;   dscore_ts = w_ts (dw_ts - sum over r of w_tr dw_tr) / sqrt(D)
      const slopes = new Float64Array(steps * steps);
      for (let t = 0; t < steps; t++) {
        const dw = Array.from({ length: steps }, (_, s) =>
          dot(
            size,
            (i) => g(t, i),
            (i) => v(s, i),
          ),
        );
        const mean = dot(
          steps,
          (s) => w(t, s),
          (s) => dw[s] as number,
        );
        dw.forEach((slope, s) => {
          slopes[t * steps + s] = (w(t, s) * (slope - mean)) / Math.sqrt(size);
        });
      }
      const slope = (t: number, s: number) => slopes[t * steps + s] as number;
      for (let t = 0; t < steps; t++) {
        for (let i = 0; i < size; i++) {
          data[packed(0, t, i)] = dot(
            steps,
            (s) => slope(t, s),
            (s) => k(s, i),
          );
          data[packed(1, t, i)] = dot(
            steps,
            (s) => slope(s, t),
            (s) => q(s, i),
          );
          data[packed(2, t, i)] = dot(
            steps,
            (s) => w(s, t),
            (s) => g(s, i),
          );
        }
      }
    });
    return { ...output, data };
  },
};
