import { COUNT, checkOptions, DECAY, type Fields, listOf } from "../core/fields.ts";
import { batchNorm, conv2d, dropout, flatten, linear, maxPool2d, relu } from "../nn/construct.ts";
import type { ModelInput } from "../nn/model.ts";

export interface VggOptions {
  /** Default 10. */
  readonly classes?: number;
  /** channels of the images. Default 3 */
  readonly channels?: number;
  /** height and width of the images; every stage halves them. Default 32 */
  readonly size?: number;
  /** filters of the convolutions, stage by stage. Default [[32, 32], [64, 64], [128, 128]] */
  readonly stages?: readonly (readonly number[])[];
  /** units of the linear layer before the last. Default 256 */
  readonly hidden?: number;
  /** rate on the flat features and on the hidden units, in [0, 1). Default 0.5 */
  readonly dropout?: number;
}

const FIELDS: Fields<VggOptions> = {
  classes: COUNT,
  channels: COUNT,
  size: COUNT,
  stages: listOf(listOf(COUNT)),
  hidden: COUNT,
  dropout: DECAY,
};

/** A VGG-style network, small enough for images of 32 x 32: stages of 3x3 convolutions, each with batch norm and ReLU. Each stage ends
 *  with max pooling, which halves the image.
 *  Shapes: (N, channels, size, size) -> (N, classes), logits.
 *  Source: Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015; batch norm: Ioffe &
 *  Szegedy, 2015. */
export function vgg(options: VggOptions = {}): ModelInput {
  checkOptions<VggOptions>("vgg", options, FIELDS);
  const {
    classes = 10,
    channels = 3,
    size = 32,
    stages = [
      [32, 32],
      [64, 64],
      [128, 128],
    ],
    hidden = 256,
    dropout: rate = 0.5,
  } = options;
  const dropped = rate > 0 ? [dropout(rate)] : [];
  const convolutions = stages.flatMap((stage) => [
    // no bias because batch norm has one
    ...stage.flatMap((filters) => [conv2d(filters, 3, { padding: "same", bias: false }), batchNorm(), relu()]),
    maxPool2d(2),
  ]);
  return {
    inputShape: [channels, size, size],
    layers: [...convolutions, flatten(), ...dropped, linear(hidden), relu(), ...dropped, linear(classes)],
  };
}
