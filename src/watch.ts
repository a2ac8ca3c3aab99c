// `gradus/watch`: what happens inside a run, as data: readings of every layer in sampled steps, a census of the whole network. A changed
// name here means a line in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

export { createLayerProbe, toReading } from "./watch/probes/layer-probe.ts";
export { toEpoch } from "./watch/to-epoch.ts";
export { type CensusOptions, takeCensus } from "./watch/census.ts";
export type { Census, LayerCensus, Histogram } from "./watch/record.ts";
export type { EpochRecord, Failure, LayerReading, Reading, RunRecord, Score } from "./watch/record.ts";
