import type { RunReader } from "../../runs/types.ts";
import type { RunDetail, RunSummary } from "../protocol.ts";

/** All of a run but its curves.
 *  @param warnings those of the run, and others. */
export function detailOf(run: RunReader, summary: RunSummary, warnings = run.warnings): RunDetail {
  const { description, settings, events, notes, texts, kind } = run;
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
