import type { EventLog } from "../../../src/files/logs/event-files.ts";
import type { Distribution } from "../../../src/io/tensorboard/distribution.ts";

/** A row of an event log. */
export interface ReadValue {
  readonly tag: string;
  readonly folder: string;
  readonly step: number;
  readonly seconds: number;
  readonly value: number | Distribution;
}

/** All values of a log, series by series. */
export function valuesOf({ series }: EventLog): ReadValue[] {
  return series.flatMap(({ tag, folder, scalars, distributions }) => {
    const column = scalars ?? distributions;
    return Array.from({ length: column?.length ?? 0 }, (_, row) => ({
      tag,
      folder,
      step: column?.steps[row] as number,
      seconds: (column?.times[row] as number) / 1000,
      value: column?.values[row] as ReadValue["value"],
    }));
  });
}
