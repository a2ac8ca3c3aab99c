import type { LayerReading, Reading } from "../../watch/record.ts";
import type { Patient } from "../patient.ts";

/** Finite numbers above 0, in ascending order. */
export function sortedPositive(values: readonly (number | undefined)[]): number[] {
  return values
    .filter((value): value is number => value !== undefined && Number.isFinite(value) && value > 0)
    .sort((a, b) => a - b);
}

/** The value below which a share of them lies; undefined for an empty list.
 *  @param sorted in ascending order. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Square root of the sum of squares over layers. */
function overLayers(values: readonly (number | undefined)[]): number | undefined {
  const known = sortedPositive(values);
  return known.length === 0 ? undefined : Math.sqrt(known.reduce((sum, value) => sum + value ** 2, 0));
}

function weightNormOf(layers: readonly Pick<LayerReading, "weightNorm">[]): number | undefined {
  return overLayers(layers.map(({ weightNorm }) => weightNorm));
}

const firstReading = (patient: Patient): Reading | undefined =>
  patient.runs.find(({ readings }) => readings.length > 0)?.readings[0];

/** Norm of all parameters before the first step, or at the first reading. */
export function startWeightNorm(patient: Patient): number | undefined {
  const start = patient.start ?? patient.runs.find((run) => run.start)?.start;
  return weightNormOf(start?.layers ?? Object.values(firstReading(patient)?.layers ?? {}));
}

/** Norm of all parameters at the end of the first run that has one. */
export function endWeightNorm(patient: Patient): number | undefined {
  for (const { end, readings } of patient.runs) {
    const norm = weightNormOf(end?.layers ?? Object.values(readings.at(-1)?.layers ?? {}));
    if (norm !== undefined) return norm;
  }
  return startWeightNorm(patient);
}

/** Loss before the first step and without penalties, from the census; else loss of the first step. */
export function firstLoss(patient: Patient): number | undefined {
  const loss = patient.start?.loss ?? firstReading(patient)?.loss;
  return loss !== undefined && Number.isFinite(loss) ? loss : undefined;
}

/** Norms of the whole gradient before clipping over all runs, in ascending order. */
export function gradientNorms(patient: Patient): readonly number[] {
  const fromRuns = patient.runs.flatMap(({ readings }) => readings.map(({ gradientNorm }) => gradientNorm));
  const known = sortedPositive(fromRuns);
  if (known.length > 0) return known;
  return sortedPositive([overLayers((patient.start?.layers ?? []).map(({ gradientNorm }) => gradientNorm))]);
}
