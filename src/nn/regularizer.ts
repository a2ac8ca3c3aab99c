import { requireArgument } from "../core/errors.ts";
import { objectSchema } from "../core/field-schema.ts";
import { checkOptions, type Fields, NOT_NEGATIVE, recordField } from "../core/fields.ts";
import type { Tree } from "../core/tree.ts";
import { treeLeaves } from "../core/tree.ts";
import { type Tensor, toTensor } from "../tensor/tensor.ts";

/** Strengths of the two penalties on the size of weights; 0 or absent means no penalty. */
export interface PenaltyStrengths {
  readonly l1?: number;
  readonly l2?: number;
}

export interface RegularizerConfig extends PenaltyStrengths {
  /** Strengths for single layers, by path: `{ "l2": 0.001, "layers": { "4": {} } }` exempts layer 4 and its inner layers. */
  readonly layers?: Readonly<Record<string, PenaltyStrengths>>;
}

const STRENGTHS: Fields<PenaltyStrengths> = { l1: NOT_NEGATIVE, l2: NOT_NEGATIVE };
export const REGULARIZER_FIELDS: Fields<RegularizerConfig> = {
  ...STRENGTHS,
  layers: recordField('penalties by layer: { "4": { l2: 0.001 } }', {
    type: "object",
    additionalProperties: objectSchema(STRENGTHS),
  }),
};

/** @throws `unknown-field` for an unknown field, `bad-argument` for a strength below 0. */
export function checkRegularizer(config: RegularizerConfig): void {
  checkOptions<RegularizerConfig>("regularizer", config, REGULARIZER_FIELDS);
  for (const [layer, strengths] of Object.entries(config.layers ?? {})) {
    checkOptions<PenaltyStrengths>(`regularizer, layers.${layer}`, strengths, STRENGTHS);
  }
}

/** The term added to a loss to keep weights small.
 *    l1 * sum |w| + l2 * sum w^2       over all weights of rank 2 or more, so not over biases and scales
 *  Plain sums, without a factor of 1/2 and without division by the batch.
 *  @returns a scalar.
 *  @throws `bad-argument` for a path in `layers` without a weight; as `checkRegularizer`.
 *  Source: Tikhonov 1963 (L2); Tibshirani, "Regression Shrinkage and Selection via the Lasso", 1996 (L1). */
export function penalty(parameters: Tree<Tensor>, config: RegularizerConfig): Tensor {
  checkRegularizer(config);
  const { layers = {}, ...common } = config;
  const weights = treeLeaves(parameters).filter(({ leaf }) => leaf.rank >= 2);
  const isIn = (path: string, layer: string): boolean => path.startsWith(`${layer}.`);
  for (const layer of Object.keys(layers)) {
    requireArgument(
      weights.some(({ path }) => isIn(path, layer)),
      `regularizer: there is no weight in a layer ${layer}. Weights are ${weights.map(({ path }) => path).join(", ")}.`,
      { layer },
    );
  }
  // of nested layers, the innermost with its own strengths
  const named = Object.keys(layers).sort((a, b) => b.length - a.length);
  const parts = weights.flatMap(({ path, leaf }) => {
    const own = named.find((layer) => isIn(path, layer));
    const { l1 = 0, l2 = 0 } = own === undefined ? common : (layers[own] as PenaltyStrengths);
    return [...(l1 === 0 ? [] : [leaf.abs().sum().mul(l1)]), ...(l2 === 0 ? [] : [leaf.square().sum().mul(l2)])];
  });
  return parts.reduce((sum, part) => sum.add(part), toTensor(0));
}
