import { makeNode } from "../../src/graph/build.ts";
import { concat } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { Draw, Maker } from "./draw.ts";

/** A small array as (N, T, F), and all that attention over it needs. */
const onSteps =
  (make: (qkv: Tensor, x: Tensor, draw: Draw, visible: readonly Tensor[]) => Tensor): Maker =>
  (a, draw) => {
    if (a.rank < 2 || a.size >= 2000 || a.shape.includes(0)) return undefined;
    const steps = a.shape.at(-2) as number;
    const x = a.reshape([-1, steps, a.shape.at(-1) as number]).tanh();
    // one draw for both, so that what follows is the same for either
    const isHidden = draw.chance(0.3);
    const visible = x.slice(2, 0, 1).reshape([-1, steps]).greater(-0.3).cast("float32");
    return make(concat([x, x.mul(0.7), x.mul(-0.4)], 2), x, draw, isHidden ? [visible] : []);
  };

const attributesOf = (x: Tensor, draw: Draw) => {
  const features = x.shape.at(-1) as number;
  const heads = draw.pick([1, 2, 3].filter((count) => features % count === 0));
  return { heads, causal: draw.chance(0.5) };
};

/** Attention and its gradient. */
export const ATTENTION_MAKERS: readonly Maker[] = [
  onSteps((qkv, x, draw, visible) => {
    const inputs = [qkv, ...visible].map(({ node }) => node);
    return new Tensor(makeNode("attention", inputs, attributesOf(x, draw)));
  }),
  onSteps((qkv, x, draw, visible) => {
    const inputs = [qkv, x.mul(0.5), ...visible].map(({ node }) => node);
    return new Tensor(makeNode("attentionGrad", inputs, attributesOf(x, draw))).clip(-4, 4);
  }),
];
