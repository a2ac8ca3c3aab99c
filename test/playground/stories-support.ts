import { openBackend } from "gradus";
import type { EpochRecord, Reading } from "gradus/watch";
import type { PlaygroundConfig } from "../../apps/playground/src/config/config.ts";
import { loadData } from "../../apps/playground/src/lab/data.ts";
import { Session } from "../../apps/playground/src/lab/session.ts";
import type { Run } from "../../apps/playground/src/stories/measures.ts";

/** Steps between two readings. The page reads by the clock; a test must not. */
const EVERY = 5;

/** Trains a configuration's only network to its end, as the page's worker does. */
export async function trained(config: PlaygroundConfig): Promise<Run & { readonly steps: number }> {
  const data = await loadData(config.data, () => Promise.reject(new Error("stories draw their samples")));
  const backend = await openBackend({ backend: "wasm", threads: 1 });
  const session = await Session.open({ network: config.networks[0], config, data, backend });
  let asked = 0;
  session.clock.isDue = () => asked++ % EVERY === 0;
  const epochs: EpochRecord[] = [];
  const readings: Reading[] = [];
  while (!session.hasFinished) await session.advance();
  const taken = session.take();
  epochs.push(...taken.epochs);
  readings.push(...taken.readings);
  const { view, epoch, failure, step } = session;
  await session.dispose();
  return { view, epoch, epochs, readings, failure, hasFinished: true, marks: [], steps: step };
}
