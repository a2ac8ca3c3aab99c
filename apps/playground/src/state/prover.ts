import type { Prescription, Training } from "gradus/doctor";
import type { PageEngine } from "gradus/page";
import type { NetworkConfig, PlaygroundConfig } from "../config/config.ts";
import type { OwnSamples } from "../lab/protocol.ts";
import { type Actions, networksWith } from "./actions.ts";
import { errorDataOf } from "./error-data.ts";
import { NO_PROOF, type Proof } from "./proof.ts";
import type { NetworkIndex, Store } from "./store.ts";

/** Seconds for an examination: enough for small networks, and short enough to wait for. */
const BUDGET_SECONDS = 90;

/** The network that a prescription makes of another, and what the page cannot express of it. */
export interface Prescribed {
  readonly network: NetworkConfig;
  /** The run's length, where the prescription changes it. */
  readonly epochs?: number | undefined;
  readonly lost: readonly string[];
}

/** What the proofs need of the rest of the page. */
export interface ProverParts {
  /** Opens the second worker. Each proof has its own, so that it is cancelled at once. */
  readonly connect: () => Promise<PageEngine>;
  readonly trainingOf: (
    config: PlaygroundConfig,
    network: NetworkIndex,
    own: OwnSamples | undefined,
  ) => Promise<Training>;
  readonly prescribe: (
    config: PlaygroundConfig,
    network: NetworkIndex,
    prescription: Prescription,
    own: OwnSamples | undefined,
  ) => Promise<Prescribed>;
}

/** The doctor's proof of a cure, and what follows from it. */
export interface Prover {
  /** Examines the network as it is now. An examination that is under way is replaced. */
  prove(network: NetworkIndex): Promise<void>;
  cancel(network: NetworkIndex): void;
  /** Changes the network in the middle of its run; other initial weights begin it anew. */
  apply(network: NetworkIndex, prescription: Prescription): Promise<void>;
  /** Puts the cured network beside the present one, and trains both from the start. */
  tryBeside(network: NetworkIndex, prescription: Prescription): Promise<void>;
}

export function createProver(store: Store, actions: Actions, parts: ProverParts): Prover {
  const running: [AbortController | undefined, AbortController | undefined] = [undefined, undefined];

  function put(network: NetworkIndex, proof: Proof): void {
    const [a, b] = store.proofs.peek();
    store.proofs.value = network === 0 ? [proof, b] : [a, proof];
  }

  function cancel(network: NetworkIndex): void {
    running[network]?.abort();
    running[network] = undefined;
    put(network, NO_PROOF);
  }

  async function prove(network: NetworkIndex): Promise<void> {
    running[network]?.abort();
    const controller = new AbortController();
    running[network] = controller;
    const { signal } = controller;
    const config = store.config.peek();
    put(network, { status: "running", progress: { network, phase: "preflight", done: 0 } });
    let engine: PageEngine | undefined;
    const end = () => engine?.dispose();
    signal.addEventListener("abort", end);
    try {
      const [opened, training] = await Promise.all([
        parts.connect(),
        parts.trainingOf(config, network, store.own.peek()),
      ]);
      engine = opened;
      if (signal.aborted) return;
      const run = engine.examineTraining(training, { budgetSeconds: BUDGET_SECONDS });
      for await (const { phase, done = 0, prescription } of run) {
        if (signal.aborted) return;
        put(network, { status: "running", progress: { network, phase, done, prescription } });
      }
      const diagnosis = await run.result;
      if (!signal.aborted) put(network, { status: "done", diagnosis, isStale: store.config.peek() !== config });
    } catch (error) {
      if (!signal.aborted) put(network, { status: "failed", error: errorDataOf(error) });
    } finally {
      engine?.dispose();
      if (running[network] === controller) running[network] = undefined;
    }
  }

  async function prescribed(network: NetworkIndex, prescription: Prescription): Promise<Prescribed> {
    const result = await parts.prescribe(store.config.peek(), network, prescription, store.own.peek());
    if (result.lost.length > 0) {
      actions.notify({ code: "not-expressed", message: result.lost.join(", "), values: { lost: result.lost } });
    }
    return result;
  }

  return {
    prove,
    cancel,
    async apply(network, prescription) {
      const { network: cured, epochs } = await prescribed(network, prescription);
      const config = store.config.peek();
      const wasPlaying = store.phase.peek() === "playing";
      const networks = networksWith(config.networks, network, cured);
      actions.edit({ ...config, epochs: epochs ?? config.epochs, networks }, "prescription");
      if (prescription.remedies.includes("init")) {
        actions.reset();
        if (wasPlaying) actions.play();
      }
      store.announcement.value = { kind: "applied" };
    },
    async tryBeside(network, prescription) {
      const { network: cured, epochs } = await prescribed(network, prescription);
      const config = store.config.peek();
      const present = config.networks[network] ?? config.networks[0];
      actions.edit({ ...config, epochs: epochs ?? config.epochs, networks: [present, cured] }, "prescription");
      actions.reset();
      actions.play();
      store.announcement.value = { kind: "applied" };
    },
  };
}
