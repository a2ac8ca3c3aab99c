import { batch } from "@preact/signals";
import type { PlaygroundConfig } from "../config/config.ts";
import type { Command, ErrorData, Message, NetworkFrame } from "../lab/protocol.ts";
import { History } from "./histories.ts";
import type { NetworkIndex, Store } from "./store.ts";

/** The worker that trains, as the page sees it. */
export interface LabPort {
  send(command: Command): void;
}

/** Keeps the worker's networks and the store's configuration the same. One command is on its way at a time: a slider that is dragged sends
 *  its next value when the worker has taken over the last one, so that nothing queues up. */
export interface Link {
  /** Sends what has changed in the configuration. In the middle of a run new settings go on with the weights; new data begin anew. */
  sync(): void;
  /** Builds everything anew from the configuration. */
  setUp(): void;
  play(): void;
  pause(): void;
  step(): void;
  epoch(): void;
  receive(message: Message): void;
}

/** Whether the run can go on: the same samples, the same seed, as many networks. */
function canChange(from: PlaygroundConfig, to: PlaygroundConfig): boolean {
  return (
    from.seed === to.seed &&
    from.networks.length === to.networks.length &&
    JSON.stringify(from.data) === JSON.stringify(to.data)
  );
}

const isOwn = ({ data }: PlaygroundConfig) => data.name === "csv" || data.name === "pictures";

/** @param threads of the engine; undefined: as many as there are. */
export function createLink(store: Store, lab: LabPort, threads?: number): Link {
  /** What the worker has; undefined: nothing, or what it refused to build. */
  let accepted: PlaygroundConfig | undefined;
  let sent: PlaygroundConfig | undefined;
  let sentOwn = store.own.peek();
  let isWaiting = false;
  let isDirty = false;
  let mustSetUp = true;
  /** What to do when the networks are built: pressed too early. */
  let afterwards: Command | undefined;

  const histories = () => store.histories.peek() as readonly History[];
  const announce = (announcement: Store["announcement"]["value"]) => {
    store.announcement.value = announcement;
  };
  const refuse = (error: ErrorData) => {
    store.refusal.value = error;
    if (mustSetUp) store.phase.value = "refused";
  };

  function sendConfig(): void {
    isDirty = false;
    const config = store.config.peek();
    const own = store.own.peek();
    const hasBegun = histories().some(({ step }) => step > 0);
    if (!mustSetUp && config === accepted && own === sentOwn) {
      store.refusal.value = undefined;
      return;
    }
    const goesOn = !mustSetUp && accepted !== undefined && hasBegun && own === sentOwn && canChange(accepted, config);
    if (!goesOn && isOwn(config) && own === undefined) {
      mustSetUp = true;
      lab.send({ type: "pause" });
      refuse({ code: "own-data-missing", message: "The samples are not here.", values: { ...config.data } });
      return;
    }
    sent = config;
    sentOwn = own;
    isWaiting = true;
    if (goesOn) {
      lab.send({ type: "change", config });
      return;
    }
    mustSetUp = true;
    store.phase.value = "starting";
    lab.send({ type: "setUp", config, threads, ...(isOwn(config) ? { own } : {}) });
  }

  function answered(): void {
    isWaiting = false;
    if (isDirty) sendConfig();
  }

  function control(command: Command): void {
    if (store.phase.peek() === "refused") return;
    if (isWaiting && mustSetUp) {
      afterwards = command;
      return;
    }
    lab.send(command);
  }

  function receiveFrame(frames: readonly NetworkFrame[], isPlaying: boolean): void {
    // of the networks before the ones that are being built
    if (mustSetUp) return;
    for (const [index, frame] of frames.entries()) {
      const history = histories()[index];
      if (history === undefined) continue;
      const { failure, findings } = history;
      history.append(frame);
      const network = index as NetworkIndex;
      if (failure === undefined && frame.failure !== undefined) {
        announce({ kind: "failure", network, step: frame.failure.step, layer: frame.failure.layer });
      } else if (frame.findings !== undefined) {
        const known = new Set(findings.map(({ problem }) => problem));
        const added = frame.findings.find(({ problem }) => !known.has(problem));
        if (added !== undefined) announce({ kind: "finding", network, problem: added.problem });
      }
    }
    const wasPlaying = store.phase.peek() === "playing";
    store.phase.value = isPlaying ? "playing" : "paused";
    if (wasPlaying && !isPlaying && frames.every(({ hasFinished }) => hasFinished)) announce({ kind: "finished" });
  }

  return {
    sync() {
      isDirty = true;
      if (!isWaiting) sendConfig();
    },
    setUp() {
      mustSetUp = true;
      afterwards = undefined;
      isDirty = true;
      store.phase.value = "starting";
      if (!isWaiting) sendConfig();
    },
    play: () => control({ type: "play", stepsPerSecond: store.speed.peek() }),
    pause() {
      afterwards = undefined;
      lab.send({ type: "pause" });
    },
    step: () => control({ type: "step", count: 1 }),
    epoch: () => control({ type: "epoch" }),
    receive(message) {
      batch(() => {
        switch (message.type) {
          case "ready": {
            // another configuration waits: this one is never shown
            if (isDirty) return answered();
            const { data, networks, findings, backend, threads, description } = message;
            mustSetUp = false;
            accepted = sent;
            store.histories.value = networks.map((view, index) => new History(view, findings[index]));
            store.data.value = data;
            store.engine.value = { backend, threads, description };
            store.refusal.value = undefined;
            store.phase.value = "paused";
            isWaiting = false;
            if (afterwards !== undefined) lab.send(afterwards);
            afterwards = undefined;
            return;
          }
          case "changed":
            for (const [index, view] of message.networks.entries()) {
              const marks = message.marks.filter(({ network }) => network === index);
              histories()[index]?.change(marks, view);
            }
            accepted = sent;
            store.refusal.value = undefined;
            return answered();
          case "refused":
            refuse(message.error);
            afterwards = undefined;
            if (mustSetUp) accepted = undefined;
            return answered();
          case "frame":
            return receiveFrame(message.networks, message.isPlaying);
          case "model":
            return;
        }
      });
    },
  };
}
