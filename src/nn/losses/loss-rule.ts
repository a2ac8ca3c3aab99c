import type { Tensor } from "../../tensor/tensor.ts";
import { choiceField, type Field, type Fields, type Resolved } from "../fields.ts";

export type Reduction = "mean" | "sum" | "none";

/** Options of every loss. */
export interface LossOptions {
  /** "mean" over the batch and, for losses of single numbers, over a sample's numbers; "sum"; or "none". Default "mean" */
  readonly reduction?: Reduction;
}

export const reductionField: Field<Reduction> = choiceField(["mean", "sum", "none"], "mean");

/** A loss before it is reduced. */
export interface LossTerms {
  /** (N, …): one number per sample, or one per output */
  readonly values: Tensor;
  /** same shape: the mean is sum(values) / sum(weights); absent if all weights are 1 */
  readonly weights?: Tensor;
  /** same shape, bool: which labels count; absent if all do */
  readonly isCounted?: Tensor;
}

/** Everything the library knows about a type of loss. */
export interface LossRule<C extends { readonly type: string }> {
  readonly fields: Fields<C>;
  /** what the model's output must be */
  readonly expects: "logits" | "probabilities" | "logProbabilities" | "values";
  /** what the targets are: one of several classes, yes or no for each output, or numbers */
  readonly targets: "classes" | "binary" | "values";
  readonly terms: (config: Resolved<C>, output: Tensor, target: Tensor) => LossTerms;
  /** author, title, year */
  readonly source: string;
}
