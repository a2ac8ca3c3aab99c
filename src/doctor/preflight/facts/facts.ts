import type { Dataset } from "../../../data/dataset.ts";
import { factsOf } from "../../../nn/layers.ts";
import type { LossRule } from "../../../nn/losses/loss-rule.ts";
import type { LossConfig } from "../../../nn/losses/losses.ts";
import { LOSSES, resolveLoss } from "../../../nn/losses/losses.ts";
import { createModel, type Model } from "../../../nn/model.ts";
import type { Training } from "../../../train/training.ts";
import type { Census } from "../../../watch/record.ts";
import { type InputFacts, inputFacts } from "./inputs.ts";
import { type OutputFacts, outputFacts } from "./output.ts";
import { type TargetFacts, targetFacts } from "./targets.ts";
import { type WeightFacts, weightFacts } from "./weights.ts";

/** All that is known before the first step, for the rules of the preflight. */
export interface Facts {
  readonly training: Training;
  readonly model: Model;
  readonly loss: LossConfig;
  /** How the loss interprets outputs and targets. */
  readonly lossRule: Pick<LossRule<LossConfig>, "expects" | "targets">;
  readonly output: OutputFacts;
  readonly inputs: InputFacts;
  /** Whether the first layer with parameters looks its inputs up in a table, so that their size does not matter. */
  readonly readsIndices: boolean;
  readonly targets: TargetFacts;
  readonly weights: readonly WeightFacts[];
  /** Of a full run. */
  readonly steps: number;
  readonly start: Census | undefined;
}

/** Facts are cached per dataset, because dozens of settings are tried on it. */
const seenInputs = new WeakMap<Dataset, Map<boolean, InputFacts>>();
const seenTargets = new WeakMap<Dataset, TargetFacts>();

function inputsOf(dataset: Dataset, standardize: boolean): InputFacts {
  const known = seenInputs.get(dataset) ?? new Map<boolean, InputFacts>();
  const facts = known.get(standardize) ?? inputFacts(dataset, standardize);
  seenInputs.set(dataset, known.set(standardize, facts));
  return facts;
}

function targetsOf(dataset: Dataset): TargetFacts {
  const facts = seenTargets.get(dataset) ?? targetFacts(dataset);
  seenTargets.set(dataset, facts);
  return facts;
}

/** @throws what `createModel` and `resolveLoss` throw for settings that cannot be built. */
export function gatherFacts(training: Training, start: Census | undefined): Facts {
  const { settings, data } = training;
  const model = createModel(settings.model);
  const loss = resolveLoss(settings.loss) as LossConfig;
  const first = model.layers.find(({ parameterCount }) => parameterCount > 0);
  return {
    training,
    model,
    loss,
    lossRule: LOSSES[loss.type],
    output: outputFacts(model),
    inputs: inputsOf(data.train, settings.standardize ?? false),
    readsIndices: first !== undefined && factsOf(first).role === "lookup",
    targets: targetsOf(data.train),
    weights: weightFacts(model),
    steps: settings.epochs * Math.max(1, Math.ceil(data.train.length / settings.batchSize)),
    start,
  };
}
