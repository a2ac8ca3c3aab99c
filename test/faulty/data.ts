import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { requireArgument } from "../../src/core/errors.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import { type Dataset, datasetFromParts } from "../../src/data/dataset.ts";
import { loadMnist } from "../../src/datasets/mnist.ts";
import type { Training } from "../../src/train/training.ts";
import type { CaseLoss, CsvSource, FaultyCase, MnistSource } from "./case.ts";
import { readTable } from "./table.ts";

/** The output and loss that the targets are compared with. */
interface Use {
  readonly loss: CaseLoss;
  /** Units of the last layer that has some. */
  readonly outputs: number;
}

/** Targets as a data set stores them. */
interface Targets {
  readonly data: Int32Array | Float32Array;
  readonly shape: Shape;
  readonly classes?: number;
}

/** The samples of a case. The path of a CSV file is relative to the parent of the folder of the case. */
export async function readData({ data, path, loss, model }: FaultyCase): Promise<Training["data"]> {
  const use: Use = { loss, outputs: model.findLast(({ units }) => units !== undefined)?.units ?? 1 };
  return data.kind === "csv" ? readCsv(data, folderOf(path, data.file), use) : readMnist(data, use);
}

/** The folder of a case's data: beside the folder of cases, or beside the case itself. */
function folderOf(path: string, file: string): string {
  const own = dirname(resolve(path));
  return !existsSync(join(dirname(own), file)) && existsSync(join(own, file)) ? own : dirname(own);
}

function readCsv(source: CsvSource, folder: string, use: Use): Training["data"] {
  const table = readTable(resolve(folder, source.file));
  const width = table.inputs[0]?.length ?? 0;
  const { steps } = source;
  requireArgument(
    steps === undefined || width % steps === 0,
    `${source.file}: ${width} columns of inputs are not ${steps} steps of one width. Give steps that divide them.`,
    { width, steps },
  );
  const part = (rows: readonly number[]): Dataset => {
    const targets = rows.map((row) => table.targets[row] as readonly number[]);
    return assemble(
      source.file,
      Float32Array.from(rows.flatMap((row) => table.inputs[row] as readonly number[])),
      steps === undefined ? [width] : [steps, width / steps],
      csvTargets(targets, source, use),
    );
  };
  const train = part(table.train);
  return { train, validation: table.validation === table.train ? train : part(table.validation) };
}

function csvTargets(rows: readonly (readonly number[])[], source: CsvSource, use: Use): Targets {
  const { classes, multilabel = false, targetScale = 1 } = source;
  const width = rows[0]?.length ?? 0;
  const values = rows.flat().map((value) => value * targetScale);
  if (classes !== undefined && width === 1) return classTargets(values, classes, use);
  // a single column of zeros and ones is a class, declared or not
  const isYesOrNo = width === 1 && !multilabel && values.every((value) => value === 0 || value === 1);
  if (isYesOrNo && targetScale === 1) return classTargets(values, 2, use);
  return { data: Float32Array.from(values), shape: width === 1 ? [] : [width] };
}

/** Class indices in the form that the loss takes.
 *    one output                          the index itself: what it is compared with
 *    cross-entropy over the outputs      the index
 *    any other loss, n outputs           rows of n numbers with a one at the class, as these programs prepare them
 *  Indices that are not integers stay unchanged, so that the doctor can see them: a framework that accepts them casts them silently
 *  and then learns perfectly that 0.3 and 0.9 are class 0. */
function classTargets(values: readonly number[], classes: number, { loss, outputs }: Use): Targets {
  if (!values.every(Number.isInteger)) return { data: Float32Array.from(values), shape: [], classes };
  const chooses = loss === "categoricalCrossentropy" || loss === "sparseCategoricalCrossentropy";
  if (chooses && outputs === 1) return { data: Float32Array.from(values), shape: [1], classes };
  if (chooses || outputs !== classes || classes === 1) return { data: Int32Array.from(values), shape: [], classes };
  const rows = new Float32Array(values.length * classes);
  values.forEach((label, row) => {
    if (label >= 0 && label < classes) rows[row * classes + label] = 1;
  });
  return { data: rows, shape: [classes], classes };
}

const MNIST_SHAPE = [1, 28, 28];

/** Read once for all cases. */
let mnist: ReturnType<typeof loadMnist> | undefined;

async function readMnist(source: MnistSource, use: Use): Promise<Training["data"]> {
  mnist ??= loadMnist();
  const { train: all } = await mnist;
  const { train, validation, scale = true, labelDivisor = 1 } = source;
  requireArgument(
    train + validation <= all.length,
    `MNIST has ${all.length} training images, ${train} + ${validation} were asked for.`,
    { train, validation },
  );
  const size = sizeOf(MNIST_SHAPE);
  const part = (from: number, to: number): Dataset => {
    const labels = Array.from(all.storage.targets.slice(from, to), (label) => label / labelDivisor);
    const pixels = all.storage.inputs.slice(from * size, to * size);
    const dataset = assemble("mnist", pixels, MNIST_SHAPE, classTargets(labels, all.classes ?? 10, use));
    return scale ? dataset.transformInputs({ center: 0, divisor: 255 }) : dataset;
  };
  return { train: part(0, train), validation: part(train, train + validation) };
}

/** Unchecked: a case may hold what a checked data set refuses. */
function assemble(name: string, inputs: Float32Array | Uint8Array, inputShape: Shape, targets: Targets): Dataset {
  const { data, shape, classes } = targets;
  return datasetFromParts({
    name,
    inputShape,
    targetShape: shape,
    storage: { inputs, targets: data },
    ...(classes === undefined ? {} : { classes }),
  });
}
