import { required } from "../../../core/fields.ts";
import { type OptionFields, real } from "../../options.ts";
import { type MaybeApplied, probabilityField } from "../transform.ts";

/** What transforms by a random factor are told. */
export interface FactorConfig extends MaybeApplied {
  /** Farthest from 1 that the factor lies, in (0, 1]. */
  readonly maximum: number;
}

export const FACTOR_FIELDS: OptionFields = {
  maximum: required(
    real("farthest from 1 that the factor lies", "above 0, and 1 at most", (value) => value > 0 && value <= 1),
  ),
  probability: probabilityField,
};
