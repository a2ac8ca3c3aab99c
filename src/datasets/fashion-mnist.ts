import { pathKind } from "../files/folders.ts";
import { type IdxSource, type ImageOptions, loadImages, type TrainAndTest } from "./idx-source.ts";

/** Folder of the files in Debian's package. */
const DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist";

export const fashionMnistSource: IdxSource = {
  name: "fashion-mnist",
  title: "Fashion-MNIST",
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  files: {
    trainImages: {
      name: "train-images-idx3-ubyte",
      sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    },
    trainLabels: {
      name: "train-labels-idx1-ubyte",
      sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    },
    testImages: {
      name: "t10k-images-idx3-ubyte",
      sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    },
    testLabels: {
      name: "t10k-labels-idx1-ubyte",
      sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
  },
  installed: {
    title: "the Debian package dataset-fashion-mnist",
    folder: () => (pathKind(DEBIAN_FOLDER) === "folder" ? DEBIAN_FOLDER : undefined),
  },
  install: "apt-get install dataset-fashion-mnist",
  addresses: [
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  ],
};

/** Fashion-MNIST: 60,000 and 10,000 images of clothes, 28 x 28, values in [0, 1], ten classes. Harder than MNIST, in the same format.
 *  Inputs (784,), or (1, 28, 28) with `layout: "image"`.
 *  @throws GradusError `file-not-found` with every location that was searched.
 *  Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017. */
export function loadFashionMnist(options: ImageOptions = {}): Promise<TrainAndTest> {
  return loadImages(fashionMnistSource, options);
}
