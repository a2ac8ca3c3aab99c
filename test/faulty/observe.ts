// Trains cases unchanged, without an examination: node --import tsx test/faulty/observe.ts [--seeds 3] FILE...
// One line per case: its scores on the validation and training part by seed, and the seconds of one run. Used to check expectations.
import { parseArgs } from "node:util";
import { scoreState } from "../../src/doctor/score.ts";
import { openBackend } from "../../src/engine/select-backend.ts";
import { createModel } from "../../src/nn/model.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { fit } from "../../src/train/fit.ts";
import type { Training } from "../../src/train/training.ts";
import { readCase } from "./case.ts";
import { loadTraining } from "./load.ts";

async function observe(training: Training, seed: number, backend: Backend): Promise<string> {
  const { data, settings } = training;
  const { model: config, standardize, standardizeTargets, ...options } = settings;
  const model = createModel(config);
  const losses: string[] = [];
  try {
    const { state } = await fit(model, {
      ...options,
      data,
      seed,
      backend,
      metrics: [],
      onEvent: (event) => {
        if (event.type === "epochEnded") losses.push((event.train.loss ?? Number.NaN).toPrecision(3));
      },
    });
    const scoreOf = async (part: "train" | "validation"): Promise<string> =>
      (await scoreState(training, model, state, part, { backend })).score.value.toFixed(3);
    return `${await scoreOf("validation")} (train ${await scoreOf("train")}, loss ${losses[0]} to ${losses.at(-1)})`;
  } catch (error) {
    return `${(error as Error).message.slice(0, 100)} (loss ${losses[0]} to ${losses.at(-1)})`;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seeds: { type: "string", default: "3" } },
  });
  const backend = await openBackend({ threads: 1 });
  for (const file of positionals) {
    const faulty = readCase(file);
    const training = await loadTraining(faulty);
    const started = performance.now();
    const seeds = Number(values.seeds);
    const runs: string[] = [];
    for (let seed = 0; seed < seeds; seed++) runs.push(await observe(training, seed, backend));
    const seconds = (performance.now() - started) / 1000 / seeds;
    const kind = faulty.expect?.healthy ? "healthy" : "sick";
    console.log(`${faulty.name} [${kind}, ${seconds.toFixed(1)} s]\n    ${runs.join("\n    ")}`);
  }
  backend.dispose();
}

await main();
