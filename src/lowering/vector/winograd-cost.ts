import type { Target } from "../../codegen/program.ts";
import type { ConvKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";
import { geometryOfKernel } from "./conv-plan.ts";
import { planBlock, planWeightBlock, type TileBlock } from "./winograd-plan.ts";
import { PLANES } from "./winograd-transform.ts";

/** Costs in cycles of a core that starts two multiply-adds of vectors in each. Measured on Zen 5, with 256 and with 512 bits; they are
 *  ratios of counts of instructions, and hold elsewhere as long as the multiply-adds of a cycle do. */
const MULTIPLY_ADD = 0.5;
/** a product of planes loses this against a direct convolution's, to more loads and to the ends of short sums */
const PLANES_FACTOR = 1.05;
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

/** Is Winograd's algorithm faster than a direct convolution with this 3 x 3 window? The choice depends on the sizes and the target alone,
 *  never on the number of threads: it changes the last digits. */
export function isWinogradFaster(kernel: ConvKernel, target: Target): boolean {
  const geometry = geometryOfKernel(kernel);
  const { batch, outputRows, outputColumns, channels, units } = geometry;
  const vectors = (count: number) => Math.ceil(count / target.lanes);
  const pairs = channels * vectors(units);
  const direct = batch * outputRows * outputColumns * 9 * pairs * MULTIPLY_ADD;
  const products = PLANES * pairs * MULTIPLY_ADD * PLANES_FACTOR;
  const ofBlocks = (block: TileBlock) => {
    const groups = Math.ceil(batch / block.images) * Math.ceil(block.tileRows / block.rows);
    return { groups, tiles: batch * block.tileRows * block.tileColumns };
  };
  if (kernel.kind === "conv") {
    const { groups, tiles } = ofBlocks(planBlock(geometry, target).block);
    const perTile = products + INPUT * vectors(channels) + OUTPUT * vectors(units);
    return (tiles * perTile + groups * PLANES * pairs * WEIGHT + pairs * TRANSFORM) * LEAST_GAIN < direct;
  }
  const { parts = 1 } = (kernel.node as Node<"convWeight">).attributes;
  const { block, chunk } = planWeightBlock(geometry, parts);
  const { groups, tiles } = ofBlocks(block);
  const gradients = (GRADIENT * vectors(units) * channels) / chunk;
  const perTile = products + INPUT * vectors(channels) + gradients;
  return (tiles * perTile + groups * PLANES * pairs * SUM + parts * pairs * FINISH) * LEAST_GAIN < direct;
}
