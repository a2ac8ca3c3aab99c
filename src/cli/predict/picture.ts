import { GradusError } from "../../core/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { type Dataset, datasetFromParts } from "../../data/dataset.ts";
import { resize } from "../../data/images/resize.ts";
import { readImage } from "../../files/image.ts";
import { pixelLimit } from "../../files/limits.ts";

/** One PNG or JPEG file as a data set of one sample, converted to the size and the channels of the network as `imageFolder` does.
 *  @param inputShape (channels, height, width) of the network.
 *  @throws GradusError `shape-mismatch` if the network does not take pictures; `limit-exceeded` if it takes pictures with more pixels than
 *  the limit; and the errors of `readImage`. */
export async function loadPicture(file: string, inputShape: Shape): Promise<Dataset> {
  const [channels, height, width] = inputShape;
  if (inputShape.length !== 3 || !(channels === 1 || channels === 3) || height === undefined || width === undefined) {
    throw new GradusError(
      "shape-mismatch",
      `predict: ${file} is a picture, but the network takes ${formatShape(inputShape)}, not (1 or 3, height, width).`,
      { file, inputShape },
    );
  }
  const most = pixelLimit();
  if (height * width > most) {
    throw new GradusError(
      "limit-exceeded",
      `predict: the network takes pictures of ${height} x ${width} = ${height * width} pixels, more than the limit of ${most}. Set GRADUS_MAX_PIXELS to raise the limit if there is enough memory.`,
      { file, inputShape, limit: most },
    );
  }
  const inputs = resize(await readImage(file, channels), height, width);
  return datasetFromParts({
    name: file,
    inputShape,
    targetShape: [],
    storage: { inputs, targets: Float32Array.of(0) },
    transform: { center: 0, divisor: 255 },
  });
}
