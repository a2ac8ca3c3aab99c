import type { Target } from "../../codegen/program.ts";
import type { ConvKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";
import { type ConvGeometry, geometryOfKernel } from "./conv-plan.ts";
import { planBlock, planWeightBlock, type TileBlock } from "./winograd-plan.ts";
import { PLANES } from "./winograd-transform.ts";

/** Costs in cycles of a core that starts two multiply-adds of vectors in each. Measured on Zen 5, with 256 and with 512 bits; they are
 *  ratios of counts of instructions, and hold elsewhere as long as the multiply-adds of a cycle do. */
const MULTIPLY_ADD = 0.5;
/** the products of all planes; they lose a little against a direct convolution's, to more loads and to the ends of short sums */
const PRODUCTS = PLANES * MULTIPLY_ADD * 1.05;
/** a vector of channels: transforming the input or the gradient of one tile, storing the products of one tile and transforming them */
const INPUT = 40;
const GRADIENT = 30;
const OUTPUT = 40;
/** reading a vector of transformed weights from a farther cache, for all tiles of a block; adding up a vector of sums */
const WEIGHT = 1.5;
const SUM = 2;
/** transforming the weights, a vector of outputs for each input channel */
const TRANSFORM = 150;
/** clearing the sums of a vector of weights of all planes, and transforming them back */
const FINISH = 56;

/** Winograd's algorithm must be at least so many times as fast: it rounds more often. */
const LEAST_GAIN = 1.1;

/** The choice for a convolution is made for this many images, whatever the batch: predictions have the same bits in batches of any size. */
const IMAGES = 16;

/** Is Winograd's algorithm faster than a direct convolution with this 3 x 3 window? The choice depends on the sizes and the target alone,
 *  never on the number of threads, and forwards not on the batch: it changes the last digits. */
export function isWinogradFaster(kernel: ConvKernel, target: Target): boolean {
  const geometry = geometryOfKernel(kernel);
  return kernel.kind === "conv"
    ? isForwardFaster({ ...geometry, batch: IMAGES }, target)
    : isWeightFaster(geometry, (kernel.node as Node<"convWeight">).attributes.parts ?? 1, target);
}

function isForwardFaster(geometry: ConvGeometry, target: Target): boolean {
  const { pairs, inputs, outputs } = vectorsOf(geometry, target);
  const { groups, tiles } = countsOf(geometry, planBlock(geometry, target).block);
  const perTile = PRODUCTS * pairs + INPUT * inputs + OUTPUT * outputs;
  const cost = tiles * perTile + groups * PLANES * pairs * WEIGHT + pairs * TRANSFORM;
  return cost * LEAST_GAIN < directCost(geometry, pairs);
}

function isWeightFaster(geometry: ConvGeometry, parts: number, target: Target): boolean {
  const { pairs, inputs, outputs } = vectorsOf(geometry, target);
  const { block, chunk } = planWeightBlock(geometry, parts);
  const { groups, tiles } = countsOf(geometry, block);
  // the gradient is transformed for every range of channels
  const perTile = PRODUCTS * pairs + INPUT * inputs + (GRADIENT * outputs * geometry.channels) / chunk;
  const cost = tiles * perTile + groups * PLANES * pairs * SUM + parts * pairs * FINISH;
  return cost * LEAST_GAIN < directCost(geometry, pairs);
}

/** Vectors of input channels and of output channels, and pairs of an input channel and a vector of outputs. */
function vectorsOf({ channels, units }: ConvGeometry, { lanes }: Target) {
  const outputs = Math.ceil(units / lanes);
  return { inputs: Math.ceil(channels / lanes), outputs, pairs: channels * outputs };
}

/** Blocks of tiles, and tiles. */
function countsOf({ batch }: ConvGeometry, { images, rows, tileRows, tileColumns }: TileBlock) {
  return {
    groups: Math.ceil(batch / images) * Math.ceil(tileRows / rows),
    tiles: batch * tileRows * tileColumns,
  };
}

function directCost({ batch, outputRows, outputColumns }: ConvGeometry, pairs: number): number {
  return batch * outputRows * outputColumns * 9 * pairs * MULTIPLY_ADD;
}
