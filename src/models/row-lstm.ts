import { COUNT, checkOptions, type Fields } from "../core/fields.ts";
import { linear, lstm } from "../nn/construct.ts";
import type { ModelInput } from "../nn/model.ts";

export interface RowLstmOptions {
  /** Default 10. */
  readonly classes?: number;
  /** time steps, the rows of the image. Default 28 */
  readonly steps?: number;
  /** numbers per step, the columns. Default 28 */
  readonly features?: number;
  /** units of the LSTM. Default 128 */
  readonly units?: number;
  /** number of stacked LSTMs. Default 1 */
  readonly layers?: number;
}

const FIELDS: Fields<RowLstmOptions> = {
  classes: COUNT,
  steps: COUNT,
  features: COUNT,
  units: COUNT,
  layers: COUNT,
};

/** An image read row by row: LSTM - last step - linear classes.
 *  Shapes: (N, steps, features) -> (N, classes), logits. 81,674 parameters with the defaults.
 *  Source: Le, Jaitly, Hinton, "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015, where images are read
 *  pixel by pixel. */
export function rowLstm(options: RowLstmOptions = {}): ModelInput {
  checkOptions<RowLstmOptions>("rowLstm", options, FIELDS);
  const { classes = 10, steps = 28, features = 28, units = 128, layers = 1 } = options;
  return { inputShape: [steps, features], layers: [lstm(units, { layers }), linear(classes)] };
}
