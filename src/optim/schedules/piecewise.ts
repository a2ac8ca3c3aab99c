import { GradusError } from "../../core/errors.ts";
import { COUNT_OR_ZERO, checkOptions, type Fields, listOf, POSITIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface PiecewiseOptions extends CountedOptions {
  /** times of the changes, in increasing order */
  readonly boundaries: readonly number[];
  /** learning rates, one more than the boundaries */
  readonly values: readonly number[];
}

export const PIECEWISE_CHECKS: Fields<PiecewiseOptions> = {
  boundaries: required(listOf(COUNT_OR_ZERO)),
  values: required(listOf(POSITIVE)),
  unit: UNIT_CHECK,
};

/** lr(t) = values[boundaries at or before t]: a boundary of 5 changes the rate AT step 5 (Keras changes it at 6). The base rate
 *  is not used.
 *  @throws `bad-argument` unless the boundaries rise and there is one value more than boundaries. */
export function piecewiseSchedule(options: PiecewiseOptions): Schedule {
  checkOptions("schedule piecewise", options, PIECEWISE_CHECKS);
  const { boundaries, values } = options;
  const rises = boundaries.every((boundary, index) => index === 0 || boundary > (boundaries[index - 1] as number));
  if (!rises || values.length !== boundaries.length + 1) {
    throw new GradusError(
      "bad-argument",
      `schedule piecewise: boundaries must rise, with one value more than boundaries; got boundaries [${boundaries}] and ${values.length} values.`,
      { boundaries, values },
    );
  }
  return pureSchedule(options.unit, (t) => values[boundaries.filter((boundary) => boundary <= t).length] as number);
}
