import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import type { MultiHeadAttentionConfig } from "../../src/nn/attention/multi-head-attention.ts";
import type { Resolved } from "../../src/nn/fields.ts";
import type { LayerInfo } from "../../src/nn/model.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import type { LayerScope } from "./layer-scope.ts";
import { transposed } from "./transposed.ts";

/** Added to the scores of later steps: their exponential is 0. */
const HIDDEN = -1e30;

/** Self-attention as exporters write it: products, a mask that is added, a softmax.
 *  @throws GradusError `bad-argument` if padding is masked, or there are no biases. */
export function exportAttention(layer: LayerInfo, x: string, { graph, arrays }: LayerScope): string {
  const { heads, causal, mask, bias } = layer.config as Resolved<MultiHeadAttentionConfig>;
  if (mask !== undefined || !bias)
    throw new GradusError(
      "bad-argument",
      "attention with a mask of padding or without biases has no form in ONNX here.",
    );
  const [steps, features] = layer.inputShape as readonly [number, number];
  const size = features / heads;
  const project = (value: string, name: "input" | "output") => {
    const weight = transposed(arrays[`${name}Weight`] as HostArray);
    const { shape, data } = arrays[`${name}Bias`] as HostArray;
    const product = graph.add("MatMul", [value, graph.constant(weight.shape, weight.data)]);
    return graph.add("Add", [product, graph.constant(shape, data)]);
  };
  const thirds = graph.addParts("Split", [project(x, "input")], 3, { axis: { int: 2 }, num_outputs: { int: 3 } });
  // (N, T, H, D) -> (N, H, T, D), the keys (N, H, D, T)
  const orders = [
    [0, 2, 1, 3],
    [0, 2, 3, 1],
    [0, 2, 1, 3],
  ];
  const [q, k, v] = thirds.map((third, which) => {
    const parted = graph.add("Reshape", [third, graph.integers([0, steps, heads, size])]);
    return graph.add("Transpose", [parted], { perm: { ints: orders[which] as number[] } });
  }) as [string, string, string];
  const scores = graph.add("Mul", [graph.add("MatMul", [q, k]), graph.constant([], [1 / Math.sqrt(size)])]);
  const visible = causal ? graph.add("Add", [scores, maskOf(graph, steps)]) : scores;
  const weights = graph.add("Softmax", [visible], { axis: { int: 3 } });
  const mean = graph.add("Transpose", [graph.add("MatMul", [weights, v])], { perm: { ints: [0, 2, 1, 3] } });
  return project(graph.add("Reshape", [mean, graph.integers([0, steps, features])]), "output");
}

/** (1, 1, T of the query, T of the key): 0 for a step and those before it. */
function maskOf(graph: GraphBuilder, steps: number): string {
  const values = Array.from({ length: steps * steps }, (_, at) => (at % steps <= Math.floor(at / steps) ? 0 : HIDDEN));
  return graph.constant([1, 1, steps, steps], values);
}
