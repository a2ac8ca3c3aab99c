import { adding, blobs, circles, type Dataset, GradusError, moons, partedSamples, sine, spirals, xor } from "gradus";
import {
  type DataConfig,
  PICTURE_DATA,
  type PictureData,
  PLANE_DATA,
  type PlaneData,
  SEQUENCE_DATA,
  type SequenceData,
} from "../config/config.ts";
import { type DrawnOptions, drawnOptions } from "../config/data-options.ts";
import type { DataFacts } from "../config/facts.ts";
import { partOwn } from "./own-dataset.ts";
import type { DataView as DataSummary, OwnSamples } from "./protocol.ts";
import { loadPictures, type ReadFile } from "./slice.ts";

/** The samples of a run, in both parts. */
export interface LabData {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly facts: DataFacts;
  readonly summary: DataSummary;
}

type Parts = Pick<LabData, "train" | "test">;

const has = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  (names as readonly string[]).includes(name);

const isPlane = (data: DataConfig): data is PlaneData => has(PLANE_DATA, data.name);
const isPictures = (data: DataConfig): data is PictureData => has(PICTURE_DATA, data.name);
const isSequences = (data: DataConfig): data is SequenceData => has(SEQUENCE_DATA, data.name);

const DRAWN: Readonly<Record<DrawnOptions["name"], (options: Omit<DrawnOptions, "name">) => Parts>> = {
  circles: (options) => partedSamples(circles, options),
  moons: (options) => partedSamples(moons, options),
  spirals: (options) => partedSamples(spirals, options),
  blobs: (options) => partedSamples(blobs, options),
  xor: (options) => partedSamples(xor, options),
  adding: (options) => partedSamples(adding, options),
  sine: (options) => partedSamples(sine, options),
};

function draw(data: PlaneData | SequenceData): Parts {
  const { name, ...options } = drawnOptions(data);
  return DRAWN[name](options);
}

/** Draws, fetches or parts the samples.
 *  @param own with data "csv" or "pictures".
 *  @throws GradusError `bad-argument` for own data without samples; as the data sets. */
export async function loadData(data: DataConfig, read: ReadFile, own?: OwnSamples): Promise<LabData> {
  if (isPictures(data)) return summarize(data.name, "pictures", await loadPictures(data, read));
  if (isPlane(data)) return summarize(data.name, "plane", draw(data));
  if (isSequences(data)) return summarize(data.name, "sequences", draw(data));
  if (own === undefined) {
    throw new GradusError("bad-argument", `The samples of ${data.file} are not here. Give the file again.`, {
      file: data.file,
    });
  }
  return summarize(data.file, data.name === "csv" ? "table" : "pictures", partOwn(data, own));
}

/** Share of a plane's extent that is shown around the points. */
const MARGIN = 0.08;

function planeOf({ train, test }: Parts): DataSummary["plane"] {
  const points = ({ inputs }: ReturnType<Dataset["toArrays"]>) => Float32Array.from(inputs.data);
  const [seen, held] = [points(train.toArrays()), points(test.toArrays())];
  let extent = 0;
  for (const part of [seen, held]) for (const value of part) extent = Math.max(extent, Math.abs(value));
  const high = extent * (1 + MARGIN) || 1;
  return {
    train: seen,
    trainLabels: Int32Array.from(train.toTargets()),
    test: held,
    testLabels: Int32Array.from(test.toTargets()),
    low: -high,
    high,
  };
}

/** Share of the most frequent class. */
function chanceOf(test: Dataset): number {
  const counts = new Map<number, number>();
  for (const label of test.toTargets()) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / test.length;
}

function summarize(name: string, kind: DataSummary["kind"], { train, test }: Parts): LabData {
  const { inputShape, classes, classNames } = train;
  const isClasses = train.targetKind === "labels";
  const outputs = train.targetShape.reduce((product, size) => product * size, 1);
  const task = isClasses ? "classification" : "regression";
  return {
    train,
    test,
    facts: { task, inputShape, classes: isClasses ? classes : undefined, outputs, trainSamples: train.length },
    summary: {
      name,
      kind,
      task,
      inputShape,
      classes: isClasses ? classes : undefined,
      classNames,
      trainSamples: train.length,
      testSamples: test.length,
      chance: isClasses ? chanceOf(test) : undefined,
      plane: kind === "plane" ? planeOf({ train, test }) : undefined,
    },
  };
}
