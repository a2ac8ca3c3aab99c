import type { Tensor } from "../../tensor/tensor.ts";

// Users see channels first, as in PyTorch; windows slide over channels-last arrays. Pairs of these permutations between
// neighbouring layers cancel when a step is compiled.

/** The axes after the first two: those of an image (N, C, ...S) or a kernel (O, I, ...K). */
function spatialAxes(rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, index) => index + 2);
}

/** (N, C, ...S) -> (N, ...S, C) */
export function channelsLast(x: Tensor): Tensor {
  return x.transpose([0, ...spatialAxes(x.rank), 1]);
}

/** (N, ...S, C) -> (N, C, ...S) */
export function channelsFirst(x: Tensor): Tensor {
  return x.transpose([0, x.rank - 1, ...spatialAxes(x.rank).map((axis) => axis - 1)]);
}

/** (O, I, ...K) -> (...K, I, O) */
export function kernelFirst(weight: Tensor): Tensor {
  return weight.transpose([...spatialAxes(weight.rank), 1, 0]);
}
