import type { RunStatus } from "gradus/dashboard-protocol";
import { uiTexts } from "../../text/ui.ts";

/** Shapes differ, so that statuses are told apart without colours too. */
const SHAPES = {
  running: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
  finished: "M6.5 12.6 2.4 8.5l1.3-1.3 2.8 2.8 5.8-5.9 1.3 1.3z",
  stopped: "M4 4h8v8H4z",
  failed: "M4.3 3 8 6.7 11.7 3 13 4.3 9.3 8l3.7 3.7-1.3 1.3L8 9.3 4.3 13 3 11.7 6.7 8 3 4.3z",
  killed: "M9.5 1 3.5 9h3.7L6 15l6.5-8.4H8.7z",
  unknown: "M3 7.2h10v1.6H3z",
} satisfies Record<RunStatus, string>;

/** A run's status as a mark and a word. */
export function StatusMark({ status }: { readonly status: RunStatus }) {
  const { label, hint } = uiTexts.value.statuses[status];
  return (
    <span class={`status is-${status}`} title={hint}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" focusable="false">
        <path d={SHAPES[status]} fill="currentColor" />
      </svg>
      <span>{label}</span>
    </span>
  );
}
