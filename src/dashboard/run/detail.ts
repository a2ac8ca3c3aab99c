import type { RunReader } from "../../runs/types.ts";
import type { RunDetail, RunSummary } from "../protocol.ts";

/** All of a run but its curves. */
export function detailOf(run: RunReader, summary: RunSummary): RunDetail {
  const { description, settings, events, warnings, notes, texts, kind } = run;
  return {
    summary,
    environment: description?.environment ?? null,
    settings,
    model: description?.model ?? null,
    events,
    warnings,
    notes,
    texts: Object.fromEntries(texts),
    // other programs' folders are read only
    isWritable: kind === "gradus",
  };
}
