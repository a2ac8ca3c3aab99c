import { required } from "../../../core/fields.ts";
import { type OptionFields, real } from "../../options.ts";
import { type MaybeApplied, probabilityField } from "../transform.ts";

/** Options of transforms by a random factor. */
export interface FactorConfig extends MaybeApplied {
  /** Largest distance of the factor from 1, in (0, 1]. */
  readonly maximum: number;
}

export const FACTOR_FIELDS: OptionFields = {
  maximum: required(
    real("largest distance of the factor from 1", "above 0 and at most 1", (value) => value > 0 && value <= 1),
  ),
  probability: probabilityField,
};
