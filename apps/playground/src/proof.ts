// What the doctor's proof needs: its worker, the training as the doctor sees it, and the way back from a prescription. Fetched on demand.
import type { Prescription, Training } from "gradus/doctor";
import { connect, type PageEngine } from "gradus/page";
import type { PlaygroundConfig } from "./config/config.ts";
import { fromSettings } from "./config/from-settings.ts";
import { settingsOf } from "./config/settings.ts";
import type { OwnSamples } from "./lab/protocol.ts";
import type { Prescribed } from "./state/prover.ts";
import type { NetworkIndex } from "./state/store.ts";
import { loadPageData } from "./view/page-data.ts";

/** The worker of the proof, opened. */
export function connectProof(): Promise<PageEngine> {
  const worker = new Worker(new URL("./proof-worker.ts", import.meta.url), { type: "module", name: "proof" });
  return connect(worker, { backend: "wasm" });
}

const networkOf = ({ networks }: PlaygroundConfig, index: NetworkIndex) => networks[index] ?? networks[0];

/** The training of one network, with the samples that the page trains and tests on. */
export async function trainingOf(
  config: PlaygroundConfig,
  index: NetworkIndex,
  own: OwnSamples | undefined,
): Promise<Training> {
  const { train, test, facts } = await loadPageData(config, own);
  return { settings: settingsOf(networkOf(config, index), config, facts).settings, data: { train, validation: test } };
}

/** The network that a prescription makes of another. Advice without settings leaves it as it is. */
export async function prescribed(
  config: PlaygroundConfig,
  index: NetworkIndex,
  { settings }: Prescription,
  own: OwnSamples | undefined,
): Promise<Prescribed> {
  const present = networkOf(config, index);
  if (settings === undefined) return { network: present, lost: [] };
  const { facts } = await loadPageData(config, own);
  const { network, epochs, lost } = fromSettings(settings, present, facts);
  return { network, epochs, lost: lost.map(({ path }) => path) };
}
