import type { MeasureSummary, RunChange, RunSummary } from "gradus/dashboard-protocol";

/** A run with what changed of it. */
export function mergeRun(run: RunSummary | undefined, { isWhole, measures, ...fields }: RunChange): RunSummary {
  const base = run === undefined || isWhole ? emptyRun(fields.id) : run;
  const { isLoading: _, ...rest } = base;
  return { ...rest, ...fields, measures: mergeMeasures(base.measures, measures ?? []) };
}

function mergeMeasures(
  old: readonly MeasureSummary[],
  changes: NonNullable<RunChange["measures"]>,
): readonly MeasureSummary[] {
  if (changes.length === 0) return old;
  const byName = new Map(old.map((measure) => [measure.name, measure]));
  for (const change of changes) byName.set(change.name, { ...(byName.get(change.name) ?? NO_VALUES), ...change });
  return [...byName.values()];
}

const NO_VALUES: Omit<MeasureSummary, "name"> = { count: 0, last: null, least: null, most: null, notFinite: 0 };

function emptyRun(id: string): RunSummary {
  return {
    id,
    name: id,
    kind: "gradus",
    status: "unknown",
    createdAt: null,
    updatedAt: null,
    step: 0,
    steps: null,
    epoch: 0,
    epochs: null,
    settings: {},
    group: id,
    measures: [],
    histograms: [],
    layers: [],
    tags: [],
    warnings: 0,
    findings: 0,
  };
}
