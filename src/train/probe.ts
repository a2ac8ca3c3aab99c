import type { Tree } from "../core/tree.ts";
import type { Model } from "../nn/model.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The tensors of a step that a probe may measure. */
export interface StepTrace {
  readonly model: Model;
  /** Before the update. */
  readonly parameters: Tree<Tensor>;
  /** Before clipping, in the parameters' structure. */
  readonly gradient: Tree<Tensor>;
  /** The change that the step adds to the parameters. */
  readonly updates: Tree<Tensor>;
  /** (N, …outputShape) of every layer, by path, in order of computation. */
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** Measures some steps of a run. Its numbers are computed from the step's own tensors in a separate program, which runs before the step and
 *  only when a measurement is due: the other steps cost nothing extra, and no bit of the results depends on what is measured. */
export interface StepProbe {
  /** Whether to measure the next step. @param step steps done so far, 0 before the first. */
  readonly isDue: (step: number) => boolean;
  /** Called while the step is traced. Returns scalars under any names. */
  readonly measure: (trace: StepTrace) => Readonly<Record<string, Tensor>>;
}
