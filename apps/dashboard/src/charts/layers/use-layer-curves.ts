import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useDashboard } from "../../state/context.ts";
import type { Curve } from "../../state/curve.ts";
import { hasMeasure } from "../../state/measures.ts";
import type { RunEntry } from "../../state/run-list.ts";
import { type LayerMeasure, seriesOf } from "./matrix.ts";

/** Holds the series of all layers of a run for as long as the component is there.
 *  @returns reads what is held, layer by layer, and the versions that count its changes. */
export function useLayerCurves(run: RunEntry, paths: readonly string[], measure: LayerMeasure) {
  const { series } = useDashboard().store;
  const held = useRef(new Map<string, Curve>());
  const summary = run.summary.value;
  const names = paths.map((path) => seriesOf(path, measure));
  const there = names.flat().filter((name) => hasMeasure(summary, name));
  const key = JSON.stringify([run.id, there]);
  const versions = useMemo<readonly ReadonlySignal<number>[]>(() => there.map((name) => series.version(name)), [key]);
  useEffect(() => {
    for (const name of there) held.current.set(name, series.hold(run.id, name));
    return () => {
      for (const name of held.current.keys()) series.release(run.id, name);
      held.current.clear();
    };
  }, [key]);
  const read = (): readonly (readonly Curve[])[] =>
    names.map((parts) => {
      const curves = parts.flatMap((name) => held.current.get(name) ?? []);
      return curves.length === parts.length ? curves : [];
    });
  return { read, versions };
}
