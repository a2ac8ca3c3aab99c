import { createModel, fit } from "gradus";
import { checkExperiment } from "../../src/cli/experiment.ts";
import { prepareData } from "../../src/cli/prepare-data.ts";
import { pickOptions } from "../../src/train/training-options.ts";

/** Every loss of an experiment file's run, by what `gradus train` does with it. */
export async function runExperiment(text: string): Promise<readonly number[]> {
  const experiment = checkExperiment("exported.json", JSON.parse(text) as object);
  const {
    test: _,
    scaling: _s,
    targetScaling: _t,
    pca: _p,
    columns: _c,
    ...data
  } = await prepareData(experiment, () => {});
  const model = createModel({ ...experiment.model, inputShape: data.train.inputShape });
  const losses: number[] = [];
  await fit(model, {
    ...pickOptions(experiment, "training", "run"),
    data,
    onEvent: (event) => {
      if (event.type === "stepEnded") losses.push(event.loss);
    },
  });
  return losses;
}
