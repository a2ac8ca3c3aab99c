import type { PlaygroundConfig } from "../config/config.ts";
import { type LabData, loadData } from "../lab/data.ts";
import type { OwnSamples } from "../lab/protocol.ts";

async function readFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const address = new URL(`data/${name}`, document.baseURI);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname}: the host answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The samples that the worker trains on, drawn or fetched once more on the page: for proofs and exports. */
export function loadPageData({ data }: PlaygroundConfig, own: OwnSamples | undefined): Promise<LabData> {
  return loadData(data, readFile, own);
}
