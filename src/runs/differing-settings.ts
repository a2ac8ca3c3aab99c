import type { FlatSettings, Setting } from "./flat-settings.ts";

/** A setting that is not the same in all runs. */
export interface DifferingSetting {
  readonly path: string;
  /** Of each run, in the order of the runs; undefined where a run has no such setting. */
  readonly values: readonly (Setting | undefined)[];
}

/** Only the settings in which runs differ, in the order in which they appear. */
export function differingSettings(runs: readonly FlatSettings[]): readonly DifferingSetting[] {
  const paths = new Set(runs.flatMap((settings) => Object.keys(settings)));
  const all = [...paths].map((path) => ({
    path,
    values: runs.map((settings) => (Object.hasOwn(settings, path) ? settings[path] : undefined)),
  }));
  return all.filter(({ values }) => values.some((value) => value !== values[0]));
}
