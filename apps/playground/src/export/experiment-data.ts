import { GradusError } from "gradus";
import type { DataConfig, OwnData, PlaygroundConfig } from "../config/config.ts";
import { drawnOptions } from "../config/data-options.ts";
import type { OwnSamples } from "../lab/protocol.ts";
import { type ExportedFile, ownFiles } from "./files.ts";

/** Where an experiment file finds the samples of the page. */
export interface ExperimentData {
  /** By registry name, with options. */
  readonly data: { readonly name: string; readonly [option: string]: unknown };
  /** Share of the samples that the experiment holds out itself. */
  readonly validationSplit?: number | undefined;
  /** To be saved beside the experiment. */
  readonly files: readonly ExportedFile[];
}

/** A CSV file by its name, where the experiment parts it as the page does: with the run's seed. */
function csvByName({ file, target, testShare }: OwnData, { classes }: OwnSamples): ExperimentData {
  return {
    data: {
      name: "csv",
      train: file,
      ...(target === undefined ? {} : { target: /^\d+$/.test(target) ? Number(target) : target }),
      task: classes === undefined ? "regression" : "classification",
    },
    validationSplit: testShare,
    files: [],
  };
}

function ownExperimentData(data: OwnData, seed: number, own: OwnSamples | undefined): ExperimentData {
  if (own === undefined) {
    throw new GradusError("bad-argument", `The samples of ${data.file} are not here. Give the file again.`, {
      file: data.file,
    });
  }
  if (data.name === "csv" && data.seed === seed) return csvByName(data, own);
  const { names, files } = ownFiles(data, own);
  const { classes } = own;
  const kind = classes === undefined ? { targetKind: "values" } : { targetKind: "labels", classes };
  return { data: { name: "npy", ...names, ...kind }, files };
}

/** The data of an experiment that sees the same samples as the page, in the same order.
 *  @param own with data "csv" or "pictures". */
export function experimentData(
  data: DataConfig,
  { seed }: Pick<PlaygroundConfig, "seed">,
  own: OwnSamples | undefined,
): ExperimentData {
  switch (data.name) {
    case "csv":
    case "pictures":
      return ownExperimentData(data, seed, own);
    case "mnist":
    case "fashion-mnist": {
      const { name, samples, testSamples } = data;
      return { data: { name, train: samples, test: testSamples, layout: "image" }, files: [] };
    }
    default:
      return { data: { ...drawnOptions(data) }, files: [] };
  }
}
