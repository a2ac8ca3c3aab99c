import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Problem } from "gradus/doctor";
import type { NetworkConfig, PlaygroundConfig } from "../config/config.ts";
import type { DataView as DataSummary, ErrorData, OwnSamples } from "../lab/protocol.ts";
import type { NetworkHistory } from "./history.ts";
import { NO_PROOF, type Proof } from "./proof.ts";

export type NetworkIndex = 0 | 1;

/** What the page shows closely: one block of one network, its output layer, or its input. */
export interface Selection {
  readonly network: NetworkIndex;
  readonly part: number | "input" | "output";
}

/** `starting`: the worker builds the networks; `refused`: it could not, and `refusal` says why. */
export type RunPhase = "starting" | "paused" | "playing" | "refused";

/** Where the worker computes. */
export interface Engine {
  readonly backend: string;
  readonly threads: number;
  readonly description: string;
}

export type Theme = "auto" | "light" | "dark";

/** What happened, for the live region: views put it into words. */
export type Announcement =
  | { readonly kind: "playing" | "paused" | "reset" | "ready" | "finished" | "changed" | "copied" | "applied" }
  | {
      readonly kind: "failure";
      readonly network: NetworkIndex;
      readonly step: number;
      readonly layer?: string | undefined;
    }
  | { readonly kind: "finding"; readonly network: NetworkIndex; readonly problem: Problem };

/** Everything that the page shows, as signals. Views read it; only actions write it. */
export interface Store {
  readonly config: Signal<PlaygroundConfig>;
  readonly selection: Signal<Selection>;
  readonly phase: Signal<RunPhase>;
  /** Most steps per second; undefined: as fast as it goes. */
  readonly speed: Signal<number | undefined>;
  readonly data: Signal<DataSummary | undefined>;
  readonly engine: Signal<Engine | undefined>;
  readonly refusal: Signal<ErrorData | undefined>;
  /** What an address, an export or a prescription lost. Shown until dismissed. */
  readonly notices: Signal<readonly ErrorData[]>;
  /** One for each network; the same objects for as long as the networks keep their shape. Empty before the first `ready`. */
  readonly histories: Signal<readonly NetworkHistory[]>;
  readonly own: Signal<OwnSamples | undefined>;
  readonly theme: Signal<Theme>;
  /** The open story; undefined: none. */
  readonly story: Signal<string | undefined>;
  readonly isStoryPanelOpen: Signal<boolean>;
  readonly proofs: Signal<readonly [Proof, Proof]>;
  readonly announcement: Signal<Announcement | undefined>;
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
}

/** The network that is selected; the first one where the second has gone. */
export function selectedNetwork({ config, selection }: Pick<Store, "config" | "selection">): NetworkConfig {
  const { networks } = config.value;
  return networks[selection.value.network] ?? networks[0];
}

/** A store before the worker has answered. */
export function createStore(
  config: PlaygroundConfig,
  edits: Pick<Store, "canUndo" | "canRedo">,
  theme: Signal<Theme>,
): Store {
  return {
    config: signal(config),
    selection: signal<Selection>({ network: 0, part: 0 }),
    phase: signal<RunPhase>("starting"),
    speed: signal<number | undefined>(undefined),
    data: signal<DataSummary | undefined>(undefined),
    engine: signal<Engine | undefined>(undefined),
    refusal: signal<ErrorData | undefined>(undefined),
    notices: signal<readonly ErrorData[]>([]),
    histories: signal<readonly NetworkHistory[]>([]),
    own: signal<OwnSamples | undefined>(undefined),
    theme,
    story: signal<string | undefined>(undefined),
    isStoryPanelOpen: signal(false),
    proofs: signal<readonly [Proof, Proof]>([NO_PROOF, NO_PROOF]),
    announcement: signal<Announcement | undefined>(undefined),
    canUndo: edits.canUndo,
    canRedo: edits.canRedo,
  };
}
