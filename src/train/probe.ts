import type { Tree } from "../core/tree.ts";
import type { Model } from "../nn/model.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a step computes, as tensors: what a probe may measure. */
export interface StepTrace {
  readonly model: Model;
  /** Before the update. */
  readonly parameters: Tree<Tensor>;
  /** Before clipping, in the parameters' structure. */
  readonly gradient: Tree<Tensor>;
  /** What the step adds to the parameters. */
  readonly updates: Tree<Tensor>;
  /** (N, …outputShape) of every layer, by path, in the order of computing. */
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** Measures some of the steps of a run. Its numbers are computed inside the step, in a program of its own that only runs when one is
 *  due, so that all other steps cost what they cost without it. It changes nothing that the step computes. */
export interface StepProbe {
  /** Is the next step to be measured? @param step steps done so far, 0 before the first. */
  readonly isDue: (step: number) => boolean;
  /** Called while the step is traced. Scalars, by any names. */
  readonly measure: (trace: StepTrace) => Readonly<Record<string, Tensor>>;
}
