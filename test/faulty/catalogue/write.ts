import type { Problem, RemedyName } from "../../../src/doctor/words.ts";
import type { CaseLoss, CaseOptimizer, CsvSource, MnistSource } from "../case.ts";
import type { DataSetName } from "../sets.ts";

/** A layer as it stands in a case file. */
export type WrittenLayer = Readonly<Record<string, string | number>> & { readonly type: string };

/** A case file's content. */
export interface WrittenCase {
  readonly schema: "faulty-case/1";
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly data: CsvSource | MnistSource;
  readonly model: readonly WrittenLayer[];
  readonly loss: CaseLoss;
  readonly optimizer: CaseOptimizer;
  readonly batchSize: number;
  readonly epochs: number;
  readonly expect: {
    readonly healthy: boolean;
    readonly curable: boolean;
    readonly problems: readonly Problem[];
    readonly remedies: readonly RemedyName[];
  };
}

/** A training program, before anything is said of it. */
export type Program = Pick<WrittenCase, "data" | "model" | "loss" | "optimizer" | "batchSize" | "epochs">;

type Extra = Readonly<Record<string, string | number>>;

export const dense = (units: number, activation: string, kernelInit: string, extra: Extra = {}): WrittenLayer => ({
  type: "dense",
  units,
  activation,
  kernelInit,
  ...extra,
});

export const conv = (filters: number, activation: string, kernelInit: string, extra: Extra = {}): WrittenLayer => ({
  type: "conv2d",
  filters,
  kernel: 3,
  padding: "same",
  activation,
  kernelInit,
  ...extra,
});

export const pool: WrittenLayer = { type: "maxPool2d", size: 2 };
export const flatten: WrittenLayer = { type: "flatten" };
export const dropout = (rate: number): WrittenLayer => ({ type: "dropout", rate });
export const batchNorm: WrittenLayer = { type: "batchNorm" };

export const rnn = (units: number, activation: string, recurrentInit: string, kernelInit = "glorotUniform") => ({
  type: "simpleRnn",
  units,
  activation,
  kernelInit,
  recurrentInit,
});

export const times = (count: number, ...layers: readonly WrittenLayer[]): readonly WrittenLayer[] =>
  Array.from({ length: count }, () => layers).flat();

export const softmax = (classes: number): WrittenLayer => dense(classes, "softmax", "glorotUniform");
export const sigmoid: WrittenLayer = dense(1, "sigmoid", "glorotUniform");
export const linear: WrittenLayer = dense(1, "linear", "glorotUniform");

export const table = (name: DataSetName, options: Omit<CsvSource, "kind" | "file"> = {}): CsvSource => ({
  kind: "csv",
  file: `data/${name}.csv`,
  ...options,
});

export const digits = (train: number, options: Partial<MnistSource> = {}): MnistSource => ({
  kind: "mnist",
  train,
  validation: 1000,
  ...options,
});

export const sgd = (learningRate: number, momentum?: number): CaseOptimizer => ({
  type: "sgd",
  learningRate,
  ...(momentum === undefined ? {} : { momentum }),
});

export const adam = (learningRate: number): CaseOptimizer => ({ type: "adam", learningRate });

const SOURCE = "written for this project";

export function healthy(name: string, title: string, program: Program): WrittenCase {
  const expect = { healthy: true, curable: false, problems: [], remedies: [] };
  return { schema: "faulty-case/1", name, title, source: SOURCE, ...program, expect };
}

/** @param problems naming any one of them is right. @param remedies so is prescribing any one of them first or second. */
export function sick(
  name: string,
  title: string,
  problems: readonly Problem[],
  remedies: readonly RemedyName[],
  program: Program,
): WrittenCase {
  const curable = !remedies.includes("data-fault");
  const expect = { healthy: false, curable, problems, remedies };
  return { schema: "faulty-case/1", name, title, source: SOURCE, ...program, expect };
}
