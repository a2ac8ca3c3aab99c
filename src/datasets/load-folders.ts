import { GradusError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { LoadedData } from "./from-files.ts";
import { type ImageFolderOptions, imageFolder } from "./image-folder.ts";

/** The options of `imageFolder`, and its folders. */
export interface ImageFolders extends Omit<ImageFolderOptions, "size" | "channels" | "classNames" | "onProgress"> {
  readonly train: string;
  /** Read with the classes of the training folder. */
  readonly test?: string;
  readonly size?: readonly number[];
  readonly channels?: number;
}

/** Interval between progress messages. */
const NOTIFY_MS = 2000;

/** Training and test images from folders, for experiments. Reports skipped files to `notify`.
 *  @throws GradusError as `imageFolder`, for either folder; `shape-mismatch` if the test images have another size. */
export async function loadImageFolders(
  { train, test, ...given }: ImageFolders,
  notify: (message: string) => void = () => {},
): Promise<LoadedData> {
  const read = async (path: string, more: ImageFolderOptions = {}) => {
    const options = { ...(given as ImageFolderOptions), ...more, onProgress: teller(path, notify) };
    const { dataset, skipped } = await imageFolder(path, options);
    for (const { file, reason } of skipped) notify(`${file}: skipped: ${reason}`);
    return dataset;
  };
  const trainSet = await read(train);
  if (test === undefined) return { train: trainSet };
  const { classNames = [], inputShape } = trainSet;
  const testSet = await read(test, { classNames });
  if (!sameShape(testSet.inputShape, inputShape)) {
    throw new GradusError(
      "shape-mismatch",
      `${test}: images of ${formatShape(testSet.inputShape)}, but those of ${train} are ${formatShape(inputShape)}. ` +
        "Give size: [height, width] to resize all.",
      { test, got: testSet.inputShape, expected: inputShape },
    );
  }
  return { train: trainSet, test: testSet };
}

function teller(path: string, notify: (message: string) => void): (done: number, total: number) => void {
  let notifiedAt = performance.now();
  return (done, total) => {
    if (performance.now() - notifiedAt < NOTIFY_MS) return;
    notifiedAt = performance.now();
    notify(`${path}: ${done} of ${total} images read`);
  };
}
