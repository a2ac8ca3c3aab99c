import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openBackend } from "../../../src/engine/select-backend.ts";
import { fit } from "../../../src/train/fit.ts";
import type { FitOptions } from "../../../src/train/options.ts";
import { LASTING, type LastingTraining } from "../../support/lasting.ts";
import { leftBy } from "../../support/left-by.ts";
import { memoryStore } from "../../support/memory-store.ts";

/** Runs until the given step, which a listener ends, and leaves a checkpoint. */
const until = ({ model, options }: LastingTraining, step: number, more: Partial<FitOptions>) =>
  fit(model, {
    ...options,
    ...more,
    onEvent: (event) => (event.type === "stepEnded" && event.step >= step ? "stop" : undefined),
  });

for (const backendName of ["wasm", "native"] as const) {
  const backend = await openBackend({ backend: backendName, threads: 2 }).catch(() => undefined);
  describe(`a run that goes on, ${backendName}`, { skip: backend === undefined && `no ${backendName} here` }, () => {
    for (const [name, training] of Object.entries(LASTING)) {
      it(`${name}: ends with the same bits, wherever it stopped`, async () => {
        const whole = training(6);
        const expected = await leftBy(await fit(whole.model, { ...whole.options, backend }));
        const stepsPerEpoch = expected.steps / expected.history.length;
        for (const stops of [[1], [Math.floor(stepsPerEpoch)], [3, 4, 17], [expected.steps - 1], [expected.steps]]) {
          const store = memoryStore();
          const lasting = { backend, checkpoint: { store, every: 1000 } };
          for (const [index, stop] of stops.entries())
            await until(training(6), stop, { ...lasting, resume: index > 0 });
          const { model, options } = training(6);
          const result = await fit(model, { ...options, ...lasting, resume: true });
          // a run that a listener stopped at its last step says so
          assert.deepEqual(await leftBy(result), { ...expected }, `stopped at ${stops}`);
        }
      });
    }
  });
}
