import type { LayerCensus, RunRecord } from "../../watch/record.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { belowOutput, censusOf, outputStart } from "./layers.ts";

const SOURCE = "Lu, Shin, Su & Karniadakis, Dying ReLU and Initialization: Theory and Numerical Examples, 2020";

const THRESHOLDS = {
  /** Share of a layer's units that are 0 for every sample. Earlier tools use half of a layer (SageMaker Debugger, 2021);
   *  networks that learn well in spite of it are not examined. */
  dead: 0.5,
};

function worst(layers: readonly LayerCensus[], end: string | undefined): LayerCensus | undefined {
  const below = belowOutput(layers, end);
  const active = below.filter(({ isActivation }) => isActivation);
  return active.reduce<LayerCensus | undefined>(
    (most, each) => (each.dead > (most?.dead ?? 0) ? each : most),
    undefined,
  );
}

function look(patient: Patient, run: RunRecord): Symptom | undefined {
  const census = censusOf(run);
  const layer = census && worst(census.layers, outputStart(patient, run));
  if (census === undefined || layer === undefined || !(layer.dead >= THRESHOLDS.dead)) return undefined;
  const atStart = run.start?.layers.find(({ path }) => path === layer.path);
  const reading = run.readings.find(({ layers }) => (layers[layer.path]?.dead ?? 0) >= THRESHOLDS.dead);
  return {
    layer: layer.path,
    since: (atStart?.dead ?? 0) >= THRESHOLDS.dead ? 0 : (reading?.step ?? census.step),
    // a layer that is entirely dead blocks the gradient
    weight: layer.dead === 1 ? 0.9 : 0.6,
    evidence: [
      { measure: "dead-share", value: layer.dead, threshold: THRESHOLDS.dead, values: { samples: census.samples } },
    ],
  };
}

/** Units that are 0 for every sample get no gradient and never recover. */
export const deadUnits: Rule = {
  name: "dead-units",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) => foundIn(patient, "dead-units", SOURCE, sickRuns(patient), (run) => look(patient, run)),
};
