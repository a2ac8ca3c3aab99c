import type { RunEvent } from "./types.ts";

/** The events that count: those of steps that a resumed run took back are left out, as are findings and failures of such steps. The order
 *  stays; "started", "resumed", "stopped" and "test" stay always. */
export function validEvents(events: readonly RunEvent[]): readonly RunEvent[] {
  let valid: RunEvent[] = [];
  for (const event of events) {
    if (event.type === "resumed") valid = valid.filter((before) => isKept(before, event.step));
    valid.push(event);
  }
  return valid;
}

const TAKEN_BACK: Readonly<Record<RunEvent["type"], boolean>> = {
  started: false,
  resumed: false,
  epoch: true,
  checkpoint: true,
  finding: true,
  notFinite: true,
  stopped: false,
  test: false,
};

function isKept(event: RunEvent, step: number): boolean {
  return !TAKEN_BACK[event.type] || !("step" in event) || event.step <= step;
}
