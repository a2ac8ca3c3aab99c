import type { LayerCensus, RunRecord } from "../../watch/record.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { belowOutput, censusOf, outputStart } from "./layers.ts";

const SOURCE = "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010";

const THRESHOLDS = {
  /** Share of a hidden layer's outputs at which the activation's slope is below 4 % of its largest: for most of them the layer
   *  blocks the gradient. */
  saturated: 0.5,
};

function worst(layers: readonly LayerCensus[], end: string | undefined): LayerCensus | undefined {
  const below = belowOutput(layers, end);
  return below.reduce<LayerCensus | undefined>(
    (most, each) => ((each.saturated ?? 0) > (most?.saturated ?? 0) ? each : most),
    undefined,
  );
}

function look(patient: Patient, run: RunRecord): Symptom | undefined {
  const census = censusOf(run);
  const layer = census && worst(census.layers, outputStart(patient, run));
  const saturated = layer?.saturated ?? 0;
  if (census === undefined || layer === undefined || !(saturated >= THRESHOLDS.saturated)) return undefined;
  const atStart = run.start?.layers.find(({ path }) => path === layer.path)?.saturated ?? 0;
  const reading = run.readings.find(({ layers }) => (layers[layer.path]?.saturated ?? 0) >= THRESHOLDS.saturated);
  return {
    layer: layer.path,
    since: atStart >= THRESHOLDS.saturated ? 0 : (reading?.step ?? census.step),
    weight: 0.7,
    evidence: [{ measure: "saturated-share", value: saturated, threshold: THRESHOLDS.saturated }],
  };
}

/** Hidden units are in the flat parts of their activation. */
export const saturatedUnits: Rule = {
  name: "saturated-units",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) => foundIn(patient, "saturated-units", SOURCE, sickRuns(patient), (run) => look(patient, run)),
};
