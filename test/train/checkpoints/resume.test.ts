import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostArray } from "../../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../../src/core/tree.ts";
import { openBackend } from "../../../src/engine/select-backend.ts";
import type { CheckpointStore } from "../../../src/train/checkpoints/store.ts";
import { fit } from "../../../src/train/fit.ts";
import type { FitOptions, TrainResult } from "../../../src/train/options.ts";
import { LASTING, type LastingTraining } from "../../support/lasting.ts";

/** A store in memory. */
function memory(): CheckpointStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    place: "memory",
    write(name, bytes) {
      files.set(name, bytes);
      return { file: name, bytes: bytes.length };
    },
    names: () => [...files.keys()],
    read: (name) => files.get(name) as Uint8Array,
    remove: (name) => void files.delete(name),
  };
}

/** All that a run leaves, but for how long it took: arrays as hexadecimal digits. */
async function leftBy({ state, ema, swa, history, ...rest }: TrainResult) {
  const arrays = treeLeaves({ state, ema: { ...ema }, swa: { ...swa } } as unknown as Tree<{
    array(): Promise<HostArray>;
  }>);
  const bits: Record<string, string> = {};
  for (const { path, leaf } of arrays) {
    const { data } = await leaf.array();
    bits[path] = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
  }
  const timeless = history.map(({ samplesPerSecond: _, durationMs: __, ...each }) => each);
  return { ...rest, history: timeless, bits };
}

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
          const store = memory();
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
