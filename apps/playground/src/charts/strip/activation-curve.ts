import type { ActivationName } from "../../config/config.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The functions' shapes, for pictures. */
const FUNCTIONS: Readonly<Record<ActivationName, (x: number) => number>> = {
  identity: (x) => x,
  sigmoid: (x) => 2 * sigmoid(2 * x) - 1,
  tanh: (x) => 1.4 * Math.tanh(1.4 * x),
  relu: (x) => Math.max(0, x),
  leakyRelu: (x) => Math.max(0.15 * x, x),
  prelu: (x) => Math.max(0.3 * x, x),
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  selu: (x) => 1.05 * (x > 0 ? x : 1.67 * (Math.exp(x) - 1)),
  gelu: (x) => x * sigmoid(1.7 * x),
  silu: (x) => x * sigmoid(x),
  softplus: (x) => Math.log1p(Math.exp(2 * x)) / 2,
  softsign: (x) => (1.6 * x) / (1 + Math.abs(x)),
};

const SAMPLES = 17;
const REACH = 2;

/** The graph of an activation in a box, as an SVG path. Sizes in pixels. */
export function activationPath(name: ActivationName, left: number, top: number, width: number, height: number): string {
  const apply = FUNCTIONS[name];
  const points = Array.from({ length: SAMPLES }, (_, index) => {
    const share = index / (SAMPLES - 1);
    const y = Math.max(-REACH, Math.min(REACH, apply((2 * share - 1) * REACH)));
    return `${(left + share * width).toFixed(1)},${(top + (0.5 - y / (2 * REACH)) * height).toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}
