import { lockState } from "./lock.ts";
import type { RunEvent, RunStatus } from "./types.ts";

/** The states that reasons for an end stand for. Any other reason: failed. */
const BY_REASON: Readonly<Record<string, RunStatus>> = {
  finished: "finished",
  "early-stopping": "finished",
  interrupted: "stopped",
  callback: "stopped",
};

/** The state that the last end of a run says; undefined if it began again after that, or has not ended. */
export function endedStatus(events: readonly RunEvent[]): RunStatus | undefined {
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (event?.type === "started" || event?.type === "resumed") return undefined;
    if (event?.type === "stopped") return Object.hasOwn(BY_REASON, event.reason) ? BY_REASON[event.reason] : "failed";
  }
  return undefined;
}

/** The state of a run that has not said that it ended: whether the process that writes it lives. */
export function livingStatus(folder: string): RunStatus {
  const { state } = lockState(folder);
  return state === "held" ? "running" : state === "unknown" ? "unknown" : "killed";
}
