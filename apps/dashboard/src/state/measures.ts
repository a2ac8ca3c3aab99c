import type { MeasureSummary, RunSummary } from "gradus/dashboard-protocol";

const known = new WeakMap<readonly MeasureSummary[], ReadonlySet<string>>();

/** Whether a run has a measure. */
export function hasMeasure({ measures }: RunSummary, name: string): boolean {
  let names = known.get(measures);
  if (names === undefined) {
    names = new Set(measures.map((measure) => measure.name));
    known.set(measures, names);
  }
  return names.has(name);
}
