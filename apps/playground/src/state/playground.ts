import type { Signal } from "@preact/signals";
import type { PlaygroundConfig } from "../config/config.ts";
import type { Message, Views } from "../lab/protocol.ts";
import { type Actions, createActions } from "./actions.ts";
import { createEdits } from "./edits.ts";
import { createLink, type LabPort } from "./link.ts";
import { createProver, type Prover, type ProverParts } from "./prover.ts";
import { createStore, type NetworkIndex, type Store, type Theme } from "./store.ts";

/** The page's state, and what can be done with it. */
export interface Playground {
  readonly store: Store;
  readonly actions: Actions;
  readonly prover: Prover;
  /** Says what the page shows now. */
  look(views: Views): void;
  /** The network with its present weights, as bytes of a checkpoint. */
  exportModel(network: NetworkIndex): Promise<Uint8Array>;
  dispose(): void;
}

export interface PlaygroundOptions {
  readonly config: PlaygroundConfig;
  readonly theme: Signal<Theme>;
  /** Starts the worker that trains. */
  readonly createLab: (onMessage: (message: Message) => void) => LabPort & { dispose(): void };
  readonly prover: ProverParts;
  /** The page's address with this configuration. */
  readonly address: (config: PlaygroundConfig) => string;
  /** Of the engine. Default: as many as there are. */
  readonly threads?: number | undefined;
  /** In ms. */
  readonly now?: (() => number) | undefined;
}

/** An export that the worker has not answered yet. */
interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Makes the store, starts the worker, and has it build the first networks. */
export function createPlayground(options: PlaygroundOptions): Playground {
  const { config, theme, createLab, now } = options;
  const waiting = new Map<NetworkIndex, Waiting>();
  const edits = createEdits<PlaygroundConfig>(now);
  const store = createStore(config, edits, theme);
  const lab = createLab((message) => {
    if (message.type === "model") waiting.get(message.network)?.resolve(message.bytes);
    else if (message.type === "refused" && message.error.values.export !== undefined) {
      waiting.get(message.error.values.export as NetworkIndex)?.reject(new Error(message.error.message));
    } else link.receive(message);
  });
  const link = createLink(store, lab, options.threads);
  const actions = createActions(store, link, edits, options.address);
  const prover = createProver(store, actions, options.prover);
  link.setUp();
  return {
    store,
    actions,
    prover,
    look: (views) => lab.send({ type: "look", views }),
    exportModel: (network) =>
      new Promise((resolve, reject) => {
        waiting.set(network, { resolve, reject });
        lab.send({ type: "export", network });
      }),
    dispose: () => lab.dispose(),
  };
}
