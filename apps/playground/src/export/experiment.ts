import type { PlaygroundConfig } from "../config/config.ts";
import type { DataFacts } from "../config/facts.ts";
import { settingsOf } from "../config/settings.ts";
import type { OwnSamples } from "../lab/protocol.ts";
import { experimentData } from "./experiment-data.ts";
import type { ExportedFile } from "./files.ts";

/** What is exported. */
export interface ExportOptions {
  readonly config: PlaygroundConfig;
  readonly network: 0 | 1;
  readonly facts: DataFacts;
  /** With data "csv" or "pictures". */
  readonly own?: OwnSamples | undefined;
  /** Threads of the page's engine: as many give the same bits. */
  readonly threads?: number | undefined;
}

/** An experiment file, and the files that it reads. */
export interface ExportedExperiment {
  /** JSON. */
  readonly text: string;
  readonly files: readonly ExportedFile[];
}

/** The network from its first step as a file that `gradus train` runs: on WebAssembly with as many threads, its losses are those of the page
 *  to the last bit. Changes in the middle of a run are not in it.
 *  @throws GradusError `bad-argument` for own data without samples; as `settingsOf`. */
export function exportExperiment({ config, network, facts, own, threads }: ExportOptions): ExportedExperiment {
  const chosen = config.networks[network] ?? config.networks[0];
  const { settings } = settingsOf(chosen, config, facts);
  const { data, validationSplit, files } = experimentData(config.data, config, own);
  const experiment = {
    data,
    ...(validationSplit === undefined ? {} : { validationSplit }),
    ...settings,
    backend: "wasm",
    ...(threads === undefined ? {} : { threads }),
  };
  return { text: `${JSON.stringify(experiment, undefined, 2)}\n`, files };
}
