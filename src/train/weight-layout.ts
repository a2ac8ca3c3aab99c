import { mapTree, type Tree } from "../core/tree.ts";
import type { LayerType } from "../nn/layers.ts";
import type { LayerInfo, Model } from "../nn/model.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** An order of axes, and the one that undoes it. */
interface Turn {
  readonly there: readonly number[];
  readonly back: readonly number[];
}

/** (U, F) -> (F, U) */
const MATRIX: Turn = { there: [1, 0], back: [1, 0] };

const matrices =
  (...names: readonly string[]) =>
  (): Readonly<Record<string, Turn>> =>
    Object.fromEntries(names.map((name) => [name, MATRIX]));

/** (O, C, ...K) -> (...K, C, O). With groups, each part is read by itself. */
function kernel({ config, parameters }: LayerInfo): Readonly<Record<string, Turn>> {
  const rank = parameters.weight?.length ?? 0;
  const { groups } = config as { readonly groups?: number };
  if (groups !== 1) return {};
  const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return { weight: { there: [...spatial.map((axis) => axis + 2), 1, 0], back: [rank - 1, rank - 2, ...spatial] } };
}

/** The weights that stand on the right of a product, turned as the product reads them. */
const TURNS: { readonly [T in LayerType]?: (layer: LayerInfo) => Readonly<Record<string, Turn>> } = {
  linear: matrices("weight"),
  multiHeadAttention: matrices("inputWeight", "outputWeight"),
  rnn: matrices("inputWeight", "recurrentWeight"),
  lstm: matrices("inputWeight", "recurrentWeight"),
  gru: matrices("inputWeight", "recurrentWeight"),
  conv1d: kernel,
  conv2d: kernel,
  conv3d: kernel,
};

/** How a predictor keeps the weights of a model. A layer's own layout has outputs first, so that every product would turn its weights:
 *  for a single row that takes longer than the product. */
export interface WeightLayout {
  /** from the layers' layout to the stored one */
  store(parameters: Tree<Tensor>): Tree<Tensor>;
  /** back; within a compiled program it cancels with what the layers do */
  restore(stored: Tree<Tensor>): Tree<Tensor>;
}

export function weightLayout(model: Model): WeightLayout {
  const turns = new Map<string, Turn>();
  for (const layer of model.layers) {
    for (const [name, turn] of Object.entries(TURNS[layer.type]?.(layer) ?? {})) {
      if (name in layer.parameters) turns.set(`${layer.path}.${name}`, turn);
    }
  }
  const turned = (tree: Tree<Tensor>, way: keyof Turn) =>
    mapTree(tree, (array: Tensor, path) => {
      const turn = turns.get(path);
      return turn === undefined ? array : array.transpose(turn[way]);
    });
  return {
    store: (parameters) => turned(parameters, "there"),
    restore: (stored) => turned(stored, "back"),
  };
}
