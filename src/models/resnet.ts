import { requireArgument } from "../core/errors.ts";
import { COUNT, checkOptions, type Fields } from "../core/fields.ts";
import { batchNorm, conv2d, globalAvgPool, linear, relu, skip } from "../nn/construct.ts";
import type { LayerInput } from "../nn/layers.ts";
import type { ModelInput } from "../nn/model.ts";

export interface ResnetOptions {
  /** weighted layers on the longest path, 6 n + 2: 8, 14, 20, 32, 44, 56, 110. Default 20 */
  readonly depth?: number;
  /** Default 10. */
  readonly classes?: number;
  /** channels of the images. Default 3 */
  readonly channels?: number;
  /** height and width of the images; each of two stages halves them. Default 32 */
  readonly size?: number;
  /** filters of the first stage; each further stage has twice as many. Default 16 */
  readonly width?: number;
}

/** The 3x3 convolution of a residual network, without bias because batch norm has one. */
function convolution(filters: number, stride = 1): readonly LayerInput[] {
  // one row on each side: with stride 2 and an even image, `same` would put both rows after it
  return [conv2d(filters, 3, { stride, padding: 1, bias: false }), batchNorm()];
}

/** relu(x + f(x)), f two convolutions; if a block changes the size, x goes through a 1x1 convolution with batch norm. */
function residual(filters: number, stride: number): readonly LayerInput[] {
  return [
    skip([...convolution(filters, stride), relu(), ...convolution(filters)], {
      projection: true,
      projectionNorm: true,
    }),
    relu(),
  ];
}

const FIELDS: Fields<ResnetOptions> = {
  depth: COUNT,
  classes: COUNT,
  channels: COUNT,
  size: COUNT,
  width: COUNT,
};

/** The residual network for small images (CIFAR): a convolution, three stages of n blocks with 16, 32 and 64 filters (the
 *  second and third begin with stride 2), global average pooling, linear.
 *    block: y = relu(short(x) + norm(conv(relu(norm(conv(x))))))
 *  Shapes: (N, channels, size, size) -> (N, classes), logits. ResNet-20 has 272,474 parameters: the shortcuts that change the size
 *  are projections (the paper's option B), not padded copies.
 *  @throws `bad-argument` for a depth that is not 6 n + 2.
 *  Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016, section 4.2. */
export function resnet(options: ResnetOptions = {}): ModelInput {
  checkOptions<ResnetOptions>("resnet", options, FIELDS);
  const { depth = 20, classes = 10, channels = 3, size = 32, width = 16 } = options;
  const blocks = (depth - 2) / 6;
  requireArgument(
    Number.isInteger(blocks) && blocks >= 1,
    `resnet: depth must be 6 n + 2, such as 8, 20 or 32, got ${depth}.`,
    { depth },
  );
  const stages = [0, 1, 2].flatMap((stage) =>
    Array.from({ length: blocks }, (_, index) => residual(width * 2 ** stage, stage > 0 && index === 0 ? 2 : 1)).flat(),
  );
  return {
    inputShape: [channels, size, size],
    layers: [...convolution(width), relu(), ...stages, globalAvgPool(), linear(classes)],
  };
}
