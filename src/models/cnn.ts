import { COUNT, checkOptions, DECAY, type Fields, field, listOf } from "../core/fields.ts";
import { batchNorm, conv2d, dropout, flatten, linear, maxPool2d, relu } from "../nn/construct.ts";
import type { ModelInput } from "../nn/model.ts";

export interface CnnOptions {
  /** Default 10. */
  readonly classes?: number;
  /** channels of the images. Default 1 */
  readonly channels?: number;
  /** height and width of the images; each of two poolings halves them. Default 28 */
  readonly size?: number;
  /** filters of the two convolutions. Default [32, 64] */
  readonly filters?: readonly [number, number];
  /** rate on the flat features, in [0, 1). Default 0.4 */
  readonly dropout?: number;
  /** units of the linear layer before the last. Default 128 */
  readonly hidden?: number;
}

const FIELDS: Fields<CnnOptions> = {
  classes: COUNT,
  channels: COUNT,
  size: COUNT,
  filters: field(
    "two whole numbers of 1 or more",
    (value) => listOf(COUNT).accepts(value) && (value as number[]).length === 2,
  ),
  dropout: DECAY,
  hidden: COUNT,
};

/** A small LeNet-style convolutional network for small images.
 *    2 x (conv 3x3, 32 then 64 filters - batch norm - ReLU - max pool 2) - dropout - linear 128 - ReLU - linear classes
 *  Shapes: (N, channels, size, size) -> (N, classes), logits. 421,834 parameters with the defaults.
 *  Source: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998. */
export function cnn32x64(options: CnnOptions = {}): ModelInput {
  checkOptions<CnnOptions>("cnn32x64", options, FIELDS);
  const { classes = 10, channels = 1, size = 28, dropout: rate = 0.4, hidden = 128 } = options;
  const { filters: [first, second] = [32, 64] } = options;
  const stage = (filters: number) => [conv2d(filters, 3, { padding: "same" }), batchNorm(), relu(), maxPool2d(2)];
  return {
    inputShape: [channels, size, size],
    layers: [
      ...stage(first),
      ...stage(second),
      flatten(),
      ...(rate > 0 ? [dropout(rate)] : []),
      linear(hidden),
      relu(),
      linear(classes),
    ],
  };
}
