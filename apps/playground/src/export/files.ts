import { encodeNpy } from "gradus";
import type { OwnData } from "../config/config.ts";
import { partOwn } from "../lab/own-dataset.ts";
import type { OwnSamples } from "../lab/protocol.ts";

/** A file to be saved. */
export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The user's own samples as .npy files, parted as in the page. */
export interface OwnFiles {
  /** Names by what they hold, as an experiment with data "npy" takes them. */
  readonly names: {
    readonly inputs: string;
    readonly targets: string;
    readonly testInputs: string;
    readonly testTargets: string;
  };
  readonly files: readonly ExportedFile[];
}

/** A file's name without its ending and without what a file system or a shell may misread. */
function stem(file: string): string {
  const name = file.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_-]+/gu, "-");
  return name.replace(/^-+|-+$/g, "") || "own";
}

export function ownFiles(data: OwnData, own: OwnSamples): OwnFiles {
  const { train, test } = partOwn(data, own);
  const base = stem(data.file);
  const names = {
    inputs: `${base}-inputs.npy`,
    targets: `${base}-targets.npy`,
    testInputs: `${base}-test-inputs.npy`,
    testTargets: `${base}-test-targets.npy`,
  };
  const [seen, held] = [train.toArrays(), test.toArrays()];
  const arrays = { inputs: seen.inputs, targets: seen.targets, testInputs: held.inputs, testTargets: held.targets };
  const files = (Object.keys(names) as (keyof typeof names)[]).map((part) => ({
    name: names[part],
    bytes: encodeNpy(arrays[part]),
  }));
  return { names, files };
}
