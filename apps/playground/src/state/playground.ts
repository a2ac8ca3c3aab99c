import type { Signal } from "@preact/signals";
import type { PlaygroundConfig } from "../config/config.ts";
import type { Command, Message } from "../lab/protocol.ts";
import { type Actions, createActions } from "./actions.ts";
import { createEdits } from "./edits.ts";
import { createLink, type LabPort } from "./link.ts";
import { createProver, type Prover, type ProverParts } from "./prover.ts";
import { createStore, type Store, type Theme } from "./store.ts";

/** The page's state, and what can be done with it. */
export interface Playground {
  readonly store: Store;
  readonly actions: Actions;
  readonly prover: Prover;
  /** A command that changes no state: what the page looks at, or what it wants to have. */
  send(command: Extract<Command, { readonly type: "look" | "export" }>): void;
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
  /** Reads messages before the store does: exports wait for theirs. */
  readonly onMessage?: ((message: Message) => void) | undefined;
  /** In ms. */
  readonly now?: (() => number) | undefined;
}

/** Makes the store, starts the worker, and has it build the first networks. */
export function createPlayground(options: PlaygroundOptions): Playground {
  const { config, theme, createLab, onMessage, now } = options;
  const edits = createEdits<PlaygroundConfig>(now);
  const store = createStore(config, edits, theme);
  const lab = createLab((message) => {
    onMessage?.(message);
    link.receive(message);
  });
  const link = createLink(store, lab);
  const actions = createActions(store, link, edits, options.address);
  const prover = createProver(store, actions, options.prover);
  link.setUp();
  return { store, actions, prover, send: (command) => lab.send(command), dispose: () => lab.dispose() };
}
