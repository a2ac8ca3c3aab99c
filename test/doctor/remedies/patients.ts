import type { Dataset } from "../../../src/data/dataset.ts";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { blobs } from "../../../src/data/synthetic/blobs.ts";
import type { Finding } from "../../../src/doctor/finding.ts";
import type { Patient } from "../../../src/doctor/patient.ts";
import type { RemedyContext } from "../../../src/doctor/remedies/remedy.ts";
import type { Problem } from "../../../src/doctor/words.ts";
import type { LayerConfig, LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import type { Settings, Training } from "../../../src/train/training.ts";
import type { RunRecord } from "../../../src/watch/record.ts";

/** Three clouds of labelled points. */
export function clouds(samples = 60): Dataset {
  return blobs({ samples, classes: 3, spread: 0.4, seed: 5 });
}

/** 5 wavy numbers per sample, and one target that depends on them. */
export function waves(samples = 40, scale = 1): Dataset {
  const inputs = Array.from({ length: samples }, (_, i) => [1, 2, 3, 4, 5].map((k) => Math.sin(i * k * 0.7)));
  return fromArrays({ name: "waves", inputs, targets: inputs.map(([a = 0, b = 0]) => [scale * (2 * a - b)]) });
}

/** Settings around a list of layers; given fields replace the defaults. */
export function settingsOf(
  layers: readonly LayerInput[],
  changes: Partial<Settings> & { readonly inputShape?: readonly number[] } = {},
): Settings {
  const { inputShape = [2], ...others } = changes;
  return {
    model: { inputShape, layers: layers as readonly LayerConfig[] },
    loss: { type: "softmaxCrossEntropy" },
    optimizer: { type: "sgd", learningRate: 0.1 },
    epochs: 10,
    batchSize: 16,
    seed: 1,
    ...others,
  };
}

export function finding(problem: Problem, changes: Partial<Finding> = {}): Finding {
  return { problem, since: 0, evidence: [{ measure: "loss-fall", value: 0 }], weight: 0.8, source: "test", ...changes };
}

export function patientOf(settings: Settings, data: Dataset = clouds(), runs: readonly RunRecord[] = []): Patient {
  const training: Training = { settings, data: { train: data, validation: data } };
  return { training, model: createModel(settings.model), runs };
}

/** The context of a remedy: a patient, and the problems to treat. */
export function contextOf(
  settings: Settings,
  problems: readonly Problem[] = [],
  { data, runs }: { readonly data?: Dataset; readonly runs?: readonly RunRecord[] } = {},
): RemedyContext {
  return { patient: patientOf(settings, data, runs), findings: problems.map((problem) => finding(problem)) };
}

/** The types of the layers, containers as lists. */
export function typesOf(layers: readonly LayerInput[]): readonly unknown[] {
  return layers.map((layer) => {
    if (typeof layer === "string") return layer;
    return "layers" in layer && Array.isArray(layer.layers) ? typesOf(layer.layers) : layer.type;
  });
}

/** A run with these gradient norms, one per reading, and weights of this norm. */
export function runOf(gradientNorms: readonly number[], weightNorm = 10): RunRecord {
  const readings = gradientNorms.map((gradientNorm, index) => ({
    step: index + 1,
    epoch: 1,
    loss: 2,
    gradientNorm,
    layers: { "0": { gradientNorm, weightNorm, updateNorm: 0.1 } },
  }));
  return { steps: gradientNorms.length, readings, epochs: [], seconds: 0 };
}
