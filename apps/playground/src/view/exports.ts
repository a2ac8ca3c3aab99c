import { toPng } from "../charts/to-png.ts";
import { checkpointFile } from "../export/checkpoint.ts";
import { curvesCsv } from "../export/csv.ts";
import { exportExperiment } from "../export/experiment.ts";
import { exportTypescript } from "../export/typescript.ts";
import type { Playground } from "../state/playground.ts";
import type { NetworkIndex } from "../state/store.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { loadPageData } from "./page-data.ts";

export type ExportName = "experiment" | "typescript" | "checkpoint" | "csv" | "png";

interface SavedFile {
  readonly name: string;
  readonly content: Blob | string | Uint8Array;
}

type Export = (playground: Playground, network: NetworkIndex) => Promise<readonly SavedFile[]>;

async function optionsOf({ store }: Playground, network: NetworkIndex) {
  const config = store.config.peek();
  const own = store.own.peek();
  const { facts } = await loadPageData(config, own);
  return { config, network, facts, own, threads: store.engine.peek()?.threads };
}

/** "gradus-spirals", of two networks "gradus-spirals-a". */
function stemOf({ store }: Playground, network: NetworkIndex): string {
  const { data, networks } = store.config.peek();
  const base = `gradus-${data.name}`;
  return networks.length === 2 ? `${base}-${NETWORK_NAMES[network].toLowerCase()}` : base;
}

const additional = (files: readonly { readonly name: string; readonly bytes: Uint8Array }[]) =>
  files.map(({ name, bytes }) => ({ name, content: bytes }));

const EXPORTS: Readonly<Record<ExportName, Export>> = {
  async experiment(playground, network) {
    const { text, files } = exportExperiment(await optionsOf(playground, network));
    return [{ name: `${stemOf(playground, network)}.json`, content: text }, ...additional(files)];
  },
  async typescript(playground, network) {
    const { text, files } = exportTypescript(await optionsOf(playground, network));
    return [{ name: `${stemOf(playground, network)}.ts`, content: text }, ...additional(files)];
  },
  async checkpoint(playground, network) {
    const bytes = await playground.exportModel(network);
    return additional([checkpointFile(bytes, network, playground.store.config.peek().networks.length)]);
  },
  async csv(playground) {
    const networks = playground.store.histories
      .peek()
      .map(({ lossSteps, losses, epochs }, index) => ({ name: NETWORK_NAMES[index] ?? "", lossSteps, losses, epochs }));
    return [{ name: `gradus-${playground.store.config.peek().data.name}-curves.csv`, content: curvesCsv(networks) }];
  },
  async png({ store }) {
    const curves = [...document.querySelectorAll(".panel.results .chart")];
    return [{ name: `gradus-${store.config.peek().data.name}-curves.png`, content: await toPng(curves) }];
  },
};

/** How long a browser may take to read what it saves, in ms. */
const READING_MS = 60_000;

function save({ name, content }: SavedFile): void {
  const part = content instanceof Uint8Array ? new Uint8Array(content) : content;
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([part]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), READING_MS);
}

/** Makes what was asked for, and has the browser save it: an experiment with own data is several files. */
export async function exportFile(name: ExportName, playground: Playground, network: NetworkIndex): Promise<void> {
  for (const file of await EXPORTS[name](playground, network)) save(file);
}
