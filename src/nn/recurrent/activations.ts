import type { Tensor } from "../../tensor/tensor.ts";
import { hardSigmoid, sigmoid, softsign, tanh } from "../activations/sigmoids.ts";
import { choiceField, type Field } from "../fields.ts";
import type { CellActivation } from "./cell-activation.ts";

export type { CellActivation } from "./cell-activation.ts";

export const CELL_ACTIVATIONS: { readonly [A in CellActivation]: (x: Tensor) => Tensor } = {
  tanh,
  relu: (x) => x.relu(),
  sigmoid,
  hardSigmoid: (x) => hardSigmoid(x),
  softsign,
  identity: (x) => x,
};

export function cellActivationField(fallback: CellActivation): Field<CellActivation> {
  return choiceField(Object.keys(CELL_ACTIVATIONS) as CellActivation[], fallback);
}
