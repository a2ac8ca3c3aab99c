import { GradusError } from "../../core/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { type Dataset, datasetFromParts } from "../../data/dataset.ts";
import { resize } from "../../data/images/resize.ts";
import { readImage } from "../../files/image.ts";
import { pixelLimit } from "../../files/limits.ts";

/** One PNG or JPEG file as a data set of one sample, brought to the size and the colours that a network takes: as `imageFolder` does.
 *  @param inputShape (channels, height, width) of the network.
 *  @throws GradusError `shape-mismatch` where the network takes no pictures; `limit-exceeded` where it takes some of more pixels than may be
 *  read; and as `readImage`. */
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
      `predict: the network takes pictures of ${height} x ${width} = ${height * width} pixels, more than ${most}. Set GRADUS_MAX_PIXELS if there is memory for it.`,
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
