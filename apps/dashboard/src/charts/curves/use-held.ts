import { computed } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useDashboard } from "../../state/context.ts";
import type { Curve } from "../../state/curve.ts";
import { hasMeasure } from "../../state/measures.ts";
import type { RunEntry } from "../../state/run-list.ts";

export interface Held {
  readonly entry: RunEntry;
  readonly curve: Curve;
}

/** Holds a measure's curves of those runs that have it, for as long as the component is there.
 *  @param runs default: those that are shown.
 *  @returns reads what is held now. */
export function useHeld(measure: string, runs: readonly RunEntry[] | undefined): () => readonly Held[] {
  const { store } = useDashboard();
  const { series } = store;
  const given = useRef(runs);
  given.current = runs;
  const held = useRef(new Map<string, Held>());
  // a text: what is told of a run each second changes nothing as long as the same runs have the measure
  const key = useMemo(
    () =>
      computed(() =>
        JSON.stringify(
          (given.current ?? store.shown.value).flatMap(({ id, summary }) =>
            hasMeasure(summary.value, measure) ? [id] : [],
          ),
        ),
      ),
    [measure, runs?.map(({ id }) => id).join("\n")],
  );
  const ids = key.value;
  useEffect(() => {
    const wanted = new Set(JSON.parse(ids) as readonly string[]);
    for (const id of wanted) {
      const entry = store.runs.find(id);
      if (entry !== undefined && !held.current.has(id))
        held.current.set(id, { entry, curve: series.hold(id, measure) });
    }
    for (const id of [...held.current.keys()]) {
      if (wanted.has(id)) continue;
      held.current.delete(id);
      series.release(id, measure);
    }
  }, [ids, measure]);
  useEffect(
    () => () => {
      for (const id of held.current.keys()) series.release(id, measure);
      held.current.clear();
    },
    [measure],
  );
  return () => [...held.current.values()];
}
