import { GradusError } from "../../core/errors.ts";
import { HELD_OUT } from "../../doctor/examine-model.ts";
import { createModel } from "../../nn/model.ts";
import { createOptimizer } from "../../optim/optimizers.ts";
import { type Settings, settingsOf, type Training, typed } from "../../train/training.ts";
import { DEFAULTS, pickOptions } from "../../train/training-options.ts";
import type { Experiment } from "../experiment.ts";
import { prepareData } from "../prepare-data.ts";

/** An experiment as the doctor takes it. */
export interface PreparedTraining {
  readonly training: Training;
  /** Was a part held out that the experiment does not ask for? */
  readonly heldOut: boolean;
}

/** An experiment as a training that remedies may rewrite: defaults and shorthands written out, data loaded. Scaling stays a setting,
 *  so that it can be treated. With principal components the inputs are scaled here, because the components come after the scaling.
 *  @throws GradusError as the loaders, `createModel` and `createOptimizer`; `bad-experiment` for what is no data, such as a function. */
export async function trainingOf(
  file: string,
  experiment: Experiment,
  say: (text: string) => void,
): Promise<PreparedTraining> {
  const hasAxes = experiment.pca !== undefined;
  const { standardize, standardizeTargets, ...unscaled } = experiment;
  // the components are found without the part that is held out
  const holdsOut = (experiment.validationSplit ?? 0) > 0;
  const source = hasAxes
    ? {
        ...unscaled,
        ...(standardize === undefined ? {} : { standardize }),
        ...(holdsOut ? {} : { validationSplit: HELD_OUT }),
      }
    : unscaled;
  const { train: whole, validation: given } = await prepareData(source, say);
  const seed = experiment.seed ?? DEFAULTS.seed;
  const stratify = whole.targetKind === "labels" && whole.targetShape.length === 0;
  const parts =
    given === undefined ? whole.split({ validation: HELD_OUT, seed, stratify }) : { train: whole, validation: given };
  const model = {
    inputShape: experiment.model.inputShape ?? whole.inputShape,
    layers: withTypes(experiment.model.layers) as Settings["model"]["layers"],
  };
  const options = hasAxes ? { ...experiment, standardize: undefined } : experiment;
  const settings = settingsOf(model, options);
  requireData(file, settings);
  createModel(settings.model);
  createOptimizer(settings.optimizer);
  return { training: { settings, data: parts }, heldOut: !holdsOut };
}

/** Layers that are given by their name alone become objects, also within others. */
function withTypes(layers: unknown): unknown {
  if (!Array.isArray(layers)) return layers;
  return layers.map((layer) => {
    const config = typed(layer);
    if (typeof config !== "object" || config === null) return config;
    return Object.fromEntries(
      Object.entries(config).map(([field, value]) => [field, field === "layers" ? withTypes(value) : value]),
    );
  });
}

/** The doctor rewrites experiments and runs them elsewhere: they must be plain data. */
function requireData(file: string, settings: Settings): void {
  const place = functionIn(settings, "");
  if (place === undefined) return;
  throw new GradusError(
    "bad-experiment",
    `${file}: ${place} is a function, which the doctor cannot rewrite. Give it as data: {"type": "adam", "learningRate": 0.001}.`,
    { file, field: place },
  );
}

function functionIn(value: unknown, path: string): string | undefined {
  if (typeof value === "function") return path;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const found = functionIn(part, path === "" ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The experiment with other settings, as a file can hold it. It holds out the part that the doctor held out. */
export function withSettings(experiment: Experiment, settings: Settings, heldOut: boolean): Experiment {
  const { model, standardize, ...fields } = settings;
  const layers = model.layers;
  const shape = experiment.model.inputShape === undefined ? {} : { inputShape: model.inputShape };
  const { name, data, pca, standardize: before } = experiment;
  const own = { name, data, ...pickOptions(experiment, "samples", "run") };
  // scaling after the components is whitening; before them it stays as it was
  const axes =
    pca === undefined ? { standardize } : { standardize: before, pca: standardize === true ? whitened(pca) : pca };
  const all = {
    ...own,
    ...(heldOut ? { validationSplit: HELD_OUT } : {}),
    ...fields,
    ...axes,
    model: { ...shape, layers },
  };
  return JSON.parse(JSON.stringify(all)) as Experiment;
}

function whitened(pca: NonNullable<Experiment["pca"]>): Experiment["pca"] {
  return { ...(typeof pca === "number" ? { components: pca } : pca), whiten: true };
}
