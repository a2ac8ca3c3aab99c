import type { HostArray } from "gradus";
import type { Filters } from "./protocol.ts";

const MOST = 16;

/** The first layer's weights as pictures, the mean over the input's channels: kernels (O, C, K, K), or rows (U, C H W) of a dense layer on
 *  pictures (C, H, W). */
export function filtersOf({ shape, data }: HostArray, inputShape: readonly number[]): Filters | undefined {
  const [channels = 1, inputHeight = 1, inputWidth = 1] = inputShape;
  const [units = 0] = shape;
  const isKernel = shape.length === 4;
  if (!isKernel && shape[1] !== channels * inputHeight * inputWidth) return undefined;
  const [height, width] = isKernel ? [shape[2] as number, shape[3] as number] : [inputHeight, inputWidth];
  const size = height * width;
  const count = Math.min(MOST, units);
  const values = new Float32Array(count * size);
  for (let unit = 0; unit < count; unit++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (unit * channels + channel) * size;
      for (let pixel = 0; pixel < size; pixel++) {
        const at = unit * size + pixel;
        values[at] = (values[at] as number) + (data[from + pixel] as number) / channels;
      }
    }
  }
  return { values, count, height, width };
}
