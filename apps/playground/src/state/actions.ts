import { batch } from "@preact/signals";
import type { DataConfig, NetworkConfig, PlaygroundConfig } from "../config/config.ts";
import type { ErrorData, OwnSamples } from "../lab/protocol.ts";
import { withData } from "./edit-data.ts";
import type { Edits } from "./edits.ts";
import type { Link } from "./link.ts";
import { NO_PROOF } from "./proof.ts";
import type { NetworkIndex, Selection, Store } from "./store.ts";

/** What a person can do. Nothing else writes the store, but for the worker's answers. */
export interface Actions {
  /** Starts, or pauses. A run that has finished goes on for as many epochs again; one that failed begins anew. */
  togglePlay(): void;
  play(): void;
  pause(): void;
  step(): void;
  epoch(): void;
  /** Everything anew from the same seed. */
  reset(): void;
  setSpeed(stepsPerSecond: number | undefined): void;
  /** Another configuration, by an edit that can be undone.
   *  @param key the control: its edits in close succession count as one. */
  edit(config: PlaygroundConfig, key: string): void;
  /** Edits the selected network. */
  editNetwork(edit: (network: NetworkConfig) => NetworkConfig, key: string): void;
  editData(data: DataConfig, key: string): void;
  undo(): void;
  redo(): void;
  /** Puts a copy of the network beside it, and selects the copy. */
  compare(): void;
  /** Goes on with this network alone. */
  keepOnly(network: NetworkIndex): void;
  select(selection: Selection): void;
  /** The user's own samples, with the data that names them. */
  useOwn(own: OwnSamples, data: DataConfig): void;
  /** A configuration from an address, a story or a file: begins anew. */
  open(config: PlaygroundConfig): void;
  /** Shows what was lost or could not be done; nothing: takes it away. */
  notify(...notices: readonly ErrorData[]): void;
  /** The page's address with the present configuration. */
  address(): string;
}

/** The selection, moved to what the configuration has. */
function clamped({ network, part }: Selection, { networks }: PlaygroundConfig): Selection {
  const found = networks[network];
  const index = found === undefined ? 0 : network;
  const blocks = (found ?? networks[0]).blocks.length;
  return { network: index, part: typeof part === "number" ? Math.min(part, blocks - 1) : part };
}

export function createActions(
  store: Store,
  link: Link,
  edits: Edits<PlaygroundConfig>,
  address: (config: PlaygroundConfig) => string,
): Actions {
  const current = () => store.config.peek();

  function put(config: PlaygroundConfig): void {
    if (config === current()) return;
    batch(() => {
      store.config.value = config;
      store.selection.value = clamped(store.selection.peek(), config);
      const [a, b] = store.proofs.peek();
      store.proofs.value = [aged(a), aged(b)];
    });
    link.sync();
  }

  function edit(config: PlaygroundConfig, key: string): void {
    if (config === current()) return;
    edits.record(current(), key);
    put(config);
  }

  function restore(config: PlaygroundConfig | undefined): void {
    if (config !== undefined) put(config);
  }

  function play(): void {
    // while networks are built, the histories are still those of the last ones
    const histories = store.phase.peek() === "starting" ? [] : store.histories.peek();
    if (histories.length > 0 && histories.every(({ failure }) => failure !== undefined)) reset();
    else if (histories.length > 0 && histories.every(({ hasFinished, failure }) => hasFinished || failure)) {
      const reached = Math.max(...histories.map(({ epoch }) => epoch), current().epochs);
      edit({ ...current(), epochs: reached + Math.max(1, current().epochs) }, "continue");
    }
    link.play();
    store.announcement.value = { kind: "playing" };
  }

  function pause(): void {
    link.pause();
    store.announcement.value = { kind: "paused" };
  }

  function reset(): void {
    link.setUp();
    store.announcement.value = { kind: "reset" };
  }

  return {
    togglePlay: () => (store.phase.peek() === "playing" ? pause() : play()),
    play,
    pause,
    step: link.step,
    epoch: link.epoch,
    reset,
    setSpeed(stepsPerSecond) {
      store.speed.value = stepsPerSecond;
      if (store.phase.peek() === "playing") link.play();
    },
    edit,
    editNetwork(change, key) {
      const config = current();
      const { network } = store.selection.peek();
      const { networks } = config;
      const before = networks[network] ?? networks[0];
      const after = change(before);
      if (after === before) return;
      edit({ ...config, networks: networksWith(networks, network, after) }, `${network}.${key}`);
    },
    editData: (data, key) => edit({ ...current(), data }, `data.${key}`),
    undo: () => restore(edits.undo(current())),
    redo: () => restore(edits.redo(current())),
    compare() {
      const [network] = current().networks;
      if (current().networks.length === 2) return;
      batch(() => {
        edit({ ...current(), networks: [network, network] }, "compare");
        store.selection.value = { ...store.selection.peek(), network: 1 };
      });
    },
    keepOnly(network) {
      const kept = current().networks[network];
      if (kept === undefined || current().networks.length === 1) return;
      edit({ ...current(), networks: [kept] }, "compare");
    },
    select(selection) {
      store.selection.value = clamped(selection, current());
    },
    useOwn(own, data) {
      batch(() => {
        store.own.value = own;
        edit(withData(current(), data, own.inputShape), "own");
      });
      // the same file read again changes the samples only
      link.sync();
    },
    open(config) {
      edits.record(current(), "open");
      batch(() => {
        store.config.value = config;
        store.selection.value = clamped({ network: 0, part: 0 }, config);
        store.proofs.value = [NO_PROOF, NO_PROOF];
      });
      link.setUp();
    },
    notify(...notices) {
      store.notices.value = notices;
    },
    address: () => address(current()),
  };
}

/** A proof rests on the settings that it examined. */
function aged(proof: Store["proofs"]["value"][0]): Store["proofs"]["value"][0] {
  return proof.status === "done" ? { ...proof, isStale: true } : proof;
}

/** The networks with this one in place of another. */
export function networksWith(
  networks: PlaygroundConfig["networks"],
  index: NetworkIndex,
  network: NetworkConfig,
): PlaygroundConfig["networks"] {
  const [a, b] = networks;
  if (b === undefined) return [network];
  return index === 0 ? [network, b] : [a, network];
}
